"""Largest connected parts of graphs, alone and of two graphs whose nodes live and die in pairs."""

from __future__ import annotations

import numpy as np

from impetus_sim.kernels.compile import kernel


@kernel
def keep_largest(first, neighbour, is_alive, stack, label):  # type: ignore[no-untyped-def]
    """Let all nodes outside the largest connected part of the living ones die, and return its size.

    Parameters
    ----------
    first, neighbour
        int64 (nodes + 1,), (2 edges,): neighbours of each node.
    is_alive
        bool (nodes,), overwritten. Of parts of equal size that with the lowest node lives.
    stack, label
        int64 (nodes,), overwritten.
    """
    n = len(first) - 1
    label[:] = -1
    largest, size_of_largest = -1, 0
    for root in range(n):
        if not is_alive[root] or label[root] >= 0:
            continue
        stack[0] = root
        label[root] = root
        head, tail = 0, 1
        while head < tail:
            node = stack[head]
            head += 1
            for at in range(first[node], first[node + 1]):
                other = neighbour[at]
                if is_alive[other] and label[other] < 0:
                    label[other] = root
                    stack[tail] = other
                    tail += 1
        if tail > size_of_largest:
            largest, size_of_largest = root, tail
    for node in range(n):
        is_alive[node] = is_alive[node] and label[node] == largest
    return size_of_largest


@kernel
def keep_mutual(first_a, neighbour_a, first_b, neighbour_b, is_alive):  # type: ignore[no-untyped-def]
    """Let nodes die by turns in two graphs until the living are connected in both; return rounds and their number.

    Node i of one graph lives only with node i of the other. `is_alive`, bool (nodes,), is overwritten.

    Source: Buldyrev, Parshani, Paul, Stanley, Havlin (2010), Catastrophic cascade of failures in interdependent
    networks, Nature 464.
    """
    n = len(is_alive)
    stack, label = np.empty(n, np.int64), np.empty(n, np.int64)
    rounds, before = 0, -1
    while True:
        in_a = keep_largest(first_a, neighbour_a, is_alive, stack, label)
        in_b = keep_largest(first_b, neighbour_b, is_alive, stack, label)
        rounds += 1
        if in_b in (in_a, before):
            return rounds, in_b
        before = in_b
