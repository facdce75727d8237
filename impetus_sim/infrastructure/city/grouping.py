"""Cut a tree into connected groups under limits of load, width and length.

Bottom-up: each node joins what is left of its children, the smallest first, while the limits hold; a child that
does not fit becomes a group of its own. For load alone this gives the fewest groups (Kundu and Misra 1977, A linear
tree partitioning algorithm, SIAM J. Comput. 6); with the other limits it is a heuristic.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csgraph

from impetus_sim.infrastructure.city.streets import StreetGraph

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Tree:
    """A rooted forest: parent int64 (nodes,), -1 at roots; order int64 (nodes,), parents before children; length_m
    float64 (nodes,), of the piece to the parent."""

    parent: Ints
    order: Ints
    length_m: Floats


def spanning_tree(graph: StreetGraph) -> Tree:
    """Return the least spanning tree of a street graph, rooted at its first node."""
    least = csgraph.minimum_spanning_tree(graph.costs)
    order, parent = csgraph.breadth_first_order(least, 0, directed=False)
    parent = np.where(parent < 0, -1, parent).astype(np.int64)
    return Tree(parent=parent, order=order.astype(np.int64), length_m=lengths_to(graph, parent))


def lengths_to(graph: StreetGraph, parent: Ints) -> Floats:
    """Return the length of the piece from each node to its parent, 0 at roots."""
    length = np.zeros(len(parent))
    inner = np.flatnonzero(parent >= 0)
    length[inner] = graph.length_between(inner, parent[inner])
    return length


def group_tree(
    tree: Tree,
    load: Floats,
    *,
    most_load: float | Floats,
    most_span_m: float = np.inf,
    most_length_m: float = np.inf,
) -> tuple[Ints, Ints]:
    """Return the group of each node (-1 where its group has no load) and the top node of each group.

    Parameters
    ----------
    tree
        The forest.
    load
        float64 (nodes,), not negative. A node above the limit by itself is a group of its own.
    most_load
        Limit of a group's load, one number or one per node (the same below one root).
    most_span_m
        Limit of the way between two loaded nodes of a group, along the tree.
    most_length_m
        Limit of a group's pieces between loaded nodes, together.
    """
    n = len(load)
    limit = np.broadcast_to(np.asarray(most_load, np.float64), (n,)).tolist()
    own, parent, length = load.tolist(), tree.parent.tolist(), tree.length_m.tolist()
    held, depth, total = [0.0] * n, [0.0] * n, [0.0] * n
    below: list[list[int]] = [[] for _ in range(n)]
    is_top = [False] * n
    for node in reversed(tree.order.tolist()):
        sum_load, deepest, sum_length = own[node], 0.0, 0.0
        is_held = sum_load > 0.0
        for child in sorted(below[node], key=lambda c: (held[c], c)):
            way = depth[child] + length[child]
            more = total[child] + length[child]
            # the first loaded part that comes up from below brings its way along, but spans nothing yet
            fits = sum_load + held[child] <= limit[node] and sum_length + more <= most_length_m
            if (fits or not is_held) and deepest + way <= most_span_m:
                sum_load += held[child]
                sum_length += more
                deepest = max(deepest, way)
                is_held = True
            else:
                is_top[child] = True
        held[node], depth[node], total[node] = sum_load, deepest, sum_length
        if parent[node] < 0:
            is_top[node] = is_held
        elif is_held:
            below[parent[node]].append(node)
    return _label(tree, own, is_top)


def _label(tree: Tree, own: list[float], is_top: list[bool]) -> tuple[Ints, Ints]:
    """Return the group of each node and the tops, from what was cut."""
    parent = tree.parent.tolist()
    group = np.full(len(own), -1, np.int64)
    tops: list[int] = []
    for node in tree.order.tolist():
        if is_top[node]:
            group[node] = len(tops)
            tops.append(node)
        elif parent[node] >= 0:
            group[node] = group[parent[node]]
    return group, np.array(tops, np.int64)


def sum_by(rows: Ints, values: Floats, n: int) -> Floats:
    """Return the sum of the values of each row, float64 (n,)."""
    return np.bincount(rows, values, n).astype(np.float64)


def middle_of_groups(group: Ints, n_groups: int, x: Floats, y: Floats, weight: Floats) -> Ints:
    """Return for each group the member nearest to its weighted centre; int64 (groups,)."""
    inside = np.flatnonzero(group >= 0)
    of, mass = group[inside], weight[inside]
    total = sum_by(of, mass, n_groups)
    centre_x = sum_by(of, mass * x[inside], n_groups) / total
    centre_y = sum_by(of, mass * y[inside], n_groups) / total
    distance = np.hypot(x[inside] - centre_x[of], y[inside] - centre_y[of])
    rank = np.lexsort((inside, distance, of))
    first = np.searchsorted(of[rank], np.arange(n_groups))
    return inside[rank[first]]


def number_from_west(group: Ints, n_groups: int, graph: StreetGraph, weight: Floats) -> tuple[Ints, Ints]:
    """Return the groups renumbered by where they are, from west to east, and the middle of each.

    Parameters
    ----------
    group
        int64 (nodes,), -1 outside all groups, as from `group_tree`.
    weight
        float64 (nodes,), by which a middle is chosen.

    Returns
    -------
    int64 (nodes,), the new group of each node, -1 as before; int64 (groups,), the node in the middle of each.
    """
    middle = middle_of_groups(group, n_groups, graph.x, graph.y, weight)
    rank = np.lexsort((graph.y[middle], graph.x[middle]))
    new = np.empty(n_groups, np.int64)
    new[rank] = np.arange(n_groups)
    return np.where(group >= 0, new[group], -1), middle[rank]
