"""Crews and tankers drive the streets as they are: through the jam, and past the closures that hold up others."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from impetus_sim.infrastructure.repair.road_work import DETOUR
from impetus_sim.traffic.kernels.link_times import COST_PER_S

if TYPE_CHECKING:
    from impetus_sim.traffic.city_traffic import CityTraffic
    from impetus_sim.world.drive_network import DriveNetwork, Floats

Point = tuple[float, float]

ON_FOOT_M_S = 1.0
"""Between a site and its junction, in a straight line, with tools."""


class CrewTravel:
    """How long a crew takes from one place to another that sets out now.

    The fastest way by what links take at the last look of drivers' navigation (`traffic.routing.update_every`), or
    on empty streets in a run without traffic. Closed streets let crews through. A crew keeps to the time that it
    was given: a jam that forms while it is on its way does not hold it up. Where no street leads, it walks.

    Parameters
    ----------
    network
        Streets.
    traffic
        Vehicles on them; None for empty streets.
    """

    def __init__(self, network: DriveNetwork, traffic: CityTraffic | None) -> None:
        self._network, self._traffic = network, traffic
        self._free_s = network.length / network.speed
        self._seconds: Floats = np.empty(0)
        self._held: csr_array | None = None

    def __call__(self, start: Point, end: Point, at_us: int) -> float:
        """Return the time between two points in local metres, s."""
        del at_us  # the streets are asked as they are now
        network = self._network
        x, y = np.array([start[0], end[0]]), np.array([start[1], end[1]])
        node = network.nearest_node(x, y)
        aside_m = np.hypot(network.node_x[node] - x, network.node_y[node] - y).sum()
        if node[0] == node[1]:
            return float(aside_m / ON_FOOT_M_S)
        drive_s = float(dijkstra(self._graph(), indices=int(node[0]))[int(node[1])])
        if not np.isfinite(drive_s):
            return float(DETOUR * math.dist(start, end) / ON_FOOT_M_S)
        return float(drive_s + aside_m / ON_FOOT_M_S)

    def between(self, one: Point, others: Floats, *, is_goal: bool) -> Floats:
        """Return the time from one place to each of others (n, 2), or from each to the one, s, float64 (n,)."""
        network = self._network
        x, y = np.append(others[:, 0], one[0]), np.append(others[:, 1], one[1])
        node = network.nearest_node(x, y)
        aside_m = np.hypot(network.node_x[node] - x, network.node_y[node] - y)
        graph = self._graph()
        drive_s = dijkstra(graph.T if is_goal else graph, indices=int(node[-1]))[node[:-1]]
        on_foot_s = DETOUR * np.hypot(x[:-1] - one[0], y[:-1] - one[1]) / ON_FOOT_M_S
        seconds = drive_s + (aside_m[:-1] + aside_m[-1]) / ON_FOOT_M_S
        return np.where(np.isfinite(drive_s), seconds, on_foot_s)

    def _graph(self) -> csr_array:
        # the same until the next look, and after a restart only where links take what they took
        seconds = self._link_s()
        if self._held is None or not np.array_equal(seconds, self._seconds):
            self._seconds, self._held = seconds, self._build(seconds)
        return self._held

    def _build(self, seconds: Floats) -> csr_array:
        network = self._network
        # of two links between the same junctions the faster one
        order = np.lexsort((seconds, network.to_node, network.from_node))
        pair = network.from_node[order] * network.n_nodes + network.to_node[order]
        order = order[np.append(True, np.diff(pair) > 0)]
        ends = (network.from_node[order], network.to_node[order])
        return csr_array((seconds[order], ends), shape=(network.n_nodes, network.n_nodes))

    def _link_s(self) -> Floats:
        if self._traffic is None:
            return np.asarray(self._free_s, np.float64)
        routing = self._traffic.flow.routing
        if not routing.clock.n_made[0]:
            return np.asarray(self._free_s, np.float64)
        cost = routing.costs.cost[:, int(routing.clock.newest[0])].astype(np.float64)
        return np.where(cost > 0.0, cost / COST_PER_S, self._free_s)
