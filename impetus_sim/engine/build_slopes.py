"""From the slopes of a drawn scenario to slopes on the ground."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from impetus_sim.crowd.slopes import SlopeArea, extent_m, unit_of_bearing
from impetus_sim.engine.naming import about
from impetus_sim.scenario.places import locate
from impetus_sim.scenario.slopes import Slope

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from impetus_sim.maps.city import City
    from impetus_sim.scenario.model import Scenario


def find_slopes(scenario: Scenario, city: City) -> list[SlopeArea]:
    """Return the slopes of a scenario, in the order of their names.

    Raises
    ------
    InvalidInputError
        When the place of one is not an area on the map.
    """
    slopes = []
    for name, spec in scenario.crowd.slopes.items():
        with about(f"crowd.slopes.{name}"):
            area = locate(spec.at, city)
        slopes.append(lay_slope(name, spec, area, door_capacity=float(scenario.crowd.door_capacity)))
    return slopes


def lay_slope(name: str, spec: Slope, area: BaseGeometry, *, door_capacity: float) -> SlopeArea:
    """Return a slope as it lies in the plane."""
    up_x, up_y = unit_of_bearing(float(spec.up))
    gradient = spec.gradient(extent_m(area, up_x, up_y))
    in_plane = 1.0 / math.hypot(1.0, gradient)  # cosine of the slope: metres in the plane per metre along it
    up, down = spec.factors(gradient)
    up_capacity, down_capacity = spec.capacities(door_capacity)
    width = extent_m(area, -up_y, up_x)
    return SlopeArea(
        name=name,
        area=area,
        up_x=up_x,
        up_y=up_y,
        up_factor=up * in_plane,
        down_factor=down * in_plane,
        across_factor=0.5 * (up + down),
        up_flow=up_capacity * width,
        down_flow=down_capacity * width,
        needs_steps=spec.needs_steps,
        reluctance=float(spec.reluctance),
    )
