"""The `response` section: who is there to act, who decides, and by which plan."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from impetus_sim.scenario.control_rooms import ControlRoom, EmergencyCalls
from impetus_sim.scenario.playbooks import Playbook
from impetus_sim.scenario.quantities import Count, limits
from impetus_sim.scenario.spec import Entries, Named, Spec


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
    """

    stewards: Annotated[Count, limits(high=10_000)] = 0
    control_rooms: Entries[ControlRoom] = Field(default_factory=Named)
    calls: EmergencyCalls | None = None
    playbooks: Entries[Playbook] = Field(default_factory=Named)
