"""A bottleneck with a queue of physical length: delay, queue, and how its back moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from impetus_sim.traffic.positions import offsets_m
from impetus_sim.traffic.system import TrafficSystem
from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.traffic.setup import (
    SPEED_M_S,
    Floats,
    S,
    Stretch,
    build_routed,
    evenly,
    follow,
    reading,
    traffic_case,
    trip_times_s,
)

_LENGTH_M = 3000.0
_FREE_S = _LENGTH_M / SPEED_M_S
_LATE_M = 1.0
"""A vehicle so far behind its free path is in the queue."""
_SOURCE = "Newell (1993), A simplified theory of kinematic waves I-III, Transportation Research B 27"
_SET_UP = "0.6 vehicles/s for 600 s over 3000 m at 20 m/s into 100 m at 5 m/s (0.4 vehicles/s)"


@dataclass(frozen=True, kw_only=True)
class _Outcome:
    mean_s: float
    delay_s: float
    most_waiting: float
    most_at_s: float
    clears_s: float
    last_exit_s: float
    back_m_s: float
    back_m: float


@cache
def _run() -> _Outcome:
    traffic = build_routed(
        [Stretch(ends=(0, 1), length_m=_LENGTH_M), Stretch(ends=(1, 2), length_m=100.0, speed_m_s=5.0)],
        [[0, 1]],
        [evenly(0.6, 600.0)],
    )
    backs: list[tuple[float, float]] = []
    curves = follow(
        traffic,
        1200.0,
        events={t: lambda running: backs.append(_back(running)) for t in np.arange(200.0, 651.0, 5.0)},
    )
    waiting = curves.waiting(0, _FREE_S)
    time_s = trip_times_s(traffic)
    times, places = np.array(backs).T
    slope, offset = np.polyfit(times, places, 1)
    left_s = traffic.vehicles["left_us"].max() / S
    gone = curves.times_s[curves.left[:, 0] >= len(time_s)]
    return _Outcome(
        mean_s=float(time_s.mean()),
        delay_s=float((time_s - _FREE_S - 20.0).sum()),
        most_waiting=float(waiting.max()),
        most_at_s=float(np.mean(curves.times_s[waiting >= waiting.max() - 0.5])),
        clears_s=float(gone[0]),
        last_exit_s=float(left_s),
        back_m_s=float(slope),
        back_m=float(offset + slope * 650.0),
    )


def _back(traffic: TrafficSystem) -> tuple[float, float]:
    # The time, and how far upstream of the bottleneck the last vehicle in the queue is.
    late = late_m(traffic)
    place = offsets_m(traffic)
    in_queue = np.flatnonzero(late > _LATE_M)
    return traffic.now_us / S, float(_LENGTH_M - place[in_queue].min())


def late_m(traffic: TrafficSystem, *, link: int = 0) -> Floats:
    """Return how far each vehicle on a link is behind its free path, m; nan for the others."""
    vehicles = traffic.vehicles
    is_there = traffic.road.queues["link"][vehicles["queue"]] == link
    free_m = traffic.road.speed_mm_s[link] * 1e-3 * (traffic.now_us - vehicles["entered_us"]) / S
    return np.where(is_there, free_m - offsets_m(traffic), np.nan)


def largest_queue(effort: Effort) -> Measured:
    """Measure the largest vertical queue, from cumulative curves."""
    del effort
    run = _run()
    return Measured(value=run.most_waiting, text=f"{run.most_waiting:.1f} vehicles at {run.most_at_s:.0f} s")


def back_speed(effort: Effort) -> Measured:
    """Fit the speed of the back of the queue to places of vehicles from 200 to 650 s."""
    del effort
    return Measured(value=-_run().back_m_s, text=f"{-_run().back_m_s:.3f} m/s")


def back_place(effort: Effort) -> Measured:
    """Take the back of the queue at 650 s from that fit."""
    del effort
    return Measured(value=_run().back_m, text=f"{_run().back_m:.0f} m upstream")


def _case(
    id: str,
    title: str,
    exact: float,
    unit: str,
    run: Callable[[Effort], Measured],
    percent: float,
    of: str = "",
) -> Case:
    margin = abs(exact) * percent / 100.0
    return traffic_case(
        f"bottleneck-{id}",
        "bottleneck",
        f"{_SET_UP}: {title}",
        exact - margin,
        exact + margin,
        f"{exact:g} {unit}, within {percent:g} %{of}",
        run,
        source=_SOURCE,
    )


CASES = (
    _case("time", "mean time", 320.0, "s", reading(_run, "mean_s", "{:.2f} s"), 0.2),
    _case(
        "delay", "delay of all", 54000.0, "vehicle s", reading(_run, "delay_s", "{:.0f} vehicle seconds"), 0.5
    ),
    _case("queue", "largest vertical queue", 120.0, "vehicles (at 750 s)", largest_queue, 1.0),
    _case("clears", "the queue is gone", 1050.0, "s", reading(_run, "clears_s", "{:.0f} s"), 0.25),
    _case("last", "last vehicle out", 1070.0, "s", reading(_run, "last_exit_s", "{:.1f} s"), 0.25),
    _case("shock", "speed of the back of the queue", -4.0, "m/s", back_speed, 1.0),
    _case("back", "back of the queue at 650 s", 2000.0, "m upstream", back_place, 1.0),
)
