"""The `response` section: who is there to act, who decides, and by which plan."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from impetus_sim.scenario.control_rooms import ControlRoom, EmergencyCalls
from impetus_sim.scenario.playbooks import Playbook
from impetus_sim.scenario.quantities import Count, limits
from impetus_sim.scenario.spec import Entries, Named, Spec, none_is_empty
from impetus_sim.scenario.units import Care, Dispatch, Hospital, Station, UnitGroup


class Response(Spec):
    """Who is there to act, who decides, and by which plan.

    Parameters
    ----------
    stewards
        Staff who carry out interventions.
    control_rooms
        Operators of each organisation, by its name.
    calls
        Calls for help of people who noticed a threat; by default as in ``calls: {}`` where there is a control room.
    playbooks
        Names of bundled playbooks and file names, as a list, or playbooks by name.
    units
        Units that can be sent, by names of your own.
    stations
        Where they wait.
    hospitals
        Where the injured are taken; those of the map when left out.
    dispatch
        Who is sent.
    care
        How the injured are cared for.
    """

    stewards: Annotated[Count, limits(high=10_000)] = 0
    control_rooms: Entries[ControlRoom] = Field(default_factory=Named)
    calls: EmergencyCalls | None = None
    playbooks: Entries[Playbook] = Field(default_factory=Named)
    units: Entries[UnitGroup] = Field(default_factory=Named)
    stations: Entries[Station] = Field(default_factory=Named)
    hospitals: Entries[Hospital] = Field(default_factory=Named)
    dispatch: Annotated[Dispatch, BeforeValidator(none_is_empty)] = Field(default_factory=Dispatch)
    care: Annotated[Care, BeforeValidator(none_is_empty)] = Field(default_factory=Care)
