"""Edges of SUMO networks on our links, by the OpenStreetMap ways in their ids.

An id as netconvert gives it is the number of the way, a minus for the way against its drawing, and #k for the k-th
piece: -123#1. Ways are cut into other pieces here, and a map does not keep in which direction a way was drawn:
a route is the shortest one that passes its ways in their order.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

_EDGE = re.compile(r"(-?\d+)(?:#\d+)?(?:-AddedO\w+Edge)?")
Ints = npt.NDArray[np.int64]


def way_of_edge(edge: str) -> str:
    """Return the way of an edge with its sign; empty where its id holds none."""
    found = _EDGE.fullmatch(edge)
    return found[1] if found else ""


class EdgeWays:
    """Links by way.

    Parameters
    ----------
    ways
        Numbers of the ways that each link is part of, (links,).
    from_node, to_node, length_m
        (links,).
    banned_turns
        int (turns, 2), links before and after of turns that no route takes.
    """

    def __init__(
        self,
        ways: Iterable[Iterable[str]],
        from_node: Ints,
        to_node: Ints,
        length_m: npt.NDArray[np.float64],
        banned_turns: Ints | None = None,
    ) -> None:
        self._banned = set() if banned_turns is None else {(int(a), int(b)) for a, b in banned_turns}
        self._from, self._to, self._length = from_node, to_node, length_m
        self._links: dict[str, list[int]] = {}
        for link, numbers in enumerate(ways):
            for number in numbers:
                self._links.setdefault(number, []).append(link)
        self._out: dict[int, list[int]] = {}
        for link, node in enumerate(from_node):
            self._out.setdefault(int(node), []).append(link)

    def links_of(self, edge: str) -> list[int]:
        """Return the links of the way of an edge, in both directions; none where the map has no such way."""
        return self._links.get(way_of_edge(edge).lstrip("-"), [])

    def route_of(self, edges: Sequence[str]) -> list[int]:
        """Return the links of the shortest route that passes the ways of edges in their order; empty without one.

        Its first link is the last piece of the first way, its last link the first piece of the last way. No link
        lies on another way than those, and it does not turn back but where the edges do.
        """
        ways = [way_of_edge(edge) for edge in edges]
        ways = [way for k, way in enumerate(ways) if k == 0 or way != ways[k - 1]]
        members = [set(self._links.get(way.lstrip("-"), ())) for way in ways]
        if not all(members):
            return []
        best: dict[tuple[int, int], float] = {}
        before: dict[tuple[int, int], tuple[int, int] | None] = {}
        heap: list[tuple[float, int, int]] = []

        def reach(cost: float, k: int, link: int, state: tuple[int, int] | None) -> None:
            while k + 1 < len(ways) and link in members[k + 1] and not _turns_back(ways, k):
                k += 1  # a link that is part of the next way too
            if cost < best.get((k, link), np.inf):
                best[k, link], before[k, link] = cost, state
                heapq.heappush(heap, (cost, k, link))

        for link in sorted(members[0]):
            reach(float(self._length[link]), 0, link, None)
        while heap:
            cost, k, link = heapq.heappop(heap)
            if cost > best[k, link]:
                continue
            if k == len(ways) - 1:
                return self._trace(before, (k, link))
            turns_back = _turns_back(ways, k)
            for after in self._links_after(link):
                is_back = self._to[after] == self._from[link]
                if after in members[k] and not is_back:
                    reach(cost + float(self._length[after]), k, after, (k, link))
                elif after in members[k + 1] and (turns_back or not is_back):
                    reach(cost + float(self._length[after]), k + 1, after, (k, link))
        return []

    def _links_after(self, link: int) -> list[int]:
        # Links that lead on from a link.
        leading = self._out.get(int(self._to[link]), [])
        return [after for after in leading if (link, after) not in self._banned]

    def _trace(
        self, before: dict[tuple[int, int], tuple[int, int] | None], last: tuple[int, int]
    ) -> list[int]:
        found = []
        state: tuple[int, int] | None = last
        while state is not None:
            found.append(state[1])
            state = before[state]
        return found[::-1]


def _turns_back(ways: list[str], k: int) -> bool:
    # Whether the edges go back on the k-th way.
    return k + 1 < len(ways) and ways[k].lstrip("-") == ways[k + 1].lstrip("-")
