"""Contraflow: lanes of one direction of a street given to the other, and taken back.

A lane is withdrawn from its direction first: nobody enters it any more, who is on it drives out. It is given to the
other direction once every withdrawn lane of the street is empty and the clearance time has passed, so that nobody
meets anybody head on. The lanes that a direction may be given are queues of their own, empty until then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.traffic.junctions import junction_capacity
from impetus_sim.traffic.kernels.records import NEVER, NONE
from impetus_sim.traffic.road import CAR_M, Links

if TYPE_CHECKING:
    from impetus_sim.traffic.system import TrafficSystem

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Contraflow:
    """What one contraflow is about.

    pairs: int (streets, 2), the link that gets lanes and the one that gives them. lanes: how many at most.
    clearance_us: least time between withdrawing lanes and giving them, microseconds.
    """

    pairs: Ints
    lanes: int
    clearance_us: int


def with_spare_lanes(links: Links, contraflows: Iterable[Contraflow]) -> Links:
    """Return the links with room for the lanes that each may be given."""
    spare = np.zeros(links.n_links, np.int64)
    for contraflow in contraflows:
        gets, gives = contraflow.pairs.T
        spare[gets] = np.minimum(spare[gets] + contraflow.lanes, links.n_lanes[gives])
    return replace(links, spare_lanes=spare) if spare.any() else links


class LaneDirections:
    """Which direction has how many lanes, on the streets where that can change.

    Parameters
    ----------
    flow
        Vehicles on the network, built of `with_spare_lanes`.
    contraflows
        What each is about, by name.
    """

    def __init__(self, flow: TrafficSystem, contraflows: Mapping[str, Contraflow]) -> None:
        self._flow, self._contraflows = flow, contraflows
        pairs = [np.sort(c.pairs, axis=1) for c in contraflows.values()]
        self.pairs = np.unique(np.concatenate([np.zeros((0, 2), np.int64), *pairs]), axis=0)
        self._built = flow.links.n_lanes[self.pairs]
        columns = {"n_lanes": (np.int32, 2), "wanted": (np.int32, 2), "clearance_us": "i8", "clear_us": "i8"}
        self.table = Table("traffic_lanes", len(self.pairs), columns)
        self.table.n_lanes[:] = self.table.wanted[:] = self._built

    @property
    def is_settled(self) -> bool:
        """Whether every direction has the lanes that it is to have."""
        return bool((self.table.n_lanes == self.table.wanted).all())

    @property
    def without_lanes(self) -> Ints:
        """Links all of whose lanes are withdrawn or given away."""
        return np.asarray(self.pairs[self.table.n_lanes == 0])

    def want(self, names: Iterable[str]) -> None:
        """Set which contraflows are wanted from now on."""
        given = np.zeros(self._flow.links.n_links, np.int64)
        clearance = np.zeros(self._flow.links.n_links, np.int64)
        for name in sorted(names):
            contraflow = self._contraflows[name]
            given[contraflow.pairs[:, 0]] += contraflow.lanes
            both = contraflow.pairs.ravel()
            clearance[both] = np.maximum(clearance[both], contraflow.clearance_us)
        table = self.table
        total = self._built.sum(axis=1)
        first = self._built[:, 0] + given[self.pairs[:, 0]] - given[self.pairs[:, 1]]
        first = np.clip(first, 0, total)
        table.wanted[:, 0], table.wanted[:, 1] = first, total - first
        # what ends is cleared as long as it was when it began
        asked = clearance[self.pairs[:, 0]]
        table.clearance_us[asked > 0] = asked[asked > 0]

    def advance(self) -> bool:
        """Withdraw and give lanes as far as that is possible now, and return whether anything changed."""
        if self.is_settled:
            return False
        table, now_us = self.table, self._flow.now_us
        changed = False
        for row in np.flatnonzero((table.n_lanes != table.wanted).any(axis=1)).tolist():
            n, wanted = table.n_lanes[row], table.wanted[row]
            if (n > wanted).any():
                table.clear_us[row] = now_us + table.clearance_us[row]
                n[:] = np.minimum(n, wanted)
            elif now_us < table.clear_us[row] or not self._is_clear(row):
                continue
            else:
                n[:] = wanted
            changed = True
            self._set_lanes(row)
        return changed

    def restored(self) -> None:
        """Set the lanes of a loaded table."""
        for row in range(len(self.pairs)):
            self._flow.road.n_lanes[self.pairs[row]] = np.maximum(self.table.n_lanes[row], 1)

    def _is_clear(self, row: int) -> bool:
        # Whether all lanes that no direction has are empty.
        road = self._flow.road
        for link, n in zip(self.pairs[row], self.table.n_lanes[row], strict=True):
            first = int(road.first_lane[link])
            if (road.queues["head"][first + n : first + int(road.most_lanes[link])] != NONE).any():
                return False
        return True

    def _set_lanes(self, row: int) -> None:
        flow, road = self._flow, self._flow.road
        for link, n in zip(self.pairs[row], self.table.n_lanes[row], strict=True):
            road.n_lanes[link] = max(int(n), 1)  # without any the link is closed besides
            lanes = slice(int(road.first_lane[link]), int(road.first_lane[link] + n))
            entry = road.queues["entry_us"][lanes]
            entry[(entry == NEVER) & (road.queues["head"][lanes] == NONE)] = flow.now_us
            flow.look_again(int(flow.links.from_node[link]))
        self._limit_junctions(np.unique(flow.links.to_node[self.pairs[row]]))
        flow.renew_ways()

    def _limit_junctions(self, nodes: Ints) -> None:
        # What a junction without a signal passes follows from the lanes that lead there now.
        road, links = self._flow.road, self._flow.links
        n_lanes = links.n_lanes.copy()
        n_lanes[self.pairs] = self.table.n_lanes
        capacity = junction_capacity(replace(links, n_lanes=n_lanes), without=np.zeros(0, np.int64))
        for node in nodes[(road.signal_of[nodes] == NONE) & (road.node_pace[nodes] > 0.0)]:
            road.node_pace[node] = 1e6 / (capacity[node] * CAR_M * 1000.0)
