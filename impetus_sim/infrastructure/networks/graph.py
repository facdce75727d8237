"""Undirected graphs as flat arrays of neighbours."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from impetus_sim.errors import InvalidInputError

Ints = npt.NDArray[np.int64]


class Graph(NamedTuple):
    """Neighbours of each node: int64 (nodes + 1,), (2 edges,)."""

    first: Ints
    neighbour: Ints

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.first) - 1


def build_graph(n_nodes: int, edges: Ints) -> Graph:
    """Return a graph from its edges, int64 (edges, 2); one that stands twice counts twice in no measure here.

    Raises
    ------
    InvalidInputError
        When an edge has an end outside or joins a node to itself.
    """
    if edges.size and (edges.min() < 0 or edges.max() >= n_nodes or (edges[:, 0] == edges[:, 1]).any()):
        raise InvalidInputError(f"edges join two different nodes of 0 to {n_nodes - 1}")
    ends = np.unique(np.concatenate([edges, edges[:, ::-1]]).reshape(-1, 2), axis=0)
    first = np.searchsorted(ends[:, 0], np.arange(n_nodes + 1)).astype(np.int64)
    return Graph(first=first, neighbour=np.ascontiguousarray(ends[:, 1], np.int64))


def random_graph(n_nodes: int, mean_degree: float, rng: np.random.Generator) -> Graph:
    """Return a graph in which every pair is joined with the same chance (Erdos and Renyi), of a mean degree."""
    n_edges = int(rng.poisson(0.5 * n_nodes * mean_degree))
    edges = rng.integers(0, n_nodes, (n_edges, 2))
    return build_graph(n_nodes, edges[edges[:, 0] != edges[:, 1]])
