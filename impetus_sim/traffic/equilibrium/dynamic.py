"""Dynamic user equilibrium by iteration: everybody knows how long each way will take at their time of departure.

All trips are driven by the simulation's own loading on fixed routes; then every driver compares what the own route
took with the fastest at that time, and some of those who would gain change to it: the more they would gain the more
of them. The step shrinks fast when the gap grew and slowly otherwise.

Sources: Peeta and Ziliaskopoulos (2001), Foundations of dynamic traffic assignment, Networks and Spatial
Economics 1; Liu, He, He (2009), Method of successive weighted averages and self-regulated averaging schemes,
the same 9 (step).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impetus_sim import rng
from impetus_sim.errors import InvalidInputError
from impetus_sim.kernels.compile import BLOCK, fit_threads
from impetus_sim.traffic.equilibrium.observe import observe
from impetus_sim.traffic.kernels.least_paths import ORIGINS_PER_BLOCK, Graph
from impetus_sim.traffic.kernels.records import ARRIVED, LEAVES
from impetus_sim.traffic.kernels.timed_paths import (
    Times,
    choose_who_moves,
    count_path_links,
    fill_path_times,
    fill_paths,
    fill_timed_trees,
)
from impetus_sim.traffic.road import Links
from impetus_sim.traffic.signals import SignalPlan
from impetus_sim.traffic.system import TrafficSystem
from impetus_sim.traffic.vehicles import Trips, build_vehicles

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MOST_GAIN_TO_MOVE = 0.1
MEAN_GAINS_TO_MOVE = 2.0
"""Drivers who would save this share of their time, or so many times the mean saving, whichever is less, change with
the full step; others in proportion."""
GROWTH_WORSE, GROWTH_BETTER = 1.8, 0.1
"""Growth of the divisor of the step after a round with a greater, or a smaller, gap."""
_NEVER_S = 1e9


@dataclass(frozen=True, kw_only=True)
class Routes:
    """A route per trip: links[first[k]:first[k + 1]]. first: (trips + 1,); links: int32."""

    first: Ints
    links: npt.NDArray[np.int32]

    def entries(self) -> tuple[npt.NDArray[np.int32], Ints]:
        """Return what `Routing` takes as paths, and each trip's first entry in it."""
        n = len(self.first) - 1
        entries = np.full(len(self.links) + n, LEAVES, np.int32)
        entries[np.arange(len(self.links)) + np.repeat(np.arange(n), np.diff(self.first))] = self.links
        return entries, self.first[:-1] + np.arange(n)


@dataclass(frozen=True, kw_only=True)
class DynamicEquilibrium:
    """The best state found.

    trips: as given, ordered by origin, goal and time. routes: of each. travel_s: (trips,), from the wish to
    depart to arrival. gap: what all would save by the fastest ways, as a share of these. gaps: of every round.
    n_unfinished: trips under way at the limit, whose times count until then.
    """

    trips: Trips
    routes: Routes
    travel_s: Floats
    gap: float
    gaps: tuple[float, ...]
    n_unfinished: int


def find_dynamic_equilibrium(
    links: Links,
    trips: Trips,
    goal_nodes: Ints,
    *,
    plans: Sequence[SignalPlan] = (),
    is_through: npt.NDArray[np.bool_] | None = None,
    interval_s: float = 60.0,
    limit_s: float | None = None,
    gap: float = 0.01,
    most_rounds: int = 100,
    seed: int = 1,
) -> DynamicEquilibrium:
    """Iterate towards the equilibrium.

    Parameters
    ----------
    goal_nodes
        Junctions that `trips.goal` are rows of.
    is_through
        (junctions,), whether ways may cross it; all by default.
    interval_s
        Of looks at the links and between departures that share a search.
    limit_s
        Loadings end there at the latest; by default three hours after the last departure.
    gap
        Goal.
    most_rounds
        The best state is returned after so many.

    Raises
    ------
    InvalidInputError
        When a trip has no way.
    """
    iteration = _Iteration(links, trips, goal_nodes, plans, is_through, interval_s, limit_s, seed)
    gaps: list[float] = []
    best: DynamicEquilibrium | None = None
    divisor = 1.0
    for number in range(most_rounds):
        found = iteration.load()
        if gaps:
            divisor += GROWTH_WORSE if found.gap > gaps[-1] else GROWTH_BETTER
        gaps.append(found.gap)
        if best is None or found.gap < best.gap:
            best = found
        if found.gap <= gap:
            break
        iteration.move(1.0 / divisor, number)
    assert best is not None
    return dataclasses.replace(best, gaps=tuple(gaps))


class _Iteration:
    """Routes of all trips, and what they and others take."""

    def __init__(
        self,
        links: Links,
        trips: Trips,
        goal_nodes: Ints,
        plans: Sequence[SignalPlan],
        is_through: npt.NDArray[np.bool_] | None,
        interval_s: float,
        limit_s: float | None,
        seed: int,
    ) -> None:
        self._links, self._goal_nodes, self._plans = links, np.asarray(goal_nodes), plans
        self._interval_s, self._seed = interval_s, seed
        order = np.lexsort((trips.depart_s, trips.goal, trips.origin))
        self._trips = _take(trips, order)
        self._depart_s = np.asarray(self._trips.depart_s, np.float64)
        self._limit_s = float(self._depart_s.max()) + 10_800.0 if limit_s is None else limit_s
        key = self._trips.origin * len(self._goal_nodes) + self._trips.goal
        self._pair = np.unique(key, return_inverse=True)[1].astype(np.int64)
        self._goal_node = self._goal_nodes[self._trips.goal].astype(np.int32)
        self._graph = _graph_of(links, is_through)
        # a search per origin and interval with departures, at the middle of the interval
        step = (self._depart_s // interval_s).astype(np.int64)
        n_steps = int(step.max()) + 1
        search, self._row = np.unique(self._trips.origin * n_steps + step, return_inverse=True)
        self._search_origin = (search // n_steps).astype(np.int32)
        self._search_s = (search % n_steps + 0.5) * interval_s
        free_s = (links.length_m / links.speed_m_s)[:, None]
        self._routes = self._fastest(Times(interval_s, free_s, np.zeros_like(free_s)))
        self._excess = self._own = np.zeros(0)
        self._fastest_routes = self._routes

    def load(self) -> DynamicEquilibrium:
        """Drive everybody, and find the fastest ways and what they would save."""
        entries, path = self._routes.entries()
        vehicles = build_vehicles(dataclasses.replace(self._trips, path=path))
        system = TrafficSystem(
            self._links,
            vehicles,
            self._goal_nodes,
            plans=list(self._plans),
            every_s=_NEVER_S,
            patience_s=0.0,
            paths=entries,
        )
        times = observe(system, interval_s=self._interval_s, limit_s=self._limit_s)
        has_arrived = system.vehicles["state"] == ARRIVED
        until_s = np.where(has_arrived, system.vehicles["left_us"], system.now_us) / 1e6
        travel_s = np.maximum(until_s - self._depart_s, 0.0)
        self._fastest_routes = self._fastest(times)
        self._own = self._time_of(self._routes, times)
        fastest = np.minimum(self._time_of(self._fastest_routes, times), self._own)
        self._excess = self._own - fastest
        return DynamicEquilibrium(
            trips=self._trips,
            routes=self._routes,
            travel_s=travel_s,
            gap=float(travel_s.sum() - fastest.sum()) / float(fastest.sum()),
            gaps=(),
            n_unfinished=int((~has_arrived).sum()),
        )

    def move(self, step: float, number: int) -> None:
        """Change some of those who would gain to the fastest way."""
        gain = self._excess / self._own
        full = min(MOST_GAIN_TO_MOVE, MEAN_GAINS_TO_MOVE * float(gain.mean()))
        share = step * np.minimum(1.0, gain / full) if full > 0.0 else np.zeros_like(gain)
        pairs = np.arange(int(self._pair.max()) + 1, dtype=np.uint64)
        start = rng.draw_uniforms(self._seed, 0, "traffic.equilibrium", pairs, decision=number)[:, 0]
        moves = np.zeros(len(share), np.bool_)
        choose_who_moves(self._pair, share, start, moves)
        self._routes = _merge(self._routes, self._fastest_routes, moves)

    def _fastest(self, times: Times) -> Routes:
        into = np.empty((len(self._search_s), self._links.n_nodes), np.int32)
        fit_threads(len(into) // ORIGINS_PER_BLOCK * BLOCK)
        fill_timed_trees(self._search_origin, self._search_s, times, self._graph, into)
        count = np.empty(len(self._row), np.int64)
        count_path_links(self._row, self._goal_node, into, self._graph, count)
        if (count < 0).any():
            trip = int(np.flatnonzero(count < 0)[0])
            raise InvalidInputError(
                f"no way leads from junction {self._trips.origin[trip]} to junction {self._goal_node[trip]}",
                hint="trips must lead to another junction, along links",
            )
        first = np.concatenate([[0], np.cumsum(count)])
        routes = Routes(first=first, links=np.empty(first[-1], np.int32))
        fill_paths(self._row, self._goal_node, into, self._graph, first, routes.links)
        return routes

    def _time_of(self, routes: Routes, times: Times) -> Floats:
        out = np.empty(len(self._depart_s))
        fill_path_times(self._depart_s, routes.first, routes.links, times, out)
        return out


def _merge(old: Routes, new: Routes, takes_new: npt.NDArray[np.bool_]) -> Routes:
    count = np.where(takes_new, np.diff(new.first), np.diff(old.first))
    first = np.concatenate([[0], np.cumsum(count)])
    links = np.empty(first[-1], np.int32)
    is_new = np.repeat(takes_new, count)
    links[is_new] = new.links[np.repeat(takes_new, np.diff(new.first))]
    links[~is_new] = old.links[np.repeat(~takes_new, np.diff(old.first))]
    return Routes(first=first, links=links)


def _take(trips: Trips, rows: Ints) -> Trips:
    return dataclasses.replace(
        trips,
        depart_s=trips.depart_s[rows],
        origin=trips.origin[rows],
        goal=trips.goal[rows],
        kind=None if trips.kind is None else trips.kind[rows],
        path=None,
    )


def _graph_of(links: Links, is_through: npt.NDArray[np.bool_] | None) -> Graph:
    nodes = np.arange(links.n_nodes + 1)
    out_link = np.argsort(links.from_node, kind="stable")
    return Graph(
        first_in=np.zeros(0, np.int32),  # not used by searches from an origin
        from_node=links.from_node.astype(np.int32),
        to_node=links.to_node.astype(np.int32),
        first_out=np.searchsorted(links.from_node[out_link], nodes).astype(np.int32),
        out_link=out_link.astype(np.int32),
        is_through=np.ones(links.n_nodes, np.bool_) if is_through is None else is_through,
    )
