"""Networks that fall apart: thresholds of coupled random graphs, and cascades of load against capacity."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final

import networkx as nx
import numpy as np
import numpy.typing as npt

from impetus_sim.infrastructure.networks.coupled import mutual_remainder
from impetus_sim.infrastructure.networks.graph import Graph, build_graph, random_graph
from impetus_sim.infrastructure.networks.overload import largest_share, node_loads, overload_cascade
from impetus_sim.verification.case import Case, Effort, Measured

_NODES: Final = 50_000
_DEGREE: Final = 4.0
_SEEDS: Final = 4
_BAND: Final = 0.015
"""About four times the spread that 50 000 nodes leave at 1.06 times the threshold."""
_COUPLED: Final = "Buldyrev and others (2010), Nature 464:1025"
_SINGLE: Final = "Erdos and Renyi (1960), On the evolution of random graphs"
_LOADS: Final = "Motter and Lai (2002), Physical Review E 66:065102"
_TOLERANCES: Final = (0.1, 0.2, 0.3, 0.5, 1.0)


def _coupled_shares(left_by_degree: float) -> npt.NDArray[np.float64]:
    shares = np.empty(_SEEDS)
    for seed in range(_SEEDS):
        rng = np.random.default_rng(seed)
        a, b = random_graph(_NODES, _DEGREE, rng), random_graph(_NODES, _DEGREE, rng)
        shares[seed] = mutual_remainder(a, b, rng.random(_NODES) < left_by_degree / _DEGREE).share
    return shares


def below_the_threshold(effort: Effort) -> Measured:
    """Leave so many nodes of two coupled random graphs that p k = 2.40, below 2.4554."""
    del effort
    share = float(_coupled_shares(2.40).max())
    return Measured(value=share, text=f"{share:.5f} of all nodes are left, the most of {_SEEDS} seeds")


def _off_theory(left_by_degree: float, expected: float) -> Callable[[Effort], Measured]:
    def measure(effort: Effort) -> Measured:
        del effort
        shares = _coupled_shares(left_by_degree)
        off = float(np.abs(shares - expected).max())
        return Measured(
            value=off, text=f"{shares.min():.4f} to {shares.max():.4f} are left, expected {expected}"
        )

    return measure


def _single_shares(left_by_degree: float) -> npt.NDArray[np.float64]:
    """Return the share of the nodes left that hang together, in one graph."""
    shares = np.empty(_SEEDS)
    for seed in range(_SEEDS):
        rng = np.random.default_rng(seed)
        graph = random_graph(_NODES, _DEGREE, rng)
        is_left = rng.random(_NODES) < left_by_degree / _DEGREE
        shares[seed] = largest_share(graph, is_left) * _NODES / is_left.sum()
    return shares


def single_below(effort: Effort) -> Measured:
    """Leave so many nodes of one random graph that p k = 0.8, below 1."""
    del effort
    share = float(_single_shares(0.8).max())
    return Measured(
        value=share, text=f"{share:.5f} of the nodes left hang together, the most of {_SEEDS} seeds"
    )


def single_above(effort: Effort) -> Measured:
    """Leave so many that p k = 2.5: S = 1 - exp(-2.5 S) = 0.8926 of the rest hang together."""
    del effort
    off = float(np.abs(_single_shares(2.5) - 0.8926).max())
    return Measured(value=off, text=f"at most {off:.4f} off 0.8926 in {_SEEDS} seeds")


def star(effort: Effort) -> Measured:
    """Take the centre of a star of 20 leaves away: one node of 21 is the largest part."""
    del effort
    leaves = np.arange(1, 21)
    graph = build_graph(21, np.stack([np.zeros(20, np.int64), leaves], axis=1))
    share = largest_share(graph, overload_cascade(graph, 0, tolerance=0.1))
    return Measured(value=abs(share - 1.0 / 21.0), text=f"{share:.6f}, expected {1 / 21:.6f}")


def _scale_free() -> Graph:
    return _of(nx.barabasi_albert_graph(1000, 2, seed=1))


def _of(graph: nx.Graph) -> Graph:
    return build_graph(graph.number_of_nodes(), np.array(graph.edges(), np.int64))


def _listed(shares: tuple[float, ...]) -> str:
    return ", ".join(
        f"{share:.3f} at {tolerance:g}" for share, tolerance in zip(shares, _TOLERANCES, strict=True)
    )


@cache
def _scale_free_attacked() -> tuple[float, ...]:
    return _attacked(_scale_free())


def scale_free_attacked(effort: Effort) -> Measured:
    """Take the most loaded node of a scale-free graph away, with capacities 0.1 and 0.2 above the load."""
    del effort
    shares = _scale_free_attacked()
    return Measured(value=max(shares[:2]), text=_listed(shares))


def scale_free_with_reserve(effort: Effort) -> Measured:
    """Take the same node away, with capacities of twice the load."""
    del effort
    shares = _scale_free_attacked()
    return Measured(value=shares[-1], text=_listed(shares))


def scale_free_at_random(effort: Effort) -> Measured:
    """Take a node of a scale-free graph away that is drawn at random."""
    del effort
    graph = _scale_free()
    shares = _cascades(graph, int(np.random.default_rng(1).integers(graph.n_nodes)))
    return Measured(value=min(shares), text=_listed(shares))


def regular_attacked(effort: Effort) -> Measured:
    """Take the most loaded node of a graph away in which all have three neighbours."""
    del effort
    shares = _attacked(_of(nx.random_regular_graph(3, 1000, seed=1)))
    return Measured(value=min(shares), text=_listed(shares))


def _attacked(graph: Graph) -> tuple[float, ...]:
    return _cascades(graph, int(node_loads(graph).argmax()))


def _cascades(graph: Graph, removed: int) -> tuple[float, ...]:
    return tuple(
        largest_share(graph, overload_cascade(graph, removed, tolerance=tolerance))
        for tolerance in _TOLERANCES
    )


def _case(
    id: str,
    title: str,
    low: float,
    high: float,
    expected: str,
    run: Callable[[Effort], Measured],
    source: str,
) -> Case:
    return Case(
        id=f"networks-{id}",
        standard="networks that fall apart",
        title=title,
        source=source,
        low=low,
        high=high,
        expected=expected,
        run=run,
        default_model="networks",
    )


_THEORY = "largest share off theory at most 0.015"
CASES = (
    _case(
        "coupled-2.40",
        "Two coupled random graphs below their threshold p k = 2.4554",
        0.0,
        0.01,
        "below 0.01 of all nodes",
        below_the_threshold,
        _COUPLED,
    ),
    _case(
        "coupled-2.60",
        "The same above it, p k = 2.60",
        0.0,
        _BAND,
        _THEORY,
        _off_theory(2.60, 0.4598),
        _COUPLED,
    ),
    _case(
        "coupled-3.00",
        "The same above it, p k = 3.00",
        0.0,
        _BAND,
        _THEORY,
        _off_theory(3.00, 0.6374),
        _COUPLED,
    ),
    _case(
        "single-0.8",
        "One random graph below its threshold p k = 1",
        0.0,
        0.01,
        "below 0.01 of the nodes left",
        single_below,
        _SINGLE,
    ),
    _case("single-2.5", "The same above it, p k = 2.5", 0.0, _BAND, _THEORY, single_above, _SINGLE),
    _case("star", "A star without its centre", 0.0, 1e-12, "1/21 of the nodes, exactly", star, _LOADS),
    _case(
        "scale-free-attacked",
        "A scale-free graph collapses without its most loaded node",
        0.0,
        0.1,
        "at most 0.1 at tolerances 0.1 and 0.2",
        scale_free_attacked,
        _LOADS,
    ),
    _case(
        "scale-free-reserve",
        "With twice the capacity it does not",
        0.99,
        1.0,
        "at least 0.99 at tolerance 1.0",
        scale_free_with_reserve,
        _LOADS,
    ),
    _case(
        "scale-free-random",
        "Nor without a node drawn at random",
        0.99,
        1.0,
        "at least 0.99 at all tolerances",
        scale_free_at_random,
        _LOADS,
    ),
    _case(
        "regular-attacked",
        "Nor does a graph of equal nodes without its most loaded one",
        0.99,
        1.0,
        "at least 0.99 at all tolerances",
        regular_attacked,
        _LOADS,
    ),
)
