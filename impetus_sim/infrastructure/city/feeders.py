"""Medium-voltage feeders along streets: radial, from a substation's breaker through its transformers.

Each transformer belongs to the substation to which the streets lead shortest. The tree of shortest ways is cut into
feeders under the limits of load and length; each runs in its own cable from the substation to its first transformer
and on from transformer to transformer, so that cables branch at stations only.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.sparse import csgraph

from impetus_sim.infrastructure.city.grouping import Tree, group_tree, lengths_to, sum_by
from impetus_sim.infrastructure.city.spec import CitySpec
from impetus_sim.infrastructure.city.stations import Stations, Substations
from impetus_sim.infrastructure.city.streets import StreetGraph

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LEAST_CABLE_M = 10.0
"""Cables are at least this long: within one station."""
SHORTER = 0.8
"""Feeders that come out too long are cut again with their streets limited to this share of before."""
EVEN_SHARE = 0.55
"""A substation with little load still has two feeders, each with at most this share, where stations allow it."""


@dataclass(frozen=True, kw_only=True)
class Feeders:
    """Feeders, and the cable that leads to each transformer.

    Parameters
    ----------
    substation, cables
        int64 (feeders,): row of the substation; cables side by side, more than one only for a single customer
        above the limit of one.
    of_station
        int64 (stations,), feeder of each transformer.
    upstream
        int64 (stations,), the transformer before it, or -1 where the cable comes from the substation.
    length_m
        float64 (stations,), of that cable.
    path_m
        float64 (stations,), of all cables from the substation.
    route
        Points of the streets along that cable, one int64 array a station, from it to what is upstream.
    """

    substation: Ints
    cables: Ints
    of_station: Ints
    upstream: Ints
    length_m: Floats
    path_m: Floats
    route: tuple[Ints, ...]

    def __len__(self) -> int:
        return len(self.substation)

    def load_kw(self, stations: Stations) -> Floats:
        """Return the peak load of each feeder, float64 (feeders,)."""
        return sum_by(self.of_station, stations.load_kw, len(self))

    def cable_m(self) -> Floats:
        """Return the length of cable of each feeder, float64 (feeders,)."""
        return sum_by(self.of_station, self.length_m, len(self))

    def longest_path_m(self) -> Floats:
        """Return the longest way along cables of each feeder, float64 (feeders,)."""
        longest = np.zeros(len(self))
        np.maximum.at(longest, self.of_station, self.path_m)
        return longest


def build_feeders(
    graph: StreetGraph, stations: Stations, substations: Substations, spec: CitySpec
) -> Feeders:
    """Cut the shortest ways from the substations into feeders."""
    way, parent, source = csgraph.dijkstra(
        graph.costs, indices=substations.node, min_only=True, return_predecessors=True
    )
    parent = np.where(parent < 0, -1, parent).astype(np.int64)
    order = np.lexsort((np.arange(graph.n_nodes), way)).astype(np.int64)
    tree = Tree(parent=parent, order=order, length_m=lengths_to(graph, parent))
    load = sum_by(stations.node, stations.load_kw, graph.n_nodes)
    total = sum_by(source, load, graph.n_nodes)
    most = np.minimum(1000.0 * spec.feeder_mw, EVEN_SHARE * total)[source]
    substation_of = np.searchsorted(substations.node, source)
    streets_m = spec.feeder_cable_m
    while True:
        group, tops = group_tree(tree, load, most_load=most, most_length_m=streets_m)
        feeders = _wire(tree, group, tops, stations, substation_of, spec)
        is_short = feeders.cable_m().max() <= spec.feeder_cable_m
        if (
            is_short and feeders.longest_path_m().max() <= spec.feeder_path_m
        ) or streets_m < spec.street_step_m:
            return feeders
        # cables to the first station, and where ways part between stations, come on top of the streets
        streets_m *= SHORTER


def _wire(
    tree: Tree, group: Ints, tops: Ints, stations: Stations, substation_of: Ints, spec: CitySpec
) -> Feeders:
    """Lay the cables of each group, and number the feeders by substation, then by their first point."""
    n = len(stations)
    at_node = np.full(len(group), -1, np.int64)
    at_node[stations.node] = np.arange(n)
    upstream, lead_of = _upstream(tree, group, at_node, n, len(tops))
    length, routes = np.zeros(n), []
    for station in range(n):
        node, up = int(stations.node[station]), int(upstream[station])
        if up >= 0:
            route = _route_between(tree, node, int(stations.node[up]))
        else:
            route = _way_up(tree, node, -1)
        routes.append(np.array(route, np.int64))
        length[station] = max(_length(tree, route), LEAST_CABLE_M)
    path = np.zeros(n)
    for station in sorted(range(n), key=lambda s: (_depth(upstream, s), s)):
        up = int(upstream[station])
        path[station] = length[station] + (path[up] if up >= 0 else 0.0)
    substation = substation_of[tops]
    rank = np.lexsort((lead_of, substation))
    new = np.empty(len(tops), np.int64)
    new[rank] = np.arange(len(tops))
    of_station = new[group[stations.node]]
    load_mw = sum_by(of_station, stations.load_kw, len(tops)) / 1000.0
    return Feeders(
        substation=substation[rank],
        cables=np.maximum(np.ceil(load_mw / spec.feeder_mw - 1e-9), 1).astype(np.int64),
        of_station=of_station,
        upstream=upstream,
        length_m=length,
        path_m=path,
        route=tuple(routes),
    )


def _upstream(tree: Tree, group: Ints, at_node: Ints, n: int, n_groups: int) -> tuple[Ints, Ints]:
    """Return the station before each one, and the first station of each group.

    Where ways of a group part before any station, the first station takes the others on behind it.
    """
    upstream = np.full(n, -1, np.int64)
    lead = np.full(n_groups, -1, np.int64)
    last = np.full(len(group), -1, np.int64)
    for node in tree.order.tolist():
        one, up = int(group[node]), int(tree.parent[node])
        before = int(last[up]) if up >= 0 and group[up] == one else -1
        station = int(at_node[node])
        if station >= 0:
            if before < 0 and lead[one] >= 0:
                before = int(lead[one])
            elif before < 0:
                lead[one] = station
            upstream[station] = before
        last[node] = station if station >= 0 else before
    return upstream, lead


def _way_up(tree: Tree, node: int, stop: int) -> list[int]:
    """Return the points from a node up to `stop`, or to the root."""
    way = [node]
    while node != stop and tree.parent[node] >= 0:
        node = int(tree.parent[node])
        way.append(node)
    return way


def _route_between(tree: Tree, a: int, b: int) -> list[int]:
    """Return the points of the way in the tree from a to b."""
    up_a, up_b = _way_up(tree, a, b), _way_up(tree, b, a)
    if up_a[-1] == b:
        return up_a
    position = {node: i for i, node in enumerate(up_a)}
    meet = next(i for i, node in enumerate(up_b) if node in position)
    return up_a[: position[up_b[meet]] + 1] + up_b[:meet][::-1]


def _length(tree: Tree, route: list[int]) -> float:
    """Return the length of a way in the tree."""
    return float(
        sum(tree.length_m[a] if tree.parent[a] == b else tree.length_m[b] for a, b in pairwise(route))
    )


def _depth(upstream: Ints, station: int) -> int:
    """Return how many stations lie before one."""
    depth = 0
    while upstream[station] >= 0:
        station = int(upstream[station])
        depth += 1
    return depth
