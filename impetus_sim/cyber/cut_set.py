"""A smallest set of nodes that stands between where attackers come in and what they want.

Every step counts as OR, so a set that is found is always enough; where AND steps are in the way, fewer may do (the
smallest set over AND and OR steps is an NP-hard problem). By the theorem of Ford and Fulkerson (1956): each node is
split into an arc of capacity 1, all other arcs are not limited, and the arcs that a maximum flow fills part the two
sides.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from impetus_sim.cyber.attack_graph import AttackGraph

_UNLIMITED = 1 << 20


def find_cut(
    graph: AttackGraph,
    *,
    entries: npt.NDArray[np.int64],
    goals: npt.NDArray[np.int64],
    kept: Collection[int] = (),
) -> list[int] | None:
    """Return nodes without whose steps no goal can be reached.

    Parameters
    ----------
    entries, goals
        Rows of steps.
    kept
        Nodes that cannot be part of the set: those that the goals stand on.

    Returns
    -------
    Rows of nodes, ascending; none needed where no goal can be reached; None where no set is enough.
    """
    owner = graph.owner
    n_nodes = int(owner.max(initial=-1)) + 1
    # a place for each node's way in and way out, one for each step without a node, a source and a sink
    loose = np.flatnonzero(owner < 0)
    n_places = 2 * n_nodes + len(loose) + 2
    into = np.where(owner >= 0, 2 * owner, 0)
    into[loose] = 2 * n_nodes + np.arange(len(loose))
    out = np.where(owner >= 0, into + 1, into)
    source, sink = n_places - 2, n_places - 1
    can = np.array([step.exists > 0.0 for step in graph.steps])
    used = can[graph.parent] & can[graph.child] & (out[graph.parent] != out[graph.child])
    arcs = [
        np.column_stack([out[graph.parent[used]], into[graph.child[used]]]),
        np.column_stack([np.full(len(entries), source), into[entries]]),
        np.column_stack([out[goals], np.full(len(goals), sink)]),
    ]
    table = np.unique(np.concatenate(arcs), axis=0)
    nodes = np.arange(n_nodes)
    limits = np.where(np.isin(nodes, list(kept)), _UNLIMITED, 1)
    rows = np.concatenate([table[:, 0], 2 * nodes])
    columns = np.concatenate([table[:, 1], 2 * nodes + 1])
    capacity = np.concatenate([np.full(len(table), _UNLIMITED), limits]).astype(np.int32)
    arcs_of = csr_array((capacity, (rows, columns)), shape=(n_places, n_places))
    flow = maximum_flow(arcs_of, source, sink)
    if flow.flow_value >= _UNLIMITED:
        return None
    left = csr_array(arcs_of - flow.flow)
    left.data[left.data < 0] = 0
    left.eliminate_zeros()
    reached = np.zeros(n_places, bool)
    reached[breadth_first_order(left, source, return_predecessors=False)] = True
    return [int(node) for node in nodes if reached[2 * node] and not reached[2 * node + 1]]
