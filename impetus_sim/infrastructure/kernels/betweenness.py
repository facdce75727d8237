"""Load of nodes: how many shortest paths go through each, end points included."""

from __future__ import annotations

import numpy as np

from impetus_sim.kernels.compile import kernel


@kernel
def fill_loads(first, neighbour, is_alive, out_load):  # type: ignore[no-untyped-def]
    """Fill the shortest paths between pairs of living nodes on which each lies, as an end or in between.

    Parameters
    ----------
    first, neighbour
        int64 (nodes + 1,), (2 edges,): neighbours of each node.
    is_alive
        bool (nodes,).
    out_load
        float64 (nodes,); of several shortest paths of a pair each counts in part; 0 for the dead.

    Source: Brandes (2001), A faster algorithm for betweenness centrality, Journal of Mathematical Sociology 25.
    """
    n = len(first) - 1
    out_load[:] = 0.0
    order, distance = np.empty(n, np.int64), np.empty(n, np.int64)
    paths, share = np.empty(n), np.empty(n)
    for root in range(n):
        if not is_alive[root]:
            continue
        distance[:] = -1
        paths[:] = 0.0
        share[:] = 0.0
        distance[root], paths[root] = 0, 1.0
        order[0] = root
        head, tail = 0, 1
        while head < tail:
            node = order[head]
            head += 1
            for at in range(first[node], first[node + 1]):
                other = neighbour[at]
                if not is_alive[other]:
                    continue
                if distance[other] < 0:
                    distance[other] = distance[node] + 1
                    order[tail] = other
                    tail += 1
                if distance[other] == distance[node] + 1:
                    paths[other] += paths[node]
        for k in range(tail - 1, 0, -1):
            node = order[k]
            for at in range(first[node], first[node + 1]):
                other = neighbour[at]
                if is_alive[other] and distance[other] == distance[node] - 1:
                    share[other] += paths[other] / paths[node] * (1.0 + share[node])
            out_load[node] += share[node] + 1.0  # the root's paths through it, and the one that ends there
        out_load[root] += tail - 1.0
    for node in range(n):
        out_load[node] *= 0.5  # each pair was counted from both ends
