"""Whose event is next: a tournament tree over the junctions.

Leaf ``n + k`` belongs to junction k; every inner place holds the junction below it whose time is least (the lower
number at a tie, so that the order of events does not depend on anything else). Place 1 holds the winner.
"""

from __future__ import annotations

import numpy as np

from impetus_sim.kernels.compile import event_kernel


@event_kernel
def set_time(node, at_us, times, winners):  # type: ignore[no-untyped-def]
    """Set the time of a junction's next event.

    Parameters
    ----------
    node, at_us
        Junction and time, microseconds.
    times
        int64 (n,), n a power of two; overwritten at `node`.
    winners
        int32 (2 n,), overwritten on the way up.
    """
    if times[node] == at_us:
        return
    times[node] = at_us
    place = (len(times) + node) >> 1
    while place >= 1:
        left, right = winners[2 * place], winners[2 * place + 1]
        best = left if times[left] <= times[right] else right
        if winners[place] == best and best != node:
            return  # another was and is the winner: nothing above changes
        winners[place] = best
        place >>= 1


@event_kernel
def build(times, winners):  # type: ignore[no-untyped-def]
    """Fill `winners` for the times as they are."""
    n = len(times)
    for k in range(n):
        winners[n + k] = k
    for place in range(n - 1, 0, -1):
        left, right = winners[2 * place], winners[2 * place + 1]
        winners[place] = left if times[left] <= times[right] else right


def padded(n: int) -> int:
    """Return the least power of two that is at least `n` (and at least 2)."""
    return int(2 ** np.ceil(np.log2(max(n, 2))))
