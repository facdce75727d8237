"""What the cases of traffic share: small networks, evenly spaced trips, curves of who entered and left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impetus_sim.traffic.kernels.records import LEAVES
from impetus_sim.traffic.road import CAR_M, REACTION_S, Links, capacity_of
from impetus_sim.traffic.system import TrafficSystem
from impetus_sim.traffic.vehicles import Trips, build_vehicles
from impetus_sim.verification.case import Case, Effort, Measured

MODEL = "kinematic_wave"
"""What every case of traffic is run with, for the report."""
S = 1_000_000
"""Microseconds in a second."""
SPEED_M_S = 20.0
CAPACITY = float(capacity_of(np.array(SPEED_M_S)))
"""Of a lane at `SPEED_M_S`: 0.72727 vehicles/s."""
JAM_PER_M = 1.0 / CAR_M
WAVE_M_S = CAR_M / REACTION_S
_NO_UPDATES_S = 1e7
"""Fixed routes need no trees of ways."""

Floats = npt.NDArray[np.float64]


def traffic_case(
    id: str,
    about: str,
    title: str,
    low: float,
    high: float,
    expected: str,
    run: Callable[[Effort], Measured],
    *,
    source: str,
) -> Case:
    """Return a case of the kinematic wave about one subject."""
    return Case(
        id=f"traffic-{id}",
        standard=f"kinematic wave, {about}",
        title=title,
        source=source,
        low=low,
        high=high,
        expected=expected,
        run=run,
        default_model=MODEL,
    )


def reading(outcome: Callable[[], object], field: str, form: str) -> Callable[[Effort], Measured]:
    """Return what measures a case by one number of an outcome that several cases share.

    Parameters
    ----------
    outcome
        Makes it, or gives it again.
    form
        Text of the number, such as ``{:.0f} s``.
    """

    def measure(effort: Effort) -> Measured:
        del effort
        value = float(getattr(outcome(), field))
        return Measured(value=value, text=form.format(value))

    return measure


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """One link of a case's network; capacity per lane, that of the triangular diagram when left out."""

    ends: tuple[int, int]
    length_m: float = 1000.0
    speed_m_s: float = SPEED_M_S
    n_lanes: int = 1
    capacity: float | None = None
    weight: float = 1.0


def build_links(stretches: Sequence[Stretch], *, fineness: float = 1.0) -> Links:
    """Return the network of some stretches, numbered as they are listed.

    Parameters
    ----------
    fineness
        Vehicles are so many times shorter and capacities so many times greater: the same diagram in finer grains,
        which comes nearer to the fluid of closed forms.
    """
    speed = np.array([s.speed_m_s for s in stretches])
    given = np.array([np.nan if s.capacity is None else s.capacity for s in stretches])
    return Links(
        n_nodes=1 + max(max(s.ends) for s in stretches),
        from_node=np.array([s.ends[0] for s in stretches]),
        to_node=np.array([s.ends[1] for s in stretches]),
        length_m=np.array([s.length_m for s in stretches]),
        speed_m_s=speed,
        n_lanes=np.array([s.n_lanes for s in stretches]),
        lane_capacity=fineness * np.where(np.isnan(given), capacity_of(speed), given),
        car_m=np.full(len(stretches), CAR_M / fineness),
        weight=np.array([s.weight for s in stretches]),
    )


def evenly(flow: float, duration_s: float, *, from_s: float = 0.0) -> Floats:
    """Return times of departure at a constant flow (vehicles/s), each in the middle of its headway, s."""
    return np.asarray(from_s + (np.arange(round(flow * duration_s)) + 0.5) / flow)


def build_routed(
    stretches: Sequence[Stretch],
    routes: Sequence[Sequence[int]],
    depart_s: Sequence[Floats],
    *,
    fineness: float = 1.0,
    **options: object,
) -> TrafficSystem:
    """Return traffic on fixed routes, with nobody who loses patience.

    Parameters
    ----------
    routes
        Links of each route.
    depart_s
        Departures on each route.
    fineness
        Of `build_links`; departures are to be as many times denser.
    options
        Of `TrafficSystem`.
    """
    links = build_links(stretches, fineness=fineness)
    paths = np.array([link for route in routes for link in (*route, LEAVES)], np.int32)
    first = np.cumsum([0, *(len(route) + 1 for route in routes)])[:-1]
    route_of = np.repeat(np.arange(len(routes)), [len(times) for times in depart_s])
    depart = np.concatenate(list(depart_s))
    order = np.argsort(depart, kind="stable")
    route_of = route_of[order]
    trips = Trips(
        depart_s=depart[order],
        origin=links.from_node[[route[0] for route in routes]][route_of],
        goal=np.zeros(len(depart), np.int64),
        path=first[route_of],
    )
    return TrafficSystem(
        links,
        build_vehicles(trips),
        np.array([links.n_nodes - 1]),
        paths=paths,
        patience_s=0.0,
        every_s=_NO_UPDATES_S,
        **options,  # type: ignore[arg-type]
    )


@dataclass(frozen=True, kw_only=True)
class Curves:
    """Cumulative curves: vehicles that entered and left each link by some times, (times, links)."""

    times_s: Floats
    entered: Floats
    left: Floats

    def flow(self, link: int, from_s: float, to_s: float) -> float:
        """Return the mean flow out of a link between two times, vehicles/s."""
        n = np.interp([from_s, to_s], self.times_s, self.left[:, link])
        return float(n[1] - n[0]) / (to_s - from_s)

    def waiting(self, link: int, free_s: float) -> Floats:
        """Return how many vehicles are late at a link's end: the vertical queue, at each time."""
        due = np.interp(self.times_s - free_s, self.times_s, self.entered[:, link], left=0.0)
        return np.asarray(due - self.left[:, link])


def follow(
    traffic: TrafficSystem,
    until_s: float,
    *,
    step_s: float = 1.0,
    events: dict[float, Callable[[TrafficSystem], None]] | None = None,
) -> Curves:
    """Advance in steps and return the curves; `events` are called at their times (multiples of the step)."""
    times = np.arange(0.0, until_s + 0.5 * step_s, step_s)
    due = dict(events or {})
    entered, left = [], []
    for time_s in times:
        traffic.advance(round(time_s * S))
        for at_s in [at_s for at_s in due if at_s <= time_s]:
            due.pop(at_s)(traffic)
        entered.append(traffic.road.n_entered.astype(float))
        left.append(traffic.road.n_left.astype(float))
    return Curves(times_s=times, entered=np.array(entered), left=np.array(left))


def trip_times_s(traffic: TrafficSystem) -> Floats:
    """Return the time from departure to arrival of each vehicle, s; all must have arrived."""
    vehicles = traffic.vehicles
    return np.asarray((vehicles["left_us"] - vehicles["depart_us"]) / S)


def lanes_of(traffic: TrafficSystem, link: int) -> npt.NDArray[np.int64]:
    """Return the queues that are a link's lanes."""
    first = int(traffic.road.first_lane[link])
    return np.arange(first, first + int(traffic.road.n_lanes[link]))


def relative(measured: float, exact: float) -> float:
    """Return how far a value is from the exact one, percent of it."""
    return 100.0 * abs(measured - exact) / abs(exact)


def zero_of(times_s: Floats, values: Floats) -> float:
    """Return when the straight line through some values is zero, s."""
    slope, offset = np.polyfit(times_s, values, 1)
    return float(-offset / slope)
