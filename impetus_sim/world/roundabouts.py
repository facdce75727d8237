"""Which links are the ring of a roundabout, told by their shape, since the layers of a map hold no tag for it."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

MOST_RING_M = 400.0
"""Longer rings are blocks of one-way streets."""
MOST_LINKS = 16
LEAST_ROUNDNESS = 0.85
"""4 pi area / perimeter^2: 1 for a circle, 0.785 for a square block of one-way streets."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def find_roundabouts(
    from_node: Ints, to_node: Ints, length: Floats, first: Ints, points: Floats
) -> npt.NDArray[np.bool_]:
    """Return which links lie on a ring of one-way links that is nearly round, bool (links,).

    Parameters
    ----------
    from_node, to_node, length
        Of each directed link, m.
    first, points
        Lines of the links: link k has points from first[k] to first[k + 1].
    """
    ends = set(zip(from_node.tolist(), to_node.tolist(), strict=True))
    onward: dict[int, list[int]] = {}
    for k, (u, v) in enumerate(zip(from_node.tolist(), to_node.tolist(), strict=True)):
        if (v, u) not in ends and length[k] < MOST_RING_M:
            onward.setdefault(u, []).append(k)
    on_ring = np.zeros(len(from_node), bool)
    for start in sorted(k for links in onward.values() for k in links):
        if on_ring[start]:
            continue
        for ring in _rings(start, onward, from_node, to_node, length):
            line = np.concatenate([points[first[k] : first[k + 1] - 1] for k in ring])
            if _roundness(line) >= LEAST_ROUNDNESS:
                on_ring[ring] = True
    return on_ring


def _rings(
    start: int, onward: dict[int, list[int]], from_node: Ints, to_node: Ints, length: Floats
) -> Iterator[list[int]]:
    # Every short way from the start's end back to its beginning that passes no node twice.
    stack = [([start], float(length[start]))]
    goal = int(from_node[start])
    while stack:
        way, total = stack.pop()
        end = int(to_node[way[-1]])
        if end == goal:
            yield way
            continue
        if len(way) == MOST_LINKS or any(int(from_node[k]) == end for k in way):
            continue
        stack += [
            ([*way, k], total + float(length[k]))
            for k in onward.get(end, ())
            if total + float(length[k]) <= MOST_RING_M
        ]


def _roundness(line: Floats) -> float:
    after = np.roll(line, -1, axis=0)
    area = abs(float(np.sum(line[:, 0] * after[:, 1] - after[:, 0] * line[:, 1]))) / 2.0
    perimeter = float(np.hypot(*(after - line).T).sum())
    return 4.0 * math.pi * area / perimeter**2 if perimeter > 0.0 else 0.0
