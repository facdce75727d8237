"""Trips: how long vehicles took from door to door, against the same way on empty streets.

A run that ends with vehicles under way only says 'longer than'. Means are restricted then, as for people: every
vehicle that was to set out counts, those not there with the time they were followed. A mean over those that
arrived would reward the option under which fewest do.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.traffic.recorded import Floats, Ints, Mask, Network, read_network
from impetus_sim.recording.reader import Recording

US_PER_S, MM_PER_M = 1e6, 1000.0
_GOALS_AT_ONCE = 64
PERCENTS = (5.0, 50.0, 95.0)


@dataclass(frozen=True, kw_only=True)
class Trips:
    """One row per vehicle.

    kind, origin, goal, n_links: int64 (vehicles,); origin and goal are junctions. depart_s: float64 (vehicles,),
    when it wanted to set out. arrive_s: float64 (vehicles,), nan for those not there. travelled_m: on links left
    behind. speed_m_s: own greatest speed. state: text (vehicles,). in_service: bool
    (vehicles,), runs on a line, so that its times say nothing of streets and it counts as no trip. followed_s: end
    of what is known.
    """

    network: Network
    kind: Ints
    origin: Ints
    goal: Ints
    n_links: Ints
    depart_s: Floats
    arrive_s: Floats
    travelled_m: Floats
    speed_m_s: Floats
    state: npt.NDArray[np.str_]
    in_service: Mask
    kind_names: tuple[str, ...]
    followed_s: float

    def __len__(self) -> int:
        return len(self.kind)

    @property
    def was_due(self) -> Mask:
        """Whose time to set out had come before the end and who did not give up the trip before it.

        The same vehicles in all options of a pair that give up the same trips.
        """
        return (self.depart_s < self.followed_s) & ~self.was_cancelled & ~self.in_service

    @property
    def was_cancelled(self) -> Mask:
        """Whose trip was given up before it began."""
        return np.asarray(self.state == "cancelled")

    @property
    def has_arrived(self) -> Mask:
        """Who reached the destination."""
        return ~np.isnan(self.arrive_s) & ~self.in_service

    @property
    def is_under_way(self) -> Mask:
        """Who was to set out and was not there at the end: kept at home, waiting, driving, held or abandoned."""
        return self.was_due & ~self.has_arrived

    @cached_property
    def time_s(self) -> Floats:
        """Time from wanting to set out to arrival, or to the end for those under way, s; nan before."""
        end = np.where(self.has_arrived, self.arrive_s, self.followed_s)
        return np.where(self.was_due, end - self.depart_s, np.nan)

    @cached_property
    def free_s(self) -> Floats:
        """Time of the fastest way on empty streets at the vehicle's own greatest speed, s; nan without a way."""
        return compute_free_times(self.network, self.origin, self.goal, self.speed_m_s)

    @cached_property
    def delay_s(self) -> Floats:
        """Time over `free_s`, s; for those under way what they have lost for certain, at least 0."""
        late = self.time_s - self.free_s
        return np.where(self.has_arrived, late, np.maximum(late, 0.0))


def read_trips(recording: Recording) -> Trips:
    """Return the trips of a run; for an unfinished one up to its last checkpoint.

    Raises
    ------
    InvalidInputError
        When the run had no traffic, or was cut before a checkpoint.
    """
    network = read_network(recording)
    static, table = recording.static("vehicles"), recording.tables("traffic_vehicles")
    names = np.asarray(static["state_names"], np.str_)
    state = names[np.asarray(table["state"], np.int64)]
    arrived = state == "arrived"
    n_known = len(static["goal_node"])
    goal = np.full(len(state), -1, np.int64)
    goal[:n_known] = static["goal_node"]
    in_service = np.zeros(len(state), bool)
    if "in_service" in static:  # recordings made before there were lines do not say
        in_service[:n_known] = static["in_service"]
    # A vehicle that was held sets out again from where it was taken off; its trip began where it first set out.
    origin = np.asarray(table["origin"], np.int64).copy()
    origin[:n_known] = static["origin"]
    return Trips(
        network=network,
        kind=np.asarray(table["kind"], np.int64),
        origin=origin,
        goal=goal,
        n_links=np.asarray(table["n_links"], np.int64),
        depart_s=np.asarray(table["depart_us"]) / US_PER_S,
        arrive_s=np.where(arrived, np.asarray(table["left_us"]) / US_PER_S, np.nan),
        travelled_m=np.asarray(table["travelled_mm"]) / MM_PER_M,
        speed_m_s=np.asarray(table["speed_mm_s"]) / MM_PER_M,
        state=state,
        in_service=in_service,
        kind_names=tuple(str(name) for name in static["kind_names"]),
        followed_s=recording.followed_s,
    )


def compute_free_times(network: Network, origin: Ints, goal: Ints, speed_m_s: Floats) -> Floats:
    """Return the time of the fastest way on empty streets, s, float64 (trips,).

    Parameters
    ----------
    network
        All its links are taken as open.
    origin, goal
        Junctions, (trips,); a goal below 0 is not known and gives nan.
    speed_m_s
        Greatest speed of each vehicle, (trips,).
    """
    out = np.full(len(origin), np.nan)
    for speed in np.unique(speed_m_s):
        mine = np.flatnonzero((speed_m_s == speed) & (goal >= 0))
        cost = network.length_m / np.minimum(network.speed_m_s, speed)
        _fill_times(network, cost, origin, goal, mine, out)
    return out


def _fill_times(network: Network, cost: Floats, origin: Ints, goal: Ints, mine: Ints, out: Floats) -> None:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    n = (
        int(max(network.from_node.max(), network.to_node.max(), origin.max(initial=0), goal.max(initial=0)))
        + 1
    )
    # Of links side by side the fastest: a sparse matrix would add them up.
    order = np.lexsort((cost, network.from_node, network.to_node))
    pair = network.to_node[order] * n + network.from_node[order]
    kept = order[np.concatenate([[True], np.diff(pair) > 0])]
    backwards = csr_array((cost[kept], (network.to_node[kept], network.from_node[kept])), shape=(n, n))
    goals = np.unique(goal[mine])
    for first in range(0, len(goals), _GOALS_AT_ONCE):
        some = goals[first : first + _GOALS_AT_ONCE]
        times = dijkstra(backwards, indices=some)
        rows = mine[(goal[mine] >= some[0]) & (goal[mine] <= some[-1])]
        found = times[np.searchsorted(some, goal[rows]), origin[rows]]
        out[rows] = np.where(np.isfinite(found), found, np.nan)


@dataclass(frozen=True, kw_only=True)
class Spread:
    """Mean and percentiles (at `PERCENTS`) of a quantity in s over vehicles that were to set out.

    n_censored: of the `n` counted, those under way at the end, with what was known of them; all values are then
    lower bounds.
    """

    n: int
    n_censored: int
    mean_s: float
    percentiles_s: tuple[float, ...]


def describe_trips(trips: Trips, values: Floats, who: Mask | None = None) -> Spread | None:
    """Return the spread of ``trips.time_s`` or ``trips.delay_s`` over all due vehicles or some; None for nobody."""
    chosen = trips.was_due & ~np.isnan(values) & (True if who is None else who)
    if not chosen.any():
        return None
    return Spread(
        n=int(chosen.sum()),
        n_censored=int((chosen & ~trips.has_arrived).sum()),
        mean_s=float(values[chosen].mean()),
        percentiles_s=tuple(float(value) for value in np.percentile(values[chosen], PERCENTS)),
    )
