"""Emergency vehicles of a scenario on its drive network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from impetus_sim.engine.build_emergency_ways import build_emergency_ways, nearest_place
from impetus_sim.engine.naming import about
from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.places import Place, locate
from impetus_sim.traffic.emergency import Driving, EmergencyVehicles

if TYPE_CHECKING:
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.emergency import EmergencyTrip
    from impetus_sim.scenario.traffic import Traffic
    from impetus_sim.traffic.system import TrafficSystem
    from impetus_sim.world.drive_network import DriveNetwork


def build_emergency(
    spec: Traffic, city: City, network: DriveNetwork, flow: TrafficSystem
) -> EmergencyVehicles | None:
    """Build the emergency vehicles; None where there are none.

    Raises
    ------
    InvalidInputError
        When a place is not on the map, or both ends of a trip are one junction.
    """
    if not spec.emergency:
        return None
    entry, origin, goal, depart = [], [], [], []
    ways, x, y = build_emergency_ways(city, network, flow.links)
    for k, (name, trip) in enumerate(spec.emergency.items()):
        with about(f"traffic.emergency.{name}"):
            least_m = float(trip.least_width) if trip.walkways else np.inf
            start, end = (
                nearest_place(*_centre(place, city), ways, x, y, least_m)
                for place in (trip.origin, trip.destination)
            )
            if start == end:
                raise InvalidInputError(f"'{trip.origin}' and '{trip.destination}' lie at the same junction")
        n = int(trip.vehicles)
        entry += [k] * n
        origin += [start] * n
        goal += [end] * n
        depart += [round(1e6 * (float(trip.start) + j * float(trip.every))) for j in range(n)]
    return EmergencyVehicles(
        flow,
        [_driving(trip) for trip in spec.emergency.values()],
        entry=np.array(entry, np.int64),
        origin=np.array(origin, np.int64),
        goal=np.array(goal, np.int64),
        depart_us=np.array(depart, np.int64),
        ways=ways,
    )


def _driving(trip: EmergencyTrip) -> Driving:
    return Driving(
        over_limit=float(trip.over_limit),
        top_m_s=float(trip.top_speed),
        jam_m_s=float(trip.jam_speed),
        contraflow_m_s=float(trip.contraflow_speed),
        uses_contraflow=trip.contraflow,
        uses_walkways=trip.walkways,
        walkway_m_s=float(trip.walkway_speed),
        least_width_m=float(trip.least_width),
        priority_ahead_us=round(float(trip.priority_ahead) * 1e6),
        red_delay_us=round(float(trip.red_delay) * 1e6),
    )


def _centre(place: Place, city: City) -> tuple[float, float]:
    centre = locate(place, city).centroid
    return centre.x, centre.y
