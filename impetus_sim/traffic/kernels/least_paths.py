"""Least-cost trees from origins over links with costs in floating point.

Dijkstra's algorithm with a binary heap, one origin at a time; nodes that may not be crossed are reached but
not left.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from impetus_sim.kernels.compile import event_kernel, parallel_kernel, prange

ORIGINS_PER_BLOCK = 8


class Graph(NamedTuple):
    """Links numbered by their end: those of a node lead from first_in on, int32 (nodes + 1,); from_node,
    to_node: int32 (links,). first_out: int32 (nodes + 1,) into out_link: int32 (links,). is_through: bool
    (nodes,), may be crossed.
    """

    first_in: Any
    from_node: Any
    to_node: Any
    first_out: Any
    out_link: Any
    is_through: Any


@event_kernel
def fill_least_tree(origin, cost, graph, heap_key, heap_node, out_least, out_into):  # type: ignore[no-untyped-def]
    """Fill the least cost to every node (inf where there is no way) and the link by which it is reached.

    Parameters
    ----------
    origin
        Node; it is left although it may not be crossed.
    cost
        float64 (links,), zero or more.
    graph
        `Graph`.
    heap_key, heap_node
        Room for links + 1 entries.
    out_least, out_into
        float64, int32 (nodes,); -1 for the origin and nodes without a way.
    """
    out_least[:] = np.inf
    out_into[:] = -1
    out_least[origin] = 0.0
    heap_key[0], heap_node[0] = 0.0, origin
    n = 1
    while n > 0:
        key, node = heap_key[0], heap_node[0]
        n -= 1
        pop_heap(n, heap_key, heap_node)
        if key > out_least[node] or (node != origin and not graph.is_through[node]):
            continue
        for k in range(graph.first_out[node], graph.first_out[node + 1]):
            link = graph.out_link[k]
            after, total = graph.to_node[link], key + cost[link]
            if total < out_least[after]:
                out_least[after] = total
                out_into[after] = link
                push_heap(n, total, after, heap_key, heap_node)
                n += 1


@event_kernel
def push_heap(n, key, node, heap_key, heap_node):  # type: ignore[no-untyped-def]
    """Add an entry to a heap of n."""
    at = n
    while at > 0:
        above = (at - 1) >> 1
        if heap_key[above] <= key:
            break
        heap_key[at], heap_node[at] = heap_key[above], heap_node[above]
        at = above
    heap_key[at], heap_node[at] = key, node


@event_kernel
def pop_heap(n, heap_key, heap_node):  # type: ignore[no-untyped-def]
    """Take the first entry out of a heap that has n afterwards."""
    key, node = heap_key[n], heap_node[n]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= n:
            break
        if below + 1 < n and heap_key[below + 1] < heap_key[below]:
            below += 1
        if heap_key[below] >= key:
            break
        heap_key[at], heap_node[at] = heap_key[below], heap_node[below]
        at = below
    heap_key[at], heap_node[at] = key, node


@parallel_kernel
def sum_least_costs(origins, first_pair, pair_node, pair_volume, cost, graph, out_sum):  # type: ignore[no-untyped-def]
    """Fill, per origin, the cost of all its trips by least ways; inf where one has no way.

    Parameters
    ----------
    origins
        int32 (origins,), nodes.
    first_pair, pair_node, pair_volume
        Destinations of each origin: node and trips.
    out_sum
        float64 (origins,).
    """
    n_nodes = len(graph.first_out) - 1
    n_blocks = (len(origins) + ORIGINS_PER_BLOCK - 1) // ORIGINS_PER_BLOCK
    for block in prange(n_blocks):
        least = np.empty(n_nodes)
        into = np.empty(n_nodes, np.int32)
        heap_key = np.empty(len(cost) + 1)
        heap_node = np.empty(len(cost) + 1, np.int32)
        for k in range(block * ORIGINS_PER_BLOCK, min(len(origins), (block + 1) * ORIGINS_PER_BLOCK)):
            fill_least_tree(origins[k], cost, graph, heap_key, heap_node, least, into)
            total = 0.0
            for pair in range(first_pair[k], first_pair[k + 1]):
                total += pair_volume[pair] * least[pair_node[pair]]
            out_sum[k] = total
