"""Shortest ways over the walk network: for each destination the time from every node, and the next hop.

Times are at `REFERENCE_SPEED_M_S`; everybody takes the same ways whatever their own speed. Two sets of tables:
for people who may walk through two-dimensional ground, and for those who have left it and stay outside.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from impetus_sim.crowd.kernels.links import ARRIVED, INTO_AREA, NOWHERE

REFERENCE_SPEED_M_S = 1.34
"""Weidmann's free speed: for routing only."""
_LEAST_S = 1e-6
_TIE_S = 1e-9

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Destination:
    """Where some people are going.

    name: for messages. nodes: int64, nodes at which they have arrived. goal: index of an area of the ground in
    which they settle, -1 for none. exits: int64, exits of the ground from which no street leads
    on: through them somebody has arrived too.
    """

    name: str
    nodes: npt.NDArray[np.int64]
    goal: int = -1
    exits: npt.NDArray[np.int64] | None = None


@dataclass(frozen=True, kw_only=True)
class Crossings:
    """Ways through the two-dimensional ground between border nodes.

    node: int64 (borders,). exit: int64 (borders,), exit of the ground. cost_s: float64 (borders, exits), time
    from each border node through the ground to each exit, inf for none. goal_s: float64 (borders, goals).
    """

    node: npt.NDArray[np.int64]
    exit: npt.NDArray[np.int64]
    cost_s: Floats
    goal_s: Floats


@dataclass(frozen=True, kw_only=True)
class Routes:
    """Tables of all destinations.

    hops: int32 (2, destinations, nodes); times: float64 (2, destinations, nodes), s. beyond_s: float64
    (destinations, exits): least time from just outside each exit, staying outside; inf for none.
    """

    hops: npt.NDArray[np.int32]
    times: Floats
    beyond_s: Floats


def find_routes(
    u: npt.NDArray[np.int64],
    v: npt.NDArray[np.int64],
    length: Floats,
    is_open: npt.NDArray[np.bool_],
    n_nodes: int,
    destinations: list[Destination],
    crossings: Crossings,
    *,
    n_exits: int,
    exit_is_open: npt.NDArray[np.bool_],
) -> Routes:
    """Find the ways to all destinations.

    Parameters
    ----------
    u, v, length
        End nodes and length in m of the links.
    is_open
        bool (links,).
    crossings
        Ways through the ground.
    exit_is_open
        bool (n_exits,): through which exits people come in.
    """
    seconds = np.maximum(length / REFERENCE_SPEED_M_S, _LEAST_S)
    shape = (2, len(destinations), n_nodes)
    hops = np.full(shape, NOWHERE, np.int32)
    times = np.full(shape, np.inf)
    beyond = np.full((len(destinations), n_exits), np.inf)
    border_open = exit_is_open[crossings.exit]
    for k, destination in enumerate(destinations):
        outside = _times(u, v, seconds, is_open, n_nodes, destination.nodes, np.zeros(len(destination.nodes)))
        times[1, k] = outside
        hops[1, k] = _hops(u, v, seconds, is_open, outside, destination)
        for b in range(len(crossings.node)):
            e = crossings.exit[b]
            beyond[k, e] = min(beyond[k, e], outside[crossings.node[b]])
        if destination.exits is not None:
            beyond[k, destination.exits] = 0.0
        through = crossings.cost_s + beyond[k][None, :]
        if destination.goal >= 0:
            into = crossings.goal_s[:, destination.goal]
        else:
            through[np.arange(len(crossings.node)), crossings.exit] = np.inf
            into = through.min(axis=1, initial=np.inf)
        into = np.where(border_open, into, np.inf)
        finite = np.isfinite(into)
        nodes = np.concatenate([destination.nodes, crossings.node[finite]])
        costs = np.concatenate([np.zeros(len(destination.nodes)), into[finite]])
        times[0, k] = _times(u, v, seconds, is_open, n_nodes, nodes, costs)
        hops[0, k] = _hops(u, v, seconds, is_open, times[0, k], destination)
        goes_in = crossings.node[finite & (into <= times[0, k, crossings.node] + _TIE_S)]
        hops[0, k, goes_in] = INTO_AREA
        if destination.goal < 0:
            _open_up(beyond[k], times[0, k], crossings)
        hops[0, k, destination.nodes] = ARRIVED
    return Routes(hops=hops, times=times, beyond_s=beyond)


def _open_up(beyond: Floats, times: Floats, crossings: Crossings) -> None:
    # From where no way stays outside, the way through other ground counts.
    for e in np.unique(crossings.exit):
        nodes = crossings.node[crossings.exit == e]
        reached = np.isfinite(crossings.cost_s[crossings.exit == e]).any(axis=0)
        if not np.isfinite(beyond[reached]).any():
            beyond[e] = times[nodes].min()


def _times(
    u: npt.NDArray[np.int64],
    v: npt.NDArray[np.int64],
    seconds: Floats,
    is_open: npt.NDArray[np.bool_],
    n_nodes: int,
    sources: npt.NDArray[np.int64],
    costs: Floats,
) -> Floats:
    # From a node that stands for the destination, joined to its nodes by their costs.
    if not len(sources):
        return np.full(n_nodes, np.inf)
    a, b, w = u[is_open], v[is_open], seconds[is_open]
    rows = np.concatenate([a, b, np.full(len(sources), n_nodes)])
    columns = np.concatenate([b, a, sources])
    weights = np.concatenate([w, w, np.maximum(costs, _LEAST_S)])
    order = np.lexsort((weights, columns, rows))
    rows, columns, weights = rows[order], columns[order], weights[order]
    # of parallel links the fastest: a sparse matrix would add them up
    first = np.ones(len(rows), bool)
    first[1:] = (rows[1:] != rows[:-1]) | (columns[1:] != columns[:-1])
    graph = csr_matrix((weights[first], (rows[first], columns[first])), shape=(n_nodes + 1, n_nodes + 1))
    found: Floats = dijkstra(graph, indices=n_nodes)[:n_nodes]
    return found


def _hops(
    u: npt.NDArray[np.int64],
    v: npt.NDArray[np.int64],
    seconds: Floats,
    is_open: npt.NDArray[np.bool_],
    times: Floats,
    destination: Destination,
) -> npt.NDArray[np.int32]:
    start = np.column_stack([u, v]).ravel()
    end = np.column_stack([v, u]).ravel()
    total = np.where(np.repeat(is_open, 2), times[end] + np.repeat(seconds, 2), np.inf)
    order = np.lexsort((np.arange(len(total)), total, start))  # of equal ways the first link
    first = np.ones(len(order), bool)
    first[1:] = start[order][1:] != start[order][:-1]
    best = order[first]
    best = best[np.isfinite(total[best])]
    hops = np.full(len(times), NOWHERE, np.int32)
    hops[start[best]] = best
    hops[destination.nodes] = ARRIVED
    return hops
