"""Whose event is next: a tree of least times over the junctions.

Leaf ``n + k`` holds the time of junction k's next event, every inner place the lesser time of the two below it, so
place 1 holds the least of all. At a tie the lower number comes first: the order of events depends on nothing else.
"""

from __future__ import annotations

import numpy as np

from impetus_sim.kernels.compile import event_kernel


@event_kernel
def set_time(node, at_us, agenda):  # type: ignore[no-untyped-def]
    """Set the time of a junction's next event.

    Parameters
    ----------
    node, at_us
        Junction and time, microseconds.
    agenda
        int64 (2 n,), n a power of two; overwritten on the way up as far as anything changes.
    """
    place = (len(agenda) >> 1) + node
    agenda[place] = at_us
    while place > 1:
        least_us = min(agenda[place], agenda[place ^ 1])
        place >>= 1
        if agenda[place] == least_us:
            return
        agenda[place] = least_us


@event_kernel
def first_junction(agenda):  # type: ignore[no-untyped-def]
    """Return the junction whose time is least, the lowest of several."""
    n = len(agenda) >> 1
    least_us, place = agenda[1], 1
    while place < n:
        place *= 2
        if agenda[place] != least_us:
            place += 1
    return place - n


@event_kernel
def build(agenda):  # type: ignore[no-untyped-def]
    """Fill the inner places for the leaves as they are."""
    for place in range((len(agenda) >> 1) - 1, 0, -1):
        agenda[place] = min(agenda[2 * place], agenda[2 * place + 1])


def padded(n: int) -> int:
    """Return the least power of two that is at least `n` (and at least 2)."""
    return int(2 ** np.ceil(np.log2(max(n, 2))))
