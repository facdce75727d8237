"""Where emergency vehicles may go: streets in both directions, and ways for people on foot that are wide enough."""

from __future__ import annotations

from dataclasses import dataclass

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

    def best_arc(self, place: int, goal: int, times: Floats) -> int:
        """Return the arc to take from a place, NONE where no way leads to the goal.

        Parameters
        ----------
        times
            float64 (arcs,), inf where a vehicle may not go.
        """
        arcs = self._fastest(times)
        to_goal = self._from_all(goal, arcs, times)
        out = arcs[self.start[arcs] == place]
        total = times[out] + to_goal[self.end[out]]
        return int(out[np.argmin(total)]) if len(out) and np.isfinite(total).any() else NONE

    def times_to(self, goal: int, times: Floats) -> Floats:
        """Return the time from every place to a goal, float64 (places,), inf where no way leads."""
        return self._from_all(goal, self._fastest(times), times)

    def times_from(self, place: int, times: Floats) -> Floats:
        """Return the time from a place to every place, float64 (places,), inf where no way leads."""
        arcs = self._fastest(times)
        there = csr_array(
            (times[arcs], (self.start[arcs], self.end[arcs])), shape=(self.n_places, self.n_places)
        )
        return np.asarray(dijkstra(there, indices=place))

    def _from_all(self, goal: int, arcs: Ints, times: Floats) -> Floats:
        back = csr_array(
            (times[arcs], (self.end[arcs], self.start[arcs])), shape=(self.n_places, self.n_places)
        )
        return np.asarray(dijkstra(back, indices=goal))

    def _fastest(self, times: Floats) -> Ints:
        # of parallel arcs the fastest; the first at a tie
        start, end = self.start, self.end
        usable = np.flatnonzero(np.isfinite(times))
        order = usable[np.lexsort((usable, times[usable], end[usable], start[usable]))]
        is_first = np.ones(len(order), bool)
        is_first[1:] = (np.diff(start[order]) != 0) | (np.diff(end[order]) != 0)
        return order[is_first]


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
