"""What does not change in a run, for the header of its recording."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from impetus_sim.engine.describe_storeys import describe_storeys
from impetus_sim.engine.describe_ways import describe_ways

if TYPE_CHECKING:
    from impetus_sim.engine.assemble import Systems
    from impetus_sim.maps.city import City


def describe(systems: Systems, city: City) -> dict[str, dict[str, Any]]:
    """Return the static groups of the recording: ground, exits, people, backdrop."""
    ground, people = systems.world.ground, systems.crowd.people
    exits = [
        np.column_stack([ground.exit_segments(e), np.full(len(ground.exit_segments(e)), float(e))])
        for e in range(len(ground.exit_names))
    ]
    names = np.array(ground.exit_names, dtype=object)
    view = shapely.box(*ground.polygon.bounds).buffer(40.0)
    groups: dict[str, dict[str, Any]] = {
        "ground": {"wkt": ground.polygon.wkt, "walls": ground.walls, "wall_exit": ground.wall_exit},
        "exits": {
            "name": names,
            "segments": np.concatenate(exits) if exits else np.empty((0, 5)),
            "width_m": np.array([ground.exit_width_m(e) for e in range(len(ground.exit_names))]),
        },
        **describe_ways(systems.world, systems.crowd),
        "people": {
            "uid": people.uid,
            "population": people.population.astype(np.int32),
            "profile": people.profile.astype(np.int32),
            "radius": people.radius,
            "desired_speed": people.desired_speed,
            "population_names": np.array(systems.crowd.roster.populations, dtype=object),
            "profile_names": np.array(systems.crowd.roster.profiles, dtype=object),
        },
        "backdrop": {
            "buildings_wkt": _clip(city, "buildings", view),
            "water_wkt": _clip(city, "water", view),
            "streets_wkt": _clip(city, "drive_edges", view),
        },
        **describe_storeys(systems.layout, ground),
    }
    for system in systems.acting:
        groups |= system.describe()
    return groups


def _clip(city: City, layer: str, view: BaseGeometry) -> npt.NDArray[np.object_]:
    shapes = city.layers[layer].geometry.to_numpy()
    hit = shapes[shapely.intersects(shapes, view)] if len(shapes) else shapes
    return np.array(shapely.to_wkt(shapely.intersection(hit, view), rounding_precision=2), dtype=object)
