"""Which link a vehicle takes next."""

from __future__ import annotations

from impetus_sim.kernels.compile import event_kernel
from impetus_sim.traffic.kernels.records import LEAVES, NO_WAY, STATIC
from impetus_sim.traffic.kernels.road import NO_SLOT


@event_kernel
def next_link(v, node, ways, road):  # type: ignore[no-untyped-def]
    """Return the link a vehicle wants at a junction, or LEAVES, or NO_WAY."""
    if v.path >= 0:
        return ways.paths[v.path]
    if ways.goal_node[v.goal] == node:
        return LEAVES
    link = link_of_tree(v.tree, v.goal, node, ways, road)
    if link < 0 or road.is_closed[link] == 1:
        v.tree = 0  # drivers who meet a closure ask for the way
        link = link_of_tree(0, v.goal, node, ways, road)
    if link >= 0 and road.is_closed[link] == 0:
        return link
    return NO_WAY


@event_kernel
def link_of_tree(age, goal, node, ways, road):  # type: ignore[no-untyped-def]
    """Return the link that the tree made `age` updates ago takes from a junction, NO_WAY for none.

    The oldest kept one stands for all older ones; STATIC is the tree of ways without traffic.
    """
    n_kept = ways.next_slot.shape[0] - 1
    tree = n_kept
    if age != STATIC:
        tree = ways.newest[0] - min(age, ways.newest[1] - 1, n_kept - 1)
        if tree < 0:
            tree += n_kept
    slot = ways.next_slot[tree, goal, node]
    return NO_WAY if slot == NO_SLOT else road.out_link[road.first_out[node] + slot]
