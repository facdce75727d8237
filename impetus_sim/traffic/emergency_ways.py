"""Where emergency vehicles may go: streets in both directions, and ways for people on foot that are wide enough."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from impetus_sim.traffic.kernels.records import NONE
from impetus_sim.traffic.road import Links

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class EmergencyWays:
    """Arcs from place to place; junctions of the drive network are the first places.

    n_places: how many there are. start, end: int64 (arcs,). length_m: float64 (arcs,).
    link: int64 (arcs,), street that the arc lies on, or NONE for a way for people on foot. from_m, to_m: float64
    (arcs,), where along the link; falling against its direction. width_m: float64 (arcs,), of ways for people on
    foot; inf on streets.
    """

    n_places: int
    start: Ints
    end: Ints
    length_m: Floats
    link: Ints
    from_m: Floats
    to_m: Floats
    width_m: Floats

    @property
    def is_against(self) -> npt.NDArray[np.bool_]:
        """Which arcs lie against the direction of their street."""
        return np.asarray(self.to_m < self.from_m)

    def best_arc(self, place: int, to_goal: Floats, times: Floats) -> int:
        """Return the arc to take from a place, NONE where no way leads to the goal.

        Parameters
        ----------
        to_goal
            From `times_to`, of these times.
        times
            float64 (arcs,), inf where a vehicle may not go.
        """
        first, last = np.searchsorted(self._pairs.start, (place, place + 1))
        out = np.arange(first, last)
        fastest = self._pairs.least(times)
        total = fastest[out] + to_goal[self._pairs.end[out]]
        if not np.isfinite(total).any():
            return NONE
        return self._pairs.arc(int(out[np.argmin(total)]), times)

    def times_to(self, goal: int, times: Floats) -> Floats:
        """Return the time from every place to a goal, float64 (places,), inf where no way leads."""
        return self._reach(goal, self._pairs.end, self._pairs.start, times)

    def times_from(self, place: int, times: Floats) -> Floats:
        """Return the time from a place to every place, float64 (places,), inf where no way leads."""
        return self._reach(place, self._pairs.start, self._pairs.end, times)

    def _reach(self, place: int, rows: Ints, columns: Ints, times: Floats) -> Floats:
        least = self._pairs.least(times)
        usable = np.isfinite(least)
        graph = csr_array(
            (least[usable], (rows[usable], columns[usable])), shape=(self.n_places, self.n_places)
        )
        return np.asarray(dijkstra(graph, indices=place))

    @cached_property
    def _pairs(self) -> _Pairs:
        return _Pairs.of(self.start, self.end)


@dataclass(frozen=True, kw_only=True)
class _Pairs:
    """Arcs by the pair of places that they join.

    start, end: int64 (pairs,), sorted. order: arcs of one pair after another, ascending. first: where those of each
    pair begin in `order`, and the end.
    """

    start: Ints
    end: Ints
    order: Ints
    first: Ints

    @classmethod
    def of(cls, start: Ints, end: Ints) -> _Pairs:
        order = np.lexsort((np.arange(len(start)), end, start)).astype(np.int64)
        is_new = np.ones(len(order), bool)
        is_new[1:] = (np.diff(start[order]) != 0) | (np.diff(end[order]) != 0)
        first = np.flatnonzero(is_new)
        kept = order[first]
        return cls(
            start=start[kept], end=end[kept], order=order, first=np.append(first, len(order)).astype(np.int64)
        )

    def least(self, times: Floats) -> Floats:
        """Return the time of the fastest arc of each pair."""
        return np.asarray(np.minimum.reduceat(times[self.order], self.first[:-1]))

    def arc(self, pair: int, times: Floats) -> int:
        """Return the fastest arc of a pair; the first at a tie."""
        arcs = self.order[self.first[pair] : self.first[pair + 1]]
        return int(arcs[np.argmin(times[arcs])])


def ways_of_streets(links: Links) -> EmergencyWays:
    """Return every link, and then every link against its direction."""
    n = links.n_links
    zero = np.zeros(n)
    return EmergencyWays(
        n_places=links.n_nodes,
        start=np.concatenate([links.from_node, links.to_node]),
        end=np.concatenate([links.to_node, links.from_node]),
        length_m=np.tile(links.length_m, 2),
        link=np.tile(np.arange(n), 2),
        from_m=np.concatenate([zero, links.length_m]),
        to_m=np.concatenate([links.length_m, zero]),
        width_m=np.full(2 * n, np.inf),
    )


def joined(ways: EmergencyWays, more: EmergencyWays) -> EmergencyWays:
    """Return the arcs of both; `more` knows all places."""
    arrays = {
        name: np.concatenate([getattr(ways, name), getattr(more, name)])
        for name in ("start", "end", "length_m", "link", "from_m", "to_m", "width_m")
    }
    return EmergencyWays(n_places=more.n_places, **arrays)
