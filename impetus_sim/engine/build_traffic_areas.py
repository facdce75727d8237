"""Links of the areas whose traffic is measured together, for the header of a recording."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from impetus_sim.engine.naming import about
from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.places import locate
from impetus_sim.traffic.demand.trip_ends import find_inside

if TYPE_CHECKING:
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.traffic import Traffic
    from impetus_sim.world.drive_network import DriveNetwork


def find_areas(spec: Traffic, city: City, network: DriveNetwork) -> dict[str, npt.NDArray[np.int64]]:
    """Return the links of each area of `traffic.areas`: those whose middle lies in it.

    A district of which the map knows only the middle is taken like such a zone of a demand table.

    Raises
    ------
    InvalidInputError
        When a place is not on the map, is a street, or no street for vehicles lies in it.
    """
    shapes = []
    for name, place in spec.areas.items():
        with about(f"traffic.areas.{name}"):
            shapes.append(locate(place, city))
            if shapes[-1].length > 0.0 and not shapes[-1].area > 0.0:
                raise InvalidInputError(
                    f"'{place}' is no area", hint="draw it around the streets: {at: PLACE, radius: 300 m}"
                )
    x, y = shapely.get_coordinates(shapely.line_interpolate_point(network.lines(), 0.5, normalized=True)).T
    found = dict(zip(spec.areas, find_inside(shapes, x, y), strict=True))
    for name, links in found.items():
        if not len(links):
            raise InvalidInputError(
                f"traffic.areas.{name}: no street for vehicles lies in '{spec.areas[name]}'",
                hint="choose an area with streets",
            )
    return found
