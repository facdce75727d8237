"""Signals: capacity, delay of even and of random arrivals, over-saturation, the best cycle, red for all."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from impetus_sim.traffic.guess_signals import webster_cycle_s
from impetus_sim.traffic.signals import Phase, SignalPlan
from impetus_sim.traffic.system import TrafficSystem
from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.traffic.setup import (
    CAPACITY,
    Floats,
    S,
    Stretch,
    build_routed,
    evenly,
    follow,
    traffic_case,
    trip_times_s,
    zero_of,
)

_GREEN_S, _CYCLE_S = 30.0, 60.0
_WEBSTER = "Webster (1958), Traffic signal settings, Road Research Technical Paper 39"
_FREE_S = 100.0
"""Over the two links of an approach."""
_STREETS = (Stretch(ends=(0, 1), length_m=1800.0), Stretch(ends=(1, 2), length_m=200.0))
_LOST_S = 4.0
"""Of each of two phases, red for all."""
_LOAD = 0.7


_FINE = 11.0
"""Grains of an eleventh of a car: 240 of them pass in 30 s of green; of whole cars 22 pass instead of 21.8."""


def _approach(
    depart_s: Floats, *, green_s: float = _GREEN_S, offset_s: float = 0.0, fineness: float = _FINE
) -> TrafficSystem:
    # A signal that is green for half of its cycle.
    plan = SignalPlan(
        node=1,
        phases=[Phase(groups=(0,), green_s=green_s, clear_s=green_s)],
        group_of_link={0: 0},
        offset_s=offset_s,
    )
    return build_routed(_STREETS, [[0, 1]], [depart_s], plans=[plan], fineness=fineness)


def capacity(effort: Effort) -> Measured:
    """Offer a signalled approach more than it can pass for an hour."""
    del effort
    curves = follow(_approach(evenly(0.7 * _FINE, 5000.0)), 4200.0, step_s=10.0)
    flow = curves.flow(0, 600.0, 4200.0) / _FINE
    return Measured(value=flow, text=f"{flow:.5f} vehicles/s, {flow * 3600:.0f} per hour")


def uniform_delay(effort: Effort) -> Measured:
    """Measure the mean delay of even arrivals of 0.3 vehicles/s."""
    del effort
    delay = _even_delay(_FINE)
    return Measured(value=delay, text=f"{delay:.3f} s; with whole cars {_even_delay(1.0):.3f} s")


@cache
def _even_delay(fineness: float) -> float:
    delays = []
    for offset in np.arange(0.0, _CYCLE_S, _CYCLE_S / 12.0) + 0.7:
        traffic = _approach(evenly(0.3 * fineness, 3600.0), offset_s=float(offset), fineness=fineness)
        traffic.advance(5000 * S)
        delays.append(float(trip_times_s(traffic).mean()) - _FREE_S)
    return float(np.mean(delays))


def random_delay(effort: Effort) -> Measured:
    """Measure the mean delay of random arrivals of 0.3 vehicles/s over 400 hours."""
    del effort
    delays, _ = _random_delays()
    return Measured(value=float(delays.mean()), text=f"{delays.mean():.2f} s, {len(delays)} vehicles")


def random_delay_each(effort: Effort) -> Measured:
    """Compare each of those cars with a server that works one headway at a time while it has green."""
    del effort
    delays, depart_s = _random_delays()
    green_s, headway_s, leaves_s = 22.0 / CAPACITY, 1.0 / CAPACITY, -np.inf
    worst = 0.0
    for delay_s, arrives_s in zip(delays.tolist(), (depart_s + 90.0).tolist(), strict=True):
        leaves_s = max(arrives_s, leaves_s + headway_s)
        into_s = leaves_s % (2.0 * green_s)
        if into_s > green_s - 1e-5:
            leaves_s += 2.0 * green_s - into_s
        worst = max(worst, abs(leaves_s - arrives_s - delay_s))
    return Measured(value=worst, text=f"at most {worst:.4f} s apart, {len(delays)} vehicles")


@cache
def _random_delays() -> tuple[Floats, Floats]:
    # Delays and departures over 400 hours; 22 cars pass in a green.
    hours, q, green_s = 400, 0.3, 22.0 / CAPACITY
    generator = np.random.default_rng(1)
    depart = np.sort(generator.uniform(0.0, 3600.0 * hours, generator.poisson(q * 3600.0 * hours)))
    traffic = _approach(depart, green_s=green_s, fineness=1.0)
    traffic.advance(3600 * (hours + 2) * S)
    return trip_times_s(traffic) - _FREE_S, depart


def oversaturation(effort: Effort) -> Measured:
    """Offer 0.4 vehicles/s for ten cycles: how the queue at the ends of green grows."""
    del effort
    curves = follow(_approach(evenly(0.4 * _FINE, 1200.0)), 1200.0)
    waiting = curves.waiting(0, 90.0) / _FINE
    ends = (curves.times_s % _CYCLE_S == _GREEN_S) & (curves.times_s > 200.0)
    queue = 600.0 * float(np.polyfit(curves.times_s[ends], waiting[ends], 1)[0])
    return Measured(value=queue, text=f"{queue:.2f} vehicles in 600 s, {queue / 600.0:.5f} vehicles/s")


def red_for_all(effort: Effort) -> Measured:
    """Hold an approach with half of the time green at red for 300 s: when the 90 queued cars have gone."""
    del effort
    hacked, calm = _approach(evenly(0.3 * _FINE, 4200.0)), _approach(evenly(0.3 * _FINE, 4200.0))
    from_s, ends_s = 600.0, 900.0
    with_fault = follow(
        hacked,
        3600.0,
        events={
            from_s: lambda running: running.set_fault(0, "all_red"),
            # a signal that works again begins with a second of red, at its present phase: start of a cycle's green
            ends_s - 1.0: lambda running: running.set_fault(0, "works"),
        },
    )
    without = follow(calm, 3600.0)
    more = (without.left[:, 0] - with_fault.left[:, 0]) / _FINE
    at_ends = (with_fault.times_s % _CYCLE_S == 0.0) & (with_fault.times_s >= ends_s) & (more > 10.0)
    gone_s = zero_of(with_fault.times_s[at_ends], more[at_ends]) - ends_s
    return Measured(value=gone_s, text=f"{gone_s:.0f} s after the fault, {more.max():.0f} vehicles at most")


def best_cycle(effort: Effort) -> Measured:
    """Measure the delay at Webster's cycle over the least of a range of cycles, random arrivals."""
    del effort
    cycle_s = webster_cycle_s(2.0 * _LOST_S, _LOAD)
    delays = {c: _delay_of_cycle(c) for c in (35.0, 40.0, 45.0, 50.0, cycle_s, 65.0, 75.0, 90.0, 120.0)}
    best = min(delays, key=lambda c: delays[c])
    over = 100.0 * (delays[cycle_s] / delays[best] - 1.0)
    return Measured(
        value=over,
        text=f"{cycle_s:.1f} s: {delays[cycle_s]:.2f} s of delay; least {delays[best]:.2f} s, at {best:.0f} s",
    )


def _delay_of_cycle(cycle_s: float) -> float:
    # Two crossing approaches, each with half of the load, 100 hours.
    hours, q = 100, _LOAD / 2.0 * CAPACITY
    generator = np.random.default_rng(2)
    depart = [
        np.sort(generator.uniform(0.0, 3600.0 * hours, generator.poisson(q * 3600.0 * hours)))
        for _ in range(2)
    ]
    green_s = (cycle_s - 2.0 * _LOST_S) / 2.0
    plan = SignalPlan(
        node=2,
        phases=[Phase(groups=(k,), green_s=green_s, clear_s=_LOST_S) for k in range(2)],
        group_of_link={0: 0, 1: 1},
    )
    traffic = build_routed(
        [Stretch(ends=(0, 2)), Stretch(ends=(1, 2)), Stretch(ends=(2, 3)), Stretch(ends=(2, 4))],
        [[0, 2], [1, 3]],
        depart,
        plans=[plan],
    )
    traffic.advance(3600 * (hours + 2) * S)
    return float(trip_times_s(traffic).mean()) - _FREE_S


def formula_cycle(effort: Effort) -> Measured:
    """Compute Webster's cycle for 8 s lost and a load of 0.7."""
    del effort
    cycle_s = webster_cycle_s(8.0, 0.7)
    return Measured(value=cycle_s, text=f"{cycle_s:.2f} s")


def _case(
    id: str,
    title: str,
    low: float,
    high: float,
    expected: str,
    run: Callable[[Effort], Measured],
    source: str = _WEBSTER,
) -> Case:
    return traffic_case(f"signal-{id}", "signal", title, low, high, expected, run, source=source)


CASES = (
    _case(
        "capacity",
        "30 s of green in 60 s: what passes in an hour",
        0.36364 * 0.998,
        0.36364 * 1.002,
        "s g / C = 0.36364 vehicles/s (1309 per hour), within 0.2 %",
        capacity,
    ),
    _case(
        "uniform",
        "even arrivals of 0.3 vehicles/s: mean delay, twelve offsets",
        12.766 * 0.99,
        12.766 * 1.01,
        "C (1 - g/C)^2 / (2 (1 - q/s)) = 12.766 s, within 1 %",
        uniform_delay,
    ),
    _case(
        "random",
        "random arrivals of 0.3 cars/s, 30.25 s of 60.5 s green (22 cars, degree of saturation 0.825): mean delay",
        16.96 * 0.9,
        16.96 * 1.1,
        "Webster's three terms: 16.96 s, within 10 % (its third term is a fit; a car leaves half a headway, 0.7 s, "
        "before the fluid that stands for it)",
        random_delay,
    ),
    _case(
        "random-each",
        "the same cars, each against a queue that serves one headway at a time in green",
        0.0,
        0.01,
        "the same delay, within 0.01 s (departures are whole microseconds)",
        random_delay_each,
        "the queue's recursion (Lindley 1952)",
    ),
    _case(
        "oversaturated",
        "even arrivals of 0.4 vehicles/s, more than passes: growth of the queue in 600 s",
        21.82 * 0.98,
        21.82 * 1.02,
        "(0.4 - 0.36364) 600 = 21.8 vehicles, within 2 %",
        oversaturation,
        "demand less capacity",
    ),
    _case(
        "red-for-all",
        "0.3 vehicles/s, red for all for 300 s, then 30 s of 60 s again: the queue has gone",
        1414.0 * 0.99,
        1414.0 * 1.01,
        "90 / (0.36364 - 0.3) = 1414 s later, within 1 %",
        red_for_all,
        "demand less capacity",
    ),
    _case(
        "cycle",
        "Webster's cycle for 8 s lost and a load of 0.7",
        56.6,
        56.75,
        "(1.5 L + 5) / (1 - Y) = 56.7 s",
        formula_cycle,
    ),
    _case(
        "best-cycle",
        "that cycle against cycles of 35 to 120 s, random arrivals: delay above the least",
        0.0,
        10.0,
        "at most 10 % (Webster: little is lost within 0.75 to 1.5 times the best cycle)",
        best_cycle,
    ),
)
