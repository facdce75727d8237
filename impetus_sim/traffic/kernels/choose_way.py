"""Which link a vehicle takes next."""

from __future__ import annotations

import numpy as np

from impetus_sim.kernels.compile import event_kernel
from impetus_sim.traffic.kernels.records import ALL_TURNS, BARRED, CLOSED, LEAVES, NO_WAY, STATIC
from impetus_sim.traffic.kernels.road import NO_SLOT

_LAST_TURN = np.uint32(31)


@event_kernel
def next_link(v, node, row, turns, ways, road):  # type: ignore[no-untyped-def]
    """Return the link a vehicle wants at a junction, or LEAVES, or NO_WAY.

    `row` is where the trees have what leads on from its link (see `Ways.row_at_end`), `turns` what its lane
    may take.
    """
    if v.path >= 0:
        return ways.paths[v.path]
    if ways.goal_node[v.goal] == node or ways.goal_node[v.goal] == row:
        return LEAVES
    link = link_of_tree(v.tree, v.goal, node, row, ways, road)
    if link < 0 or not may_take(link, v.goal, turns, ways, road):
        v.tree = 0  # drivers who meet a closure ask for the way
        link = link_of_tree(0, v.goal, node, row, ways, road)
    if link >= 0 and may_take(link, v.goal, turns, ways, road):
        return link
    return NO_WAY


@event_kernel
def may_take(link, goal, turns, ways, road):  # type: ignore[no-untyped-def]
    """Return whether a link is open to vehicles with a destination, from a lane with these turns."""
    status = road.is_closed[link]
    if status == CLOSED or (status == BARRED and road.barred[link] & ~ways.passes[goal] != 0):
        return False
    return turns == ALL_TURNS or (turns >> (road.slot_of_link[link] & _LAST_TURN)) & np.uint32(1) == 1


@event_kernel
def row_of_queue(k, node, ways, road):  # type: ignore[no-untyped-def]
    """Return the row of the trees for vehicles at the end of a queue: its junction, or one of its link's own."""
    queue = road.queues[k]
    return node if queue.is_source == 1 else ways.row_at_end[queue.link]


@event_kernel
def link_of_tree(age, goal, node, row, ways, road):  # type: ignore[no-untyped-def]
    """Return the link that the tree made `age` updates ago takes from a junction, NO_WAY for none.

    The oldest kept one stands for all older ones; STATIC is the tree of ways without traffic.
    """
    n_kept = ways.next_slot.shape[0] - 1
    tree = n_kept
    if age != STATIC:
        tree = ways.newest[0] - min(age, ways.newest[1] - 1, n_kept - 1)
        if tree < 0:
            tree += n_kept
    slot = ways.next_slot[tree, goal, row]
    return NO_WAY if slot == NO_SLOT else road.out_link[road.first_out[node] + slot]
