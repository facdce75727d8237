"""Ways: least-time trees to every destination in use, renewed from what the links take now."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.kernels.compile import BLOCK, fit_threads
from impetus_sim.traffic.bans import Bans, BansInForce
from impetus_sim.traffic.kernels.fleet import mark_goals_in_use
from impetus_sim.traffic.kernels.link_times import COST_PER_S, measure_link_costs
from impetus_sim.traffic.kernels.records import LEAVES, NONE
from impetus_sim.traffic.kernels.road import NO_SLOT, Road, Ways
from impetus_sim.traffic.kernels.trees import (
    ARC,
    FAR,
    GOALS_PER_BLOCK,
    buckets_for,
    build_trees,
)
from impetus_sim.traffic.road import Links

TREES_KEPT = 8
"""Drivers follow one of the newest so many trees: some are told of a change at once, others later."""
MOST_TREE_BYTES = 1_000_000_000
"""Large networks with many destinations keep fewer trees, so that all of them stay below this size."""


class Routing:
    """Route trees and fixed routes.

    Parameters
    ----------
    links, road
        The network.
    goal_nodes
        int (goals,), junctions that vehicles go to; or, beyond them, links that they have to come by
        (`Links.at_end`).
    every_s
        Time between two updates, s.
    patience_s
        Time after which a driver held up at a junction by a full link takes another way, s; 0 for never.
    bans
        Turns and areas that may be banned.
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
        bans: Bans | None = None,
        paths: npt.NDArray[np.int32] | None = None,
        dwell_s: npt.NDArray[np.float64] | None = None,
    ) -> None:
        n, n_nodes, n_goals = links.n_links, links.n_nodes, len(goal_nodes)
        self.every_us = round(every_s * 1e6)
        self.n_kept = max(2, min(TREES_KEPT, MOST_TREE_BYTES // max(1, n_goals * n_nodes) - 1))
        goal_nodes = np.asarray(goal_nodes, np.int64)
        goal_links = goal_nodes[goal_nodes >= n_nodes] - n_nodes
        self.bans = BansInForce(
            bans or Bans(), road, n_goals=n_goals, n_kept=self.n_kept, goal_links=goal_links
        )
        split = self.bans.split_links
        row_at_end = links.to_node.astype(np.int32)
        row_at_end[split] = n_nodes + np.arange(len(split))
        self._split_node = links.to_node[split].astype(np.int32)
        self.goal_junctions = links.junctions_of(goal_nodes)
        goal_rows = goal_nodes.astype(np.int32)
        goal_rows[goal_nodes >= n_nodes] = row_at_end[goal_links]
        self._lay_arcs(links, road, row_at_end)
        self._has_trees = np.zeros(n_goals, np.bool_)
        self.costs = Table("traffic_costs", n, {"cost": (np.int32, self.n_kept), "seen": (np.float64, 4)})
        self.clock = Table(
            "traffic_routing", 1, {"newest": np.int64, "n_made": np.int64, "next_us": np.int64}
        )
        self._newest = np.zeros(2, np.int64)
        self.ways = Ways(
            next_slot=np.full((self.n_kept + 1, n_goals, n_nodes + len(split)), NO_SLOT, np.uint8),
            goal_node=goal_rows,
            row_at_end=row_at_end,
            passes=self.bans.passes,
            newest=self._newest,
            paths=np.array([LEAVES], np.int32) if paths is None else paths,
            dwell_us=np.zeros(1 if paths is None else len(paths), np.int64)
            if dwell_s is None
            else np.rint(dwell_s * 1e6).astype(np.int64),
            patience_us=np.array([round(patience_s * 1e6)], np.int64),
        )
        self._free_cost = np.maximum(1, np.rint(links.length_m / links.speed_m_s * COST_PER_S)).astype(
            np.int32
        )

    def _lay_arcs(self, links: Links, road: Road, row_at_end: npt.NDArray[np.int32]) -> None:
        # Arcs of the trees, by the row in which they end: every link from its junction, and once more from the row
        # of each link before it from which turns can be banned. A link ends in its own such row, if it has one.
        split = self.bans.split_links
        n_rows = links.n_nodes + len(split)
        out = [
            road.out_link[road.first_out[node] : road.first_out[node + 1]].astype(np.int64)
            for node in self._split_node
        ]
        arc_link = np.concatenate([np.arange(links.n_links), *out])
        arc_turn_from = np.concatenate(
            [np.full(links.n_links, NONE), np.repeat(split, [len(more) for more in out])]
        ).astype(np.int64)
        start = np.where(arc_turn_from < 0, links.from_node[arc_link], row_at_end[arc_turn_from])
        order = np.argsort(row_at_end[arc_link], kind="stable")
        self._arc_link, self._arc_turn_from = arc_link[order], arc_turn_from[order]
        self._first_in = np.searchsorted(row_at_end[self._arc_link], np.arange(n_rows + 1)).astype(np.int32)
        self._into = np.zeros(len(order), ARC)
        self._into["before"] = start[order]
        self._slot_in = road.slot_of_link[self._arc_link]

    @property
    def state(self) -> list[Table]:
        """Tables that a later step reads; trees follow from the costs in them and the bans."""
        return [self.costs, self.clock, self.bans.table]

    @property
    def next_us(self) -> int:
        """Time of the next update, microseconds."""
        return int(self.clock.next_us[0])

    def update(self, now_us: int, road: Road, vehicles: npt.NDArray[np.void]) -> None:
        """Measure what links take now and make a new tree for every destination in use."""
        self.include(vehicles)
        row = (int(self.clock.newest[0]) + 1) % self.n_kept
        cost = np.empty(len(self.costs), np.int32)
        measure_link_costs(now_us, road, vehicles, self.costs.seen, cost)
        self.costs.cost[:, row] = cost
        self.bans.note_tree(row)
        self._has_trees = self._are_in_use(vehicles)
        self._build(cost, row, self._has_trees)
        self.clock.newest[0] = row
        self.clock.n_made[0] += 1
        self.clock.next_us[0] = now_us + self.every_us
        self._newest[:] = row, self.clock.n_made[0]

    def include(self, vehicles: npt.NDArray[np.void]) -> None:
        """Make all kept trees of destinations that vehicles have now and no vehicle had at the last update."""
        new = self._are_in_use(vehicles) & ~self._has_trees
        if not new.any():
            return
        self._build(self._free_cost, self.n_kept, new)
        for age in range(min(int(self.clock.n_made[0]), self.n_kept)):
            row = (int(self.clock.newest[0]) - age) % self.n_kept
            self._build(self.costs.cost[:, row], row, new)
        self._has_trees |= new

    def rebuild(self, vehicles: npt.NDArray[np.void]) -> None:
        """Make the trees of restored costs again."""
        self.bans.apply()
        self._newest[:] = self.clock.newest[0], self.clock.n_made[0]
        self._has_trees[:] = False
        self.include(vehicles)

    def _are_in_use(self, vehicles: npt.NDArray[np.void]) -> npt.NDArray[np.bool_]:
        # per destination, whether somebody is still to go there by a tree
        in_use = np.zeros(len(self._has_trees), np.bool_)
        mark_goals_in_use(vehicles, in_use)
        return in_use

    def has_way(self, goals: npt.NDArray[np.int32], nodes: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
        """Return whether the newest trees lead from where vehicles were taken off to destinations.

        Parameters
        ----------
        goals
            Rows of `goal_nodes`.
        nodes
            Junctions; or, beyond them, links from which turns can be banned.
        """
        n_nodes = self.ways.next_slot.shape[2] - len(self._split_node)
        links = np.maximum(nodes - n_nodes, 0)
        rows = np.where(nodes < n_nodes, nodes, self.ways.row_at_end[links])
        at_goal = (self.ways.goal_node[goals] == nodes) | (self.ways.goal_node[goals] == rows)
        return np.asarray(at_goal | (self.ways.next_slot[self._newest[0], goals, rows] != NO_SLOT))

    def _build(self, cost: npt.NDArray[np.int32], row: int, are_wanted: npt.NDArray[np.bool_]) -> None:
        is_open = cost > 0
        tree = None if row == self.n_kept else row
        on_arcs = np.where(is_open, cost, FAR)[self._arc_link].astype(np.uint32)
        banned = self.bans.banned_turns(tree)
        for k in np.flatnonzero(self._arc_turn_from >= 0) if banned else ():
            if (int(self._arc_turn_from[k]), int(self._arc_link[k])) in banned:
                on_arcs[k] = FAR
        usable = cost[is_open] if is_open.any() else np.ones(1, np.int32)
        shift, n_buckets = buckets_for(int(usable.min()), int(usable.max()))
        barred = self.bans.barred_links(tree)
        # destinations for which the same bans hold share the costs of arcs
        holds = ~self.ways.passes & np.bitwise_or.reduce(barred, initial=np.uint32(0))
        for bits in np.unique(holds[are_wanted]):
            goals = np.flatnonzero(are_wanted & (holds == bits)).astype(np.int32)
            self._into["cost"] = np.where(barred[self._arc_link] & bits, FAR, on_arcs)
            fit_threads(len(goals) // GOALS_PER_BLOCK * BLOCK)
            build_trees(
                goals,
                self.ways.goal_node,
                self._split_node,
                self._first_in,
                self._into,
                self._slot_in,
                np.uint32(shift),
                n_buckets,
                self.ways.next_slot[row],
            )
