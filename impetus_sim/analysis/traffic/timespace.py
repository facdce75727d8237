"""Time-space diagrams: vehicles along a street, from their recorded places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impetus_sim.analysis.traffic.recorded import Floats, Ints, Places, read_network, read_places
from impetus_sim.recording.reader import Recording


@dataclass(frozen=True, kw_only=True)
class TimeSpace:
    """Paths along a street, one row per vehicle and recorded time, in the order of vehicle, then time.

    t_s, distance_m: float64 (rows,), m from the start of the street. path: int64 (rows,), number of the path; a
    vehicle that leaves the street and comes back begins a new one. joints_m: where one link ends and the next
    begins, with both ends of the street.
    """

    t_s: Floats
    distance_m: Floats
    path: Ints
    joints_m: Floats

    def paths(self) -> list[Floats]:
        """Return the points (time, distance) of each path, float64 (n, 2)."""
        points = np.column_stack([self.t_s, self.distance_m])
        return np.split(points, np.flatnonzero(np.diff(self.path)) + 1) if len(points) else []


def read_time_space(recording: Recording, street: Ints) -> TimeSpace:
    """Return the time-space diagram of consecutive links (see `streets.find_street`)."""
    network = read_network(recording)
    return place_along(read_places(recording, street), street, network.length_m)


def place_along(places: Places, street: Ints, length_m: Floats) -> TimeSpace:
    """Return where vehicles were along consecutive links.

    Parameters
    ----------
    places
        At least those on the links.
    street
        Links in the direction of travel.
    length_m
        Of all links of the network.
    """
    position = np.full(len(length_m), -1, np.int64)
    position[street] = np.arange(len(street))
    joints = np.concatenate([[0.0], np.cumsum(length_m[street])])
    kept = position[places.link] >= 0
    vehicle, t_s = places.vehicle[kept], places.t_s[kept]
    distance = joints[position[places.link[kept]]] + places.offset_m[kept]
    step_s = float(np.diff(np.unique(t_s)).min()) if len(np.unique(t_s)) > 1 else 0.0
    is_new = (np.diff(vehicle) != 0) | (np.diff(t_s) > 1.5 * step_s) | (np.diff(distance) < 0.0)
    path = np.concatenate([[0], np.cumsum(is_new)]) if len(vehicle) else np.zeros(0, np.int64)
    return TimeSpace(t_s=t_s, distance_m=distance, path=path.astype(np.int64), joints_m=joints)
