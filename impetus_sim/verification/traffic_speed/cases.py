"""What is simulated: a network, its signals and its demand, in terms that every side understands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impetus_sim.traffic.road import Links, one_lane_links

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

BLOCK_M, SPEED_M_S = 300.0, 13.89
GREEN_S = 30.0
DEPARTURES_S = 3600.0


@dataclass(frozen=True, kw_only=True)
class Demand:
    """Units that set out.

    depart_s, origin, goal: (units,); origin and goal are junctions. size: vehicles in each.
    """

    depart_s: Floats
    origin: Ints
    goal: Ints
    size: int

    @property
    def n_vehicles(self) -> int:
        """Vehicles in all units."""
        return len(self.depart_s) * self.size


@dataclass(frozen=True, kw_only=True)
class TrafficCase:
    """A case of the bench.

    links: streams of traffic. peer_lanes: (links,), lanes that UXsim gives a stream for the same capacity, None for
    one each. peer_platoon: vehicles that it moves as one by default.
    demand: makes the units for a platoon size. group: (links,), signal group at its end, None without signals.
    node_xy: (nodes, 2), m. every_s: time between two updates of ways. horizon_s: when it ends at the latest.
    renewal: share of our drivers who learn of a new state at each update; what serves a network is its own.
    """

    name: str
    links: Links
    node_xy: Floats
    demand: Callable[[int], Demand]
    horizon_s: float
    every_s: float
    renewal: float = 0.15
    peer_lanes: Ints | None = None
    peer_platoon: int = 5
    group: Ints | None = None


def build_grid(
    side: int, n_vehicles: int, *, horizon_s: float = 7200.0, every_s: float = 600.0
) -> TrafficCase:
    """Return a square grid of one-lane streets both ways with a signal at every junction.

    Blocks of 300 m, 13.89 m/s, 30 s of green in turn for rows and columns; origins and destinations at random,
    departures uniform over an hour.
    """
    i, j = np.divmod(np.arange(side * side), side)
    ends, groups = [], []
    for di, dj in ((0, 1), (1, 0), (0, -1), (-1, 0)):
        inside = (i + di >= 0) & (i + di < side) & (j + dj >= 0) & (j + dj < side)
        at = np.flatnonzero(inside)
        ends.append(np.column_stack([at, at + di * side + dj]))
        groups.append(np.full(len(at), int(di != 0)))
    links = np.concatenate(ends)
    order = np.lexsort((links[:, 1], links[:, 0]))
    links, group = links[order], np.concatenate(groups)[order]
    generator = np.random.default_rng(1)
    origin = generator.integers(0, side * side, n_vehicles)
    goal = generator.integers(0, side * side - 1, n_vehicles)
    goal += goal >= origin
    depart_s = np.sort(generator.uniform(0.0, DEPARTURES_S, n_vehicles))
    return TrafficCase(
        name=f"grid{side} {n_vehicles // 1000}k",
        links=one_lane_links(side * side, links, length_m=BLOCK_M, speed_m_s=SPEED_M_S),
        node_xy=np.column_stack([j, i]) * BLOCK_M,
        # a platoon goes the way and at the time of its first car
        demand=lambda size: Demand(
            depart_s=depart_s[::size], origin=origin[::size], goal=goal[::size], size=size
        ),
        horizon_s=horizon_s,
        every_s=every_s,
        group=group,
    )
