"""Opening the plans of all storeys and laying them out beside the scenario's map."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from impetus_sim.scenario.crowd import Crowd
from impetus_sim.scenario.places import locate

if TYPE_CHECKING:
    from impetus_sim.maps.city import City


def join_plans(
    crowd: Crowd, city: City, *, base: Path | None, progress: Callable[[str], None] | None = None
) -> City:
    """Return one city with the sheets of all storeys.

    Parameters
    ----------
    crowd
        With storeys.
    city
        The scenario's map, the plan of the storey that has none of its own.
    base
        Folder that relative file names start from.
    progress
        Called with a sentence when something slow starts.
    """
    from impetus_sim.maps.storeys import join_storeys

    plans = {
        name: None if storey.map is None else storey.map.open(base=base, progress=progress)
        for name, storey in crowd.storeys.items()
    }
    elevations = {name: float(storey.elevation) for name, storey in crowd.storeys.items()}
    bounds = city.bounds
    if crowd.focus is not None:
        area = locate(crowd.focus.at, city)
        bounds = area.buffer(float(crowd.focus.radius)).bounds if crowd.focus.radius else area.bounds
    return join_storeys(city, plans, elevations=elevations, beside=bounds)
