"""Least-time trees: for each destination, the next link from every junction.

Dijkstra's algorithm with a circular bucket queue (Dial 1969): costs are whole numbers of one tenth of a second, so
the queue is an array of lists and each junction costs some tens of nanoseconds.
"""

from __future__ import annotations

import numpy as np

from impetus_sim.kernels.compile import kernel, parallel_kernel, prange
from impetus_sim.traffic.kernels.road import NO_SLOT

GOALS_PER_BLOCK = 4
FAR = np.int32(2**30)
"""Cost of a junction from which no way leads to the destination."""


@parallel_kernel
def build_trees(goal_node, link_cost, first_in, in_link, from_node, slot_of_link, out_cost, out_slot):  # type: ignore[no-untyped-def]
    """Fill one tree per destination.

    Parameters
    ----------
    goal_node
        int32 (goals,).
    link_cost
        int32 (links,), tenths of a second, at least 1; negative where a link may not be used.
    first_in, in_link
        int32 (nodes + 1,) and (links,), links that end at each junction.
    from_node, slot_of_link
        int32 and uint8 (links,), start of each link and its number among the outgoing ones there.
    out_cost
        int32 (blocks of goals, nodes), scratch: costs of the block's last goal.
    out_slot
        uint8 (goals, nodes), `NO_SLOT` where no way leads on.
    """
    n_goals = len(goal_node)
    longest = 1
    for cost in link_cost:
        longest = max(longest, cost)
    n_buckets = 2
    while n_buckets <= longest:
        n_buckets *= 2
    n_blocks = (n_goals + GOALS_PER_BLOCK - 1) // GOALS_PER_BLOCK
    for block in prange(n_blocks):
        bucket = np.full(n_buckets, -1, np.int32)
        entry_node = np.empty(len(in_link) + 1, np.int32)
        entry_after = np.empty(len(in_link) + 1, np.int32)
        for goal in range(block * GOALS_PER_BLOCK, min(n_goals, (block + 1) * GOALS_PER_BLOCK)):
            _fill_tree(
                goal_node[goal], link_cost, first_in, in_link, from_node, slot_of_link,
                bucket, entry_node, entry_after, out_cost[block], out_slot[goal],
            )  # fmt: skip


@kernel
def _fill_tree(  # type: ignore[no-untyped-def]
    root, link_cost, first_in, in_link, from_node, slot_of_link, bucket, entry_node, entry_after, out_cost, out_slot
):  # fmt: skip
    out_cost[:] = FAR
    out_slot[:] = NO_SLOT
    mask = len(bucket) - 1
    out_cost[root] = 0
    entry_node[0] = root
    entry_after[0] = -1
    bucket[0] = 0
    n_entries, n_open, at = 1, 1, 0
    while n_open > 0:
        while bucket[at & mask] < 0:
            at += 1
        entry = bucket[at & mask]
        bucket[at & mask] = entry_after[entry]
        n_open -= 1
        node = entry_node[entry]
        if out_cost[node] != at:
            continue  # reached sooner since it was noted
        for k in range(first_in[node], first_in[node + 1]):
            link = in_link[k]
            cost = link_cost[link]
            if cost < 0:
                continue
            before = from_node[link]
            if at + cost < out_cost[before]:
                out_cost[before] = at + cost
                out_slot[before] = slot_of_link[link]
                entry_node[n_entries] = before
                place = (at + cost) & mask
                entry_after[n_entries] = bucket[place]
                bucket[place] = n_entries
                n_entries += 1
                n_open += 1
