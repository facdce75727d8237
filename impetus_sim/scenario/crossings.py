"""How people on foot cross the carriageways of the simulated ground, and how drivers meet them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from impetus_sim.scenario.places import Place, listed
from impetus_sim.scenario.quantities import Number, Seconds, Share, limits
from impetus_sim.scenario.spec import Spec


class Crossings(Spec):
    """Kerbs at which people wait, for a light or a gap between vehicles; see docs/models/people_and_vehicles.md.

    Parameters
    ----------
    kerbs
        Whether people wait at kerbs; otherwise they walk as if there were no vehicles.
    marked
        Places of marked crossings without a light: the carriageway nearest to each. (Lights are the map's.)
    yield_marked, yield_unmarked
        Share of drivers who stop for people who wait at a marked crossing, and anywhere else without a light.
    ignore_red
        Share of people who do not obey a light: they cross in a gap.
    patience
        Who has waited at red for so long crosses in a gap, s.
    start_up
        Part of the gap that people want beside the time over the carriageway, s.
    """

    kerbs: bool = True
    marked: Annotated[tuple[Place, ...], BeforeValidator(listed)] = ()
    yield_marked: Share = 0.6
    yield_unmarked: Share = 0.0
    ignore_red: Share = 0.1
    patience: Seconds = 60.0
    start_up: Annotated[Number, limits(low=0.0, high=20.0)] = 3.0
