"""Links and trips of the simulation from a planner's tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impetus_sim import rng
from impetus_sim.errors import InvalidInputError
from impetus_sim.traffic.road import CAR_M, Links, capacity_of
from impetus_sim.traffic.tables.table import DemandTable, NetworkTable
from impetus_sim.traffic.vehicles import Trips

Floats = npt.NDArray[np.float64]

_GOLDEN = 0.6180339887498949
"""Multiples of it, modulo one, spread evenly (Weyl 1916)."""


@dataclass(frozen=True, kw_only=True)
class DepartureProfile:
    """When trips depart: shares of intervals, even within each.

    edges_s: (intervals + 1,), ascending. weight: (intervals,), zero or more; their sum does not matter.
    """

    edges_s: Floats
    weight: Floats

    def times_at(self, share: Floats) -> Floats:
        """Return the time by which a share of all trips, 0 to 1, has departed."""
        weight = np.asarray(self.weight, np.float64)
        if len(self.edges_s) != len(weight) + 1 or np.any(np.diff(self.edges_s) <= 0.0):
            raise InvalidInputError(
                f"departure profile: {len(self.edges_s)} edges for {len(weight)} intervals",
                hint="one edge more than intervals, in ascending order",
            )
        if np.any(weight < 0.0) or not weight.sum() > 0.0:
            raise InvalidInputError("departure profile: weights must not be negative, and one above zero")
        total = np.concatenate([[0.0], np.cumsum(weight)]) / weight.sum()
        is_step = np.concatenate([[True], np.diff(total) > 0.0])  # an interval without trips is jumped over
        start = np.concatenate([[0.0], self.edges_s[:-1]])
        interval = np.clip(np.searchsorted(total, share, side="right"), 1, len(weight))
        while not is_step[interval].all():
            interval = np.where(is_step[interval], interval, interval - 1)
        part = (share - total[interval - 1]) / (total[interval] - total[interval - 1])
        return np.asarray(start[interval] + part * (self.edges_s[interval] - start[interval]), np.float64)


def even_profile(start_s: float, end_s: float) -> DepartureProfile:
    """Return the profile of one interval."""
    return DepartureProfile(edges_s=np.array([start_s, end_s]), weight=np.ones(1))


def build_trips(
    network: NetworkTable,
    demand: DemandTable,
    profile: DepartureProfile,
    *,
    scale: float = 1.0,
    seed: int | None = None,
    replicate: int = 0,
) -> Trips:
    """Turn a demand table into single trips, ordered by pair and time; trips within a zone are left out.

    Volumes are rounded so that any run of pairs has its total to within one trip. Goals are rows of
    ``network.zone_node``, which is what `TrafficSystem` takes as ``goal_nodes``.

    Parameters
    ----------
    scale
        Trips made per trip in the table.
    seed, replicate
        Departures are drawn from the profile, by trip; without a seed each pair's are evenly spaced.
    """
    between = network.zone_node[demand.origin] != network.zone_node[demand.destination]
    origin, destination = demand.origin[between], demand.destination[between]
    total = np.rint(np.cumsum(demand.volume[between] * scale)).astype(np.int64)
    count = np.diff(total, prepend=0)
    pair = np.repeat(np.arange(len(count)), count)
    if seed is None:
        place = np.arange(len(pair)) - np.repeat(total - count, count)
        offset = (0.5 + _GOLDEN * pair) % 1.0
        share = (place + offset) / count[pair]
    else:
        share = rng.draw_uniforms(
            seed, replicate, "traffic.departure", np.arange(len(pair), dtype=np.uint64)
        )[:, 0]
    depart_s = profile.times_at(share)
    order = np.lexsort((depart_s, pair))
    return Trips(
        depart_s=depart_s[order],
        origin=network.zone_node[origin[pair[order]]],
        goal=destination[pair[order]],
    )


def build_links(
    network: NetworkTable,
    *,
    metres_per_length: float,
    seconds_per_time: float = 60.0,
    capacity_period_s: float = 3600.0,
    car_m: float = CAR_M,
) -> Links:
    """Turn a network table into links that vehicles drive on.

    The speed is length over free time; capacity is kept. Lanes are those of the table, or as few as carry the
    capacity at that speed. A link shorter than a car becomes as long as one, and one without free time is driven at
    `FASTEST_M_S`.

    Parameters
    ----------
    metres_per_length, seconds_per_time, capacity_period_s
        Units of the table: length, time, and the time that capacities are for.
    """
    length_m = np.maximum(network.length * metres_per_length, car_m)
    time_s = np.maximum(network.free_time * seconds_per_time, length_m / FASTEST_M_S)
    speed_m_s = length_m / time_s
    capacity = network.capacity / capacity_period_s
    fewest = np.maximum(1, np.ceil(capacity / capacity_of(speed_m_s, car_m=car_m) - 1e-9)).astype(np.int64)
    n_lanes = np.where(
        network.n_lanes > 0, np.maximum(network.n_lanes, fewest), np.minimum(fewest, MOST_LANES)
    )
    return Links(
        n_nodes=network.n_nodes,
        from_node=network.from_node,
        to_node=network.to_node,
        length_m=length_m,
        speed_m_s=speed_m_s,
        n_lanes=n_lanes,
        lane_capacity=np.minimum(capacity / n_lanes, capacity_of(speed_m_s, car_m=car_m)),
        car_m=np.full(network.n_links, car_m),
    )


FASTEST_M_S = 50.0
"""Speed on links that take no time in the table."""
MOST_LANES = 12
"""Connectors have capacities without a limit; so many lanes stand for them."""
