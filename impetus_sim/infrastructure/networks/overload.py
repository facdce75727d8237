"""Nodes that carry shortest paths up to a capacity: one is taken away, load moves on, the overloaded fail.

Model: Motter and Lai (2002), Cascade-based attacks on complex networks, Physical Review E 66:065102. Load is the
number of shortest paths through a node, end points included; capacity is (1 + tolerance) times the load at first.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from impetus_sim.infrastructure.kernels.betweenness import fill_loads
from impetus_sim.infrastructure.kernels.components import keep_largest
from impetus_sim.infrastructure.networks.graph import Graph

_ROUNDING: Final = 1e-9
"""Share of its capacity by which a load may exceed it: sums of parts of paths are not exact."""


def node_loads(graph: Graph) -> npt.NDArray[np.float64]:
    """Return the load of each node, float64 (nodes,)."""
    loads = np.empty(graph.n_nodes)
    fill_loads(graph.first, graph.neighbour, np.ones(graph.n_nodes, np.bool_), loads)
    return loads


def largest_share(graph: Graph, is_alive: npt.NDArray[np.bool_]) -> float:
    """Return the share of all nodes that is in the largest connected part of the living."""
    spare = np.empty((2, graph.n_nodes), np.int64)
    return int(keep_largest(graph.first, graph.neighbour, is_alive.copy(), *spare)) / graph.n_nodes


def overload_cascade(graph: Graph, removed: int, *, tolerance: float) -> npt.NDArray[np.bool_]:
    """Take one node away and let nodes above their capacity fail, all at once in each round, until none is.

    Parameters
    ----------
    removed
        The node.
    tolerance
        Capacity beyond the load at first, as a share of it.

    Returns
    -------
    bool (nodes,), who is left.
    """
    capacity = (1.0 + tolerance) * node_loads(graph)
    is_alive = np.ones(graph.n_nodes, np.bool_)
    is_alive[removed] = False
    loads = np.empty(graph.n_nodes)
    while True:
        fill_loads(graph.first, graph.neighbour, is_alive, loads)
        is_over = is_alive & (loads > capacity * (1.0 + _ROUNDING))
        if not is_over.any():
            return is_alive
        is_alive &= ~is_over
