"""Least-time trees: for each destination, the next link from every junction.

Dijkstra's algorithm with a circular bucket queue (Dial 1969, Communications of the ACM 12): costs are whole numbers
of one tenth of a second, so the queue is an array of lists. No link is shorter than a bucket is wide, so whatever
lies in the first bucket is final in any order (Denardo and Fox 1979, Operations Research 27).
"""

from __future__ import annotations

import numpy as np

from impetus_sim.kernels.compile import event_kernel, parallel_kernel, prange
from impetus_sim.traffic.kernels.road import NO_SLOT

ARC = np.dtype([("before", "u4"), ("cost", "u4")])
"""An incoming link: where it starts, and its cost, tenths of a second; `FAR` where nobody may go."""

_ENTRY = np.dtype([("node", "u4"), ("below", "u4")])
_END = np.uint32(2**32 - 1)
_ONE = np.uint32(1)

GOALS_PER_BLOCK = 8
FAR = np.uint32(2**30)
"""Cost of a junction from which no way leads to the destination, and of a link that may not be used."""


@parallel_kernel
def build_trees(rows, goal_node, split_node, first_in, into, slot_in, shift, n_buckets, out_slot):  # type: ignore[no-untyped-def]
    """Fill one tree per destination.

    Parameters
    ----------
    rows
        int32, destinations to do, as rows of `goal_node` and `out_slot`.
    goal_node
        int32 (goals,), junctions, or further rows: whoever goes there has to come by that row's link.
    split_node
        int32 (splits,), junctions that have further rows, which come after those of all junctions: whoever reaches
        such a row has reached the junction, but not every link leads on from there.
    first_in
        uint32 (nodes + splits + 1,), incoming links of each junction in the arrays that follow.
    into
        ARC records (links,), costs at least ``2 ** shift``.
    slot_in
        uint8 (links,), position of each link among the outgoing ones at its start.
    shift, n_buckets
        Width of a bucket as a power of two, and how many there are; see `buckets_for`.
    out_slot
        uint8 (goals, nodes + splits), `NO_SLOT` where no way leads on; other rows are left as they are.
    """
    n_nodes = len(first_in) - 1
    n_blocks = (len(rows) + GOALS_PER_BLOCK - 1) // GOALS_PER_BLOCK
    for block in prange(n_blocks):
        cost = np.empty(n_nodes, np.uint32)
        bucket = np.full(n_buckets, _END, np.uint32)
        entry = np.empty(len(into) + 1 + len(split_node), _ENTRY)
        for k in range(block * GOALS_PER_BLOCK, min(len(rows), (block + 1) * GOALS_PER_BLOCK)):
            row = rows[k]
            _fill_tree(
                goal_node[row], split_node, first_in, into, slot_in, shift, bucket, entry, cost, out_slot[row]
            )


@event_kernel
def _fill_tree(root, split_node, first_in, into, slot_in, shift, bucket, entry, out_cost, out_slot):  # type: ignore[no-untyped-def]
    # An entry is a junction and the entry below it in its bucket. All buckets are empty before and after.
    out_cost[:] = FAR
    out_slot[:] = NO_SLOT
    mask = np.uint32(len(bucket) - 1)
    out_cost[root] = 0
    entry[0].node, entry[0].below = root, _END
    bucket[0] = 0
    n_entries, n_open, at = np.uint32(1), 1, np.uint32(0)
    for k in range(len(split_node)):
        if split_node[k] == root:
            further = np.uint32(len(out_cost) - len(split_node) + k)
            out_cost[further] = 0
            entry[n_entries].node, entry[n_entries].below = further, bucket[0]
            bucket[0] = n_entries
            n_entries = np.uint32(n_entries + _ONE)
            n_open += 1
    while n_open > 0:
        top = bucket[at & mask]
        if top == _END:
            at = np.uint32(at + _ONE)
            continue
        bucket[at & mask] = entry[top].below
        n_open -= 1
        node = entry[top].node
        cost = out_cost[node]
        if cost >> shift != at:
            continue  # reached sooner since it was noted
        for k in range(first_in[node], first_in[node + _ONE]):
            before, total = into[k].before, cost + into[k].cost
            if total < out_cost[before]:
                out_cost[before] = total
                out_slot[before] = slot_in[k]
                place = (total >> shift) & mask
                entry[n_entries].node, entry[n_entries].below = before, bucket[place]
                bucket[place] = n_entries
                n_entries = np.uint32(n_entries + _ONE)
                n_open += 1


def buckets_for(least: int, longest: int) -> tuple[int, int]:
    """Return the width of a bucket (as a power of two) and how many are needed, from the range of link costs."""
    shift = max(least, 1).bit_length() - 1
    return shift, 1 << ((longest >> shift) + 1).bit_length()
