"""Normally open ties: the shortest cables along streets from each feeder to another one, towards its far end.

Where there is no other feeder, a second cable from the substation, without customers, ends open at the last
transformer, as in any ring main.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csgraph

from impetus_sim.infrastructure.city.feeders import LEAST_CABLE_M, Feeders
from impetus_sim.infrastructure.city.stations import Stations
from impetus_sim.infrastructure.city.streets import StreetGraph

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

TIES_PER_FEEDER: Final = 2
FAR_END_WEIGHT: Final = 0.5
"""A tie may be longer by this share of the way by which its end lies farther from the substation: a tie at the far
end can take over more of the feeder."""


@dataclass(frozen=True, kw_only=True)
class Ties:
    """Open cables: a, b int64 (ties,), stations; length_m float64 (ties,); route, points of the streets.

    reserve_of: int64 (reserves,), stations at which a reserve cable from the substation of `Feeders` ends open.
    """

    a: Ints
    b: Ints
    length_m: Floats
    route: tuple[Ints, ...]
    reserve_of: Ints

    def __len__(self) -> int:
        return len(self.a)


def build_ties(graph: StreetGraph, stations: Stations, feeders: Feeders) -> Ties:
    """Find ties for every feeder: the best one, and the best to yet another feeder where there is one."""
    if len(feeders) == 1:
        last = np.lexsort((np.arange(len(stations)), -feeders.path_m))[0]
        none = np.zeros(0, np.int64)
        return Ties(a=none, b=none, length_m=np.zeros(0), route=(), reserve_of=np.array([last], np.int64))
    way, parent, source = csgraph.dijkstra(
        graph.costs, indices=stations.node, min_only=True, return_predecessors=True
    )
    at_node = np.full(graph.n_nodes, -1, np.int64)
    at_node[stations.node] = np.arange(len(stations))
    nearest = at_node[source]
    a, b = nearest[graph.from_node], nearest[graph.to_node]
    meets = np.flatnonzero(feeders.of_station[a] != feeders.of_station[b])
    cost = way[graph.from_node[meets]] + graph.cost[meets] + way[graph.to_node[meets]]
    chosen = _choose(a[meets], b[meets], cost, feeders)
    pieces = meets[chosen]
    routes, lengths = [], []
    for piece in pieces.tolist():
        route = _back(parent, int(graph.from_node[piece])) + _back(parent, int(graph.to_node[piece]))[::-1]
        nodes = np.array(route, np.int64)
        routes.append(nodes)
        lengths.append(max(float(graph.length_between(nodes[:-1], nodes[1:]).sum()), LEAST_CABLE_M))
    return Ties(
        a=a[pieces],
        b=b[pieces],
        length_m=np.array(lengths),
        route=tuple(routes),
        reserve_of=np.zeros(0, np.int64),
    )


def _choose(a: Ints, b: Ints, cost: Floats, feeders: Feeders) -> Ints:
    """Return the rows of the chosen meetings, ascending."""
    longest = feeders.longest_path_m()
    one, other = feeders.of_station[a], feeders.of_station[b]
    missed_a = longest[one] - feeders.path_m[a]
    missed_b = longest[other] - feeders.path_m[b]
    n = len(a)
    feeder = np.concatenate([one, other])
    towards = np.concatenate([other, one])
    score = np.concatenate([cost + FAR_END_WEIGHT * missed_a, cost + FAR_END_WEIGHT * missed_b])
    row = np.concatenate([np.arange(n), np.arange(n)])
    held: dict[int, list[int]] = {}
    chosen: dict[tuple[int, int], int] = {}
    for i in np.lexsort((row, score, feeder)).tolist():
        mine, theirs = int(feeder[i]), int(towards[i])
        partners = held.setdefault(mine, [])
        if len(partners) < TIES_PER_FEEDER and theirs not in partners:
            partners.append(theirs)
            chosen.setdefault((min(mine, theirs), max(mine, theirs)), int(row[i]))
    return np.array(sorted(set(chosen.values())), np.int64)


def _back(parent: npt.NDArray[np.int32], node: int) -> list[int]:
    """Return the points from the nearest station to a node."""
    way = [node]
    while parent[node] >= 0:
        node = int(parent[node])
        way.append(node)
    return way[::-1]
