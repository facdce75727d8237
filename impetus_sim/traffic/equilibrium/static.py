"""Static user equilibrium: link volumes at which every used way of a pair of zones costs the same, and no
other less.

Solved by Algorithm B (Dial 2006), see `kernels.bushes`: no list of paths is kept, memory is origins times
links, and it converges to rounding, where Frank-Wolfe and its kin stall.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impetus_sim.errors import InvalidInputError
from impetus_sim.kernels.compile import BLOCK, fit_threads
from impetus_sim.traffic.kernels import bushes as kernels
from impetus_sim.traffic.kernels.bushes import Bushes
from impetus_sim.traffic.kernels.least_paths import ORIGINS_PER_BLOCK, Graph, sum_least_costs
from impetus_sim.traffic.kernels.volume_delay import Delay, fill_times, sum_objective
from impetus_sim.traffic.tables.table import DemandTable, NetworkTable

RELATIVE_GAP = 1e-8
"""Goal by default. Link volumes follow the gap slowly where slopes are small; at 1e-8 they are settled to some
hundredths of a percent on the networks with published solutions."""
MOST_ROUNDS = 500
SWEEPS_PER_ROUND = 10
_EASE = 0.01
"""Bushes whose ways differ by less than this share of the last round's worst wait for the next one."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Progress:
    """State after a round. seconds: since the start, without compilation where kernels were compiled before."""

    relative_gap: float
    objective: float
    seconds: float


@dataclass(frozen=True, kw_only=True)
class StaticEquilibrium:
    """An assignment. volume, cost: (links,), in the table's order; cost with tolls and distances.

    relative_gap: share of the total cost that would be saved if everybody took the least way at these costs (trips
    within zones are left out). objective: Beckmann's. total_cost: sum of volume times cost.
    """

    volume: Floats
    cost: Floats
    relative_gap: float
    objective: float
    total_cost: float
    rounds: tuple[Progress, ...]


def find_equilibrium(
    network: NetworkTable,
    demand: DemandTable,
    *,
    relative_gap: float = RELATIVE_GAP,
    toll_weight: float = 0.0,
    distance_weight: float = 0.0,
    most_rounds: int = MOST_ROUNDS,
) -> StaticEquilibrium:
    """Find the user equilibrium.

    Parameters
    ----------
    network, demand
        Capacity and demand for the same length of time.
    relative_gap
        Goal; rounding stops it near 1e-14.
    toll_weight, distance_weight
        Time that a unit of toll and of length counts as.
    most_rounds
        The best that was reached is returned after so many.

    Raises
    ------
    InvalidInputError
        When a pair with trips has no way, or a cost is negative.
    """
    assignment = _Assignment(network, demand, toll_weight, distance_weight)
    begin = time.perf_counter()
    rounds: list[Progress] = []
    worst = 1.0
    assignment.start()
    while True:
        gap, objective = assignment.measure()
        rounds.append(Progress(relative_gap=gap, objective=objective, seconds=time.perf_counter() - begin))
        if gap <= relative_gap or len(rounds) >= most_rounds:
            break
        assignment.renew()
        for _ in range(SWEEPS_PER_ROUND):
            found = assignment.sweep(_EASE * worst)
            if found <= _EASE * worst:
                break
        worst = found
    return assignment.result(tuple(rounds))


class _Assignment:
    """The arrays of a solution under way; links are numbered by their end."""

    def __init__(
        self, network: NetworkTable, demand: DemandTable, toll_weight: float, distance_weight: float
    ) -> None:
        self._network = network
        self._by_end = np.argsort(network.to_node, kind="stable")
        self._graph = _graph_of(network, self._by_end)
        self._delay = _delay_of(network, toll_weight, distance_weight, self._by_end)
        self._bushes = _bushes_of(network, demand)
        n = network.n_links
        self._volume, self._time, self._slope = np.zeros(n), np.empty(n), np.empty(n)
        fill_times(self._volume, self._delay, self._time, self._slope)
        self._least_cost()

    def start(self) -> None:
        """Load everybody on first ways."""
        kernels.start_bushes(self._graph, self._bushes, self._delay, self._volume, self._time, self._slope)

    def renew(self) -> None:
        """Let bushes grow and shrink."""
        kernels.renew_bushes(self._graph, self._bushes, self._time)

    def sweep(self, least_excess: float) -> float:
        """Shift flow once in every bush; return the worst relative excess that was found."""
        return float(
            kernels.sweep(
                self._graph, self._bushes, self._delay, least_excess, self._volume, self._time, self._slope
            )
        )

    def measure(self) -> tuple[float, float]:
        """Return relative gap and objective."""
        kernels.sum_flows(self._bushes, self._delay, self._volume, self._time, self._slope)
        total = float(self._volume @ self._time)
        gap = 1.0 - self._least_cost() / total if total > 0.0 else 0.0
        return max(gap, 0.0), float(sum_objective(self._volume, self._delay))

    def result(self, rounds: tuple[Progress, ...]) -> StaticEquilibrium:
        """Return the solution in the order of the table."""
        volume, cost = np.empty_like(self._volume), np.empty_like(self._time)
        volume[self._by_end], cost[self._by_end] = self._volume, self._time
        return StaticEquilibrium(
            volume=volume,
            cost=cost,
            relative_gap=rounds[-1].relative_gap,
            objective=rounds[-1].objective,
            total_cost=float(volume @ cost),
            rounds=rounds,
        )

    def _least_cost(self) -> float:
        bushes, graph = self._bushes, self._graph
        sums = np.empty(len(bushes.origins))
        fit_threads(len(sums) // ORIGINS_PER_BLOCK * BLOCK)
        sum_least_costs(
            bushes.origins,
            bushes.first_pair,
            bushes.pair_node,
            bushes.pair_volume,
            self._time,
            graph,
            sums,
        )
        if not np.isfinite(sums).all():
            origin = self._network.node_name[bushes.origins[np.flatnonzero(~np.isfinite(sums))[0]]]
            raise InvalidInputError(
                f"trips from node {origin} have a destination to which no way leads",
                hint="nodes below the first thru node may not be crossed",
            )
        return float(sums.sum())


def _graph_of(network: NetworkTable, by_end: npt.NDArray[np.int64]) -> Graph:
    nodes = np.arange(network.n_nodes + 1)
    from_node, to_node = network.from_node[by_end], network.to_node[by_end]
    out_link = np.argsort(from_node, kind="stable")
    return Graph(
        first_in=np.searchsorted(to_node, nodes).astype(np.int32),
        from_node=from_node.astype(np.int32),
        to_node=to_node.astype(np.int32),
        first_out=np.searchsorted(from_node[out_link], nodes).astype(np.int32),
        out_link=out_link.astype(np.int32),
        is_through=np.ascontiguousarray(network.is_through),
    )


def _delay_of(
    network: NetworkTable, toll_weight: float, distance_weight: float, by_end: npt.NDArray[np.int64]
) -> Delay:
    fixed = toll_weight * network.toll + distance_weight * network.length
    scale = network.free_time * network.b
    is_constant = (scale == 0.0) | (network.power == 0.0)
    fixed = fixed + np.where(network.power == 0.0, scale, 0.0)
    bad = np.flatnonzero(~(network.free_time + fixed >= 0.0) | ~(scale >= 0.0))
    if len(bad):
        raise InvalidInputError(
            f"link {network.link_label(int(bad[0]))}: its cost is negative or not a number",
            hint="free times, b, and weighted tolls and distances together must not be negative",
        )
    bad = np.flatnonzero(~is_constant & ~(network.capacity > 0.0))
    if len(bad):
        raise InvalidInputError(
            f"link {network.link_label(int(bad[0]))}: no capacity, but a time that depends on it"
        )
    return Delay(
        free_time=network.free_time[by_end],
        fixed=fixed[by_end],
        scale=np.where(is_constant, 0.0, scale)[by_end],
        power=network.power[by_end],
        capacity=np.where(is_constant, 1.0, network.capacity)[by_end],
    )


def _bushes_of(network: NetworkTable, demand: DemandTable) -> Bushes:
    between = network.zone_node[demand.origin] != network.zone_node[demand.destination]
    origin_of_pair = network.zone_node[demand.origin[between]]
    volume = demand.volume[between]
    by_origin = np.argsort(origin_of_pair, kind="stable")
    origins, first = np.unique(origin_of_pair[by_origin], return_index=True)
    first_pair = np.append(first, len(by_origin))
    n, n_links, n_nodes = len(origins), network.n_links, network.n_nodes
    return Bushes(
        flow=np.zeros((n, n_links)),
        is_in=np.zeros((n, n_links), np.bool_),
        order=np.zeros((n, n_nodes), np.int32),
        n_order=np.zeros(n, np.int32),
        origins=origins.astype(np.int32),
        first_pair=first_pair.astype(np.int32),
        pair_node=network.zone_node[demand.destination[between]][by_origin].astype(np.int32),
        pair_volume=volume[by_origin],
        trips=np.add.reduceat(volume[by_origin], first) if n else np.zeros(0),
    )
