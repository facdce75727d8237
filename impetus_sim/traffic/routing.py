"""Ways: least-time trees to every destination in use, renewed from what the links take now."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.kernels.compile import fit_threads
from impetus_sim.traffic.kernels.link_times import COST_PER_S, measure_link_costs
from impetus_sim.traffic.kernels.records import LEAVES
from impetus_sim.traffic.kernels.road import NO_SLOT, Road, Ways
from impetus_sim.traffic.kernels.trees import GOALS_PER_BLOCK, build_trees
from impetus_sim.traffic.road import Links

TREES_KEPT = 8
"""Drivers follow one of the newest so many trees: some are told of a change at once, others later."""
_BLOCK = 1024


class Routing:
    """Route trees and fixed routes.

    Parameters
    ----------
    links, road
        The network.
    goal_nodes
        int (goals,), junctions that vehicles go to.
    every_s
        Time between two updates, s.
    patience_s
        Time after which a driver held up at a junction by a full link takes another way, s; 0 for never.
    paths, dwell_s
        Links of fixed routes, each route ended by `LEAVES`; time spent on each beside driving, s.
    """

    def __init__(
        self,
        links: Links,
        road: Road,
        goal_nodes: npt.NDArray[np.int64],
        *,
        every_s: float = 120.0,
        patience_s: float = 30.0,
        paths: npt.NDArray[np.int32] | None = None,
        dwell_s: npt.NDArray[np.float64] | None = None,
    ) -> None:
        n, n_nodes, n_goals = links.n_links, links.n_nodes, len(goal_nodes)
        self.every_us = round(every_s * 1e6)
        by_end = np.argsort(links.to_node, kind="stable")
        self._first_in = np.searchsorted(links.to_node[by_end], np.arange(n_nodes + 1)).astype(np.int32)
        self._in_link = by_end.astype(np.int32)
        self._from_node = links.from_node.astype(np.int32)
        self._slot_of_link = road.slot_of_link
        self._scratch = np.zeros((max(1, -(-n_goals // GOALS_PER_BLOCK)), n_nodes), np.int32)
        self.costs = Table("traffic_costs", n, {"cost": (np.int32, TREES_KEPT), "seen": (np.float64, 4)})
        self.clock = Table(
            "traffic_routing", 1, {"newest": np.int64, "n_made": np.int64, "next_us": np.int64}
        )
        self._newest = np.zeros(2, np.int64)
        self.ways = Ways(
            next_slot=np.full((TREES_KEPT + 1, n_goals, n_nodes), NO_SLOT, np.uint8),
            goal_node=np.asarray(goal_nodes, np.int32),
            newest=self._newest,
            paths=np.array([LEAVES], np.int32) if paths is None else paths,
            dwell_us=np.zeros(1 if paths is None else len(paths), np.int64)
            if dwell_s is None
            else np.rint(dwell_s * 1e6).astype(np.int64),
            patience_us=np.array([round(patience_s * 1e6)], np.int64),
        )
        free = np.maximum(1, np.rint(links.length_m / links.speed_m_s * COST_PER_S)).astype(np.int32)
        self._build(free, TREES_KEPT)

    @property
    def state(self) -> list[Table]:
        """Tables that a later step reads; trees follow from the costs in them."""
        return [self.costs, self.clock]

    @property
    def next_us(self) -> int:
        """Time of the next update, microseconds."""
        return int(self.clock.next_us[0])

    def update(self, now_us: int, road: Road, vehicles: npt.NDArray[np.void]) -> None:
        """Measure what links take now and make a new tree for every destination."""
        row = (int(self.clock.newest[0]) + 1) % TREES_KEPT
        cost = np.empty(len(self.costs), np.int32)
        measure_link_costs(now_us, road, vehicles, self.costs.seen, cost)
        self.costs.cost[:, row] = cost
        self._build(cost, row)
        self.clock.newest[0] = row
        self.clock.n_made[0] += 1
        self.clock.next_us[0] = now_us + self.every_us
        self._newest[:] = row, self.clock.n_made[0]

    def rebuild(self) -> None:
        """Make the trees of restored costs again."""
        row, n_made = int(self.clock.newest[0]), int(self.clock.n_made[0])
        for age in range(min(n_made, TREES_KEPT)):
            k = (row - age) % TREES_KEPT
            self._build(np.ascontiguousarray(self.costs.cost[:, k]), k)
        self._newest[:] = row, n_made

    def has_way(self, goals: npt.NDArray[np.int32], nodes: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
        """Return whether the newest trees lead from junctions to destinations (rows of `goal_nodes`)."""
        at_goal = self.ways.goal_node[goals] == nodes
        return np.asarray(at_goal | (self.ways.next_slot[self._newest[0], goals, nodes] != NO_SLOT))

    def _build(self, cost: npt.NDArray[np.int32], row: int) -> None:
        fit_threads(len(self.ways.goal_node) // GOALS_PER_BLOCK * _BLOCK)
        build_trees(
            self.ways.goal_node,
            cost,
            self._first_in,
            self._in_link,
            self._from_node,
            self._slot_of_link,
            self._scratch,
            self.ways.next_slot[row],
        )
