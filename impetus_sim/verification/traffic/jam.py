"""A jam that dissolves, an incident that is cleared, a lane that is closed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from impetus_sim.traffic.positions import offsets_m
from impetus_sim.traffic.system import TrafficSystem
from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.traffic.bottleneck import late_m
from impetus_sim.verification.traffic.setup import (
    CAPACITY,
    MODEL,
    SPEED_M_S,
    S,
    Stretch,
    build_routed,
    evenly,
    follow,
    lanes_of,
    reading,
    traffic_case,
    trip_times_s,
    zero_of,
)

_NEWELL = "Newell (2002): each driver follows one reaction time later and one jam spacing behind"
_LENGTH_M = 3000.0
_INFLOW = 0.3
_BLOCKED_S, _FROM_S = 300.0, 400.0


def start_jam(effort: Effort) -> Measured:
    """Let 100 standing cars go; when the last starts after the first, from places every 0.1 s."""
    del effort
    n = 100
    traffic = build_routed([Stretch(ends=(0, 1)), Stretch(ends=(1, 2))], [[0, 1]], [evenly(0.5, n / 0.5)])
    traffic.set_lane_capacity(lanes_of(traffic, 0), 0.0)
    traffic.advance(400 * S)
    standing = offsets_m(traffic)
    traffic.set_lane_capacity(lanes_of(traffic, 0), 1.0)
    starts = np.full(n, np.nan)
    for tenth in range(1, 1200):
        traffic.advance(400 * S + tenth * S // 10)
        moved = offsets_m(traffic) - standing
        new = np.flatnonzero(np.isnan(starts) & (moved > 1e-3) & (offsets_m(traffic) > standing))
        starts[new] = 0.1 * tenth - moved[new] / SPEED_M_S
    starts[0] = 0.0  # the first crosses the line at once
    wave = np.polyfit(np.arange(n) * 7.5, starts, 1)[0]
    return Measured(
        value=float(starts[-1]),
        text=f"the 100th starts {starts[-1]:.2f} s after the first; the wave runs at {1.0 / wave:.3f} m/s",
    )


@dataclass(frozen=True, kw_only=True)
class _Outcome:
    queue: float
    clears_s: float
    delay_s: float
    tail_m: float
    farthest_m: float


@cache
def _incident() -> _Outcome:
    traffic = build_routed(
        [Stretch(ends=(0, 1), length_m=_LENGTH_M), Stretch(ends=(1, 2))], [[0, 1]], [evenly(_INFLOW, 1500.0)]
    )
    reopens_s = _FROM_S + _BLOCKED_S
    tails: dict[float, float] = {}

    def note(running: TrafficSystem) -> None:
        # Vehicles that stand, or drive on after they stood; a car's length behind the last is the queue's back.
        late = np.flatnonzero(late_m(running) > 1.0)
        tails[running.now_us / S] = (
            float(_LENGTH_M - offsets_m(running)[late].min() + 3.75) if len(late) else 0.0
        )

    def reopen(running: TrafficSystem) -> None:
        note(running)
        running.set_lane_capacity(lanes_of(running, 0), 1.0)

    curves = follow(
        traffic,
        1800.0,
        events={
            **dict.fromkeys(np.arange(_FROM_S + 10.0, reopens_s + 200.0), note),
            _FROM_S: lambda running: running.set_lane_capacity(lanes_of(running, 0), 0.0),
            reopens_s: reopen,
        },
    )
    waiting = curves.waiting(0, _LENGTH_M / SPEED_M_S)
    goes = (curves.times_s > reopens_s) & (waiting > 5.0)
    return _Outcome(
        queue=float(np.interp(reopens_s, curves.times_s, waiting)),
        clears_s=zero_of(curves.times_s[goes], waiting[goes]) - reopens_s,
        delay_s=float((trip_times_s(traffic) - (_LENGTH_M + 1000.0) / SPEED_M_S).sum()),
        tail_m=tails[reopens_s],
        farthest_m=max(tails.values()),
    )


def close_one_lane(effort: Effort) -> Measured:
    """Block one of two lanes at its end: what still passes, over the road's capacity."""
    del effort
    traffic = _two_lanes()
    whole = follow(traffic, 1000.0, step_s=100.0).flow(0, 200.0, 1000.0)
    traffic.set_lane_capacity(lanes_of(traffic, 0)[:1], 0.0)
    traffic.advance(1300 * S)
    before = int(traffic.road.n_left[0])
    traffic.advance(2300 * S)
    part = (int(traffic.road.n_left[0]) - before) / 1000.0
    return Measured(value=part / whole, text=f"{part:.4f} of {whole:.4f} vehicles/s")


def halve_both_lanes(effort: Effort) -> Measured:
    """Let both lanes discharge at half of their capacity: what still passes, over the road's capacity."""
    del effort
    traffic = _two_lanes()
    whole = follow(traffic, 1000.0, step_s=100.0).flow(0, 200.0, 1000.0)
    traffic.set_lane_capacity(lanes_of(traffic, 0), 0.5)
    before = int(traffic.road.n_left[0])
    traffic.advance(2000 * S)
    part = (int(traffic.road.n_left[0]) - before) / 1000.0
    return Measured(value=part / whole, text=f"{part:.4f} of {whole:.4f} vehicles/s")


def _two_lanes() -> TrafficSystem:
    return build_routed(
        [Stretch(ends=(0, 1), n_lanes=2), Stretch(ends=(1, 2), n_lanes=2)],
        [[0, 1]],
        [evenly(2.0 * CAPACITY, 3000.0)],
    )


def _incident_case(id: str, title: str, exact: float, unit: str, field: str, form: str) -> Case:
    return traffic_case(
        f"incident-{id}",
        "incident",
        f"0.3 vehicles/s, the road blocked for 300 s: {title}",
        exact * 0.99,
        exact * 1.01,
        f"{exact:g} {unit}, within 1 %",
        reading(_incident, field, form),
        source="shock speed 0.3 / (kj - 0.015), starting wave 7.5 m/s (Newell 1993, 2002)",
    )


CASES = (
    Case(
        id="traffic-jam-dissolves",
        standard="kinematic wave, starting wave",
        title="a jam of 100 cars (750 m) is let go: when the last car starts",
        source=_NEWELL,
        low=99.0 * 0.998,
        high=99.0 * 1.002,
        expected="99 headways of 1 / (kj w) = 1.0 s after the first (wave 7.5 m/s), within 0.2 %",
        run=start_jam,
        default_model=MODEL,
    ),
    _incident_case("queue", "vertical queue at the end", 90.0, "vehicles", "queue", "{:.1f} vehicles"),
    _incident_case("clears", "the queue has gone", 210.64, "s later", "clears_s", "{:.0f} s later"),
    _incident_case("delay", "delay of all", 22979.0, "vehicle s", "delay_s", "{:.0f} vehicle seconds"),
    _incident_case("tail", "reach of the queue when the road opens", 760.6, "m", "tail_m", "{:.0f} m"),
    _incident_case("farthest", "largest reach of the queue", 1148.9, "m", "farthest_m", "{:.0f} m"),
    Case(
        id="traffic-one-lane-of-two",
        standard="kinematic wave, incident",
        title="one of two lanes blocked at its end, the road full",
        source="capacity is that of the lanes left",
        low=0.499,
        high=0.501,
        expected="0.5 of the capacity, within 0.2 %",
        run=close_one_lane,
        default_model=MODEL,
    ),
    Case(
        id="traffic-half-capacity",
        standard="kinematic wave, incident",
        title="both of two lanes at half of their capacity, the road full",
        source="capacity is proportional to the factor",
        low=0.499,
        high=0.501,
        expected="0.5 of the capacity, within 0.2 %",
        run=halve_both_lanes,
        default_model=MODEL,
    ),
)
