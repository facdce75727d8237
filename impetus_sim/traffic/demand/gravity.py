"""Everyday trips by the gravity model: more between weighty zones, fewer the farther apart."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.traffic.demand.zones import Zones

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def draw_trips(zones: Zones, draws: Floats, *, mean_distance_m: float) -> tuple[Ints, Ints]:
    """Return the junction where each trip begins and the zone where it ends.

    Parameters
    ----------
    draws
        float64 (trips, 4), uniforms of each trip.
    mean_distance_m
        Deterrence is exp(-distance / this), by the straight line; trips within one zone are left out, since they
        are walked, and so are those from edge to edge between neighbours of one street.

    A trip's ends depend on its own draws only. Source: Wilson (1967), A statistical theory of spatial distribution
    models, Transportation Research 1 (origin-constrained form).
    """
    n = len(zones.weight)
    distance = np.hypot(zones.x[:, None] - zones.x, zones.y[:, None] - zones.y)
    attraction = zones.weight * np.exp(-distance / mean_distance_m)
    np.fill_diagonal(attraction, 0.0)
    to = np.cumsum(attraction, axis=1)
    can_leave = to[:, -1] > 0.0
    begin = _choose(np.where(can_leave, zones.weight, 0.0), draws[:, 0])
    goal = np.empty(len(draws), np.int64)
    for zone in np.unique(begin):
        rows = np.flatnonzero(begin == zone)
        goal[rows] = np.searchsorted(to[zone], draws[rows, 1] * to[zone, -1], side="right").clip(0, n - 1)
    origin = np.empty(len(draws), np.int64)
    for zone in np.unique(begin):
        rows = np.flatnonzero(begin == zone)
        members = slice(zones.first[zone], zones.first[zone + 1])
        origin[rows] = zones.origin[members][_choose(zones.origin_weight[members], draws[rows, 2])]
    return origin, goal


def _choose(weight: Floats, draws: Floats) -> Ints:
    total = np.cumsum(weight)
    return np.searchsorted(total, draws * total[-1], side="right").clip(0, len(weight) - 1)
