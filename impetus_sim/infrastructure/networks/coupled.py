"""Two networks whose nodes need each other one to one: how much is left when some nodes are taken away.

Model: Buldyrev and others (2010), Nature 464. For random graphs of mean degree k of which a share p of nodes is
left, the mutual giant part P is the largest solution of P = p (1 - exp(-k P))^2, and it jumps to 0 at p k = 2.4554.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impetus_sim.infrastructure.kernels.components import keep_mutual
from impetus_sim.infrastructure.networks.graph import Graph

THRESHOLD = 2.4554
"""p k below which nothing is left of two coupled random graphs; 1 / (2 f (1 - f)) with f = exp((f - 1) / (2 f))."""


@dataclass(frozen=True, kw_only=True)
class Remainder:
    """What is left: a share of all nodes, after rounds of falling apart."""

    share: float
    rounds: int


def mutual_remainder(a: Graph, b: Graph, is_left: npt.NDArray[np.bool_]) -> Remainder:
    """Return what is left of two networks when only some pairs of nodes are left.

    Parameters
    ----------
    a, b
        Graphs of equally many nodes; node i of one needs node i of the other.
    is_left
        bool (nodes,).
    """
    is_alive = is_left.copy()
    rounds, n = keep_mutual(a.first, a.neighbour, b.first, b.neighbour, is_alive)
    return Remainder(share=n / a.n_nodes, rounds=rounds)


def expected_share(left: float, mean_degree: float) -> float:
    """Return the share of nodes in the mutual giant part of two infinite random graphs.

    Parameters
    ----------
    left
        Share of nodes that are not taken away.
    mean_degree
        Of both graphs.
    """
    share = left
    while True:  # from above the iteration falls to the largest solution
        following = left * (1.0 - math.exp(-mean_degree * share)) ** 2
        if share - following < 1e-14:
            return following if following > 1e-9 else 0.0
        share = following
