"""Signals: which groups have green, and when that changes.

A signal runs a list of phases. Between two phases all groups have red for the intergreen time of the first. What
follows a phase depends on the control: the next one after a fixed time; the next one with a request once the
present one has no more traffic (actuated); the one with the greatest pressure (max-pressure).

Source of max-pressure: Varaiya (2013), Max pressure control of a network of signalized intersections,
Transportation Research C 36.
"""

from __future__ import annotations

import numpy as np

from impetus_sim.kernels.compile import event_kernel, kernel
from impetus_sim.traffic.kernels.records import NEVER, NONE

FIXED, ACTUATED, MAX_PRESSURE = range(3)
WORKS, DARK, FLASHING, ALL_RED, STUCK = range(5)
"""Faults: no light at all (everybody stops, then goes in turn); amber flashes (the same with more capacity); red
for all; held in the present phase."""

SIGNAL = np.dtype(
    [
        ("switch_us", "i8"),  # when its state is looked at next
        ("since_us", "i8"),  # start of the present phase's green
        ("green", "u4"),  # bit per group
        ("node", "i4"),
        ("first_phase", "i4"),
        ("n_phases", "i4"),
        ("phase", "i4"),  # the present one, or the coming one while clearing
        ("control", "i1"),
        ("fault", "i1"),
        ("is_clearing", "i1"),
        ("spare", "i1"),
    ],
    align=True,
)

PHASE = np.dtype(
    [
        ("least_us", "i8"),  # green at least; the whole green of a fixed plan
        ("most_us", "i8"),  # green at most, where traffic decides
        ("clear_us", "i8"),  # red for all after it
        ("extend_us", "i8"),  # how long one look ahead lasts
        ("green", "u4"),
        ("spare", "i4"),
    ],
    align=True,
)


_EVERY_GROUP = np.uint32(0xFFFFFFFF)


@event_kernel
def green_groups(number, signals):  # type: ignore[no-untyped-def]
    """Return a bit per group that may go: every one without a signal or where it shows nothing to obey."""
    if number == NONE or signals[number].fault == DARK or signals[number].fault == FLASHING:
        return _EVERY_GROUP
    return signals[number].green


@event_kernel
def has_green(group, green):  # type: ignore[no-untyped-def]
    """Return whether a queue of a group may go; queues without a group always may."""
    return group < 0 or (green >> np.uint32(group)) & np.uint32(1) == 1


@event_kernel
def next_switch_us(number, is_waiting, next_us, signals):  # type: ignore[no-untyped-def]
    """Return when a signal's junction must look at it again: while somebody waits, or traffic decides on it."""
    if number == NONE or signals[number].fault != WORKS:
        return NEVER
    if is_waiting or (next_us < NEVER and signals[number].control != FIXED):
        return signals[number].switch_us
    return NEVER


@event_kernel
def serve_signal(number, now_us, road, signals, phases, vehicles):  # type: ignore[no-untyped-def]
    """Bring a signal's state up to now."""
    if number == NONE:
        return
    signal = signals[number]
    if signal.fault != 0:
        return
    while signal.switch_us <= now_us:
        at_us = signal.switch_us
        if signal.is_clearing == 1:
            _start(signal, at_us, phases)
            continue
        after = _following(signal, at_us, road, phases, vehicles)
        clear_us = phases[signal.first_phase + signal.phase].clear_us
        if after == signal.phase and signal.control != FIXED:
            signal.switch_us = at_us + max(1, phases[signal.first_phase + after].extend_us)
            continue
        if signal.n_phases == 1 and clear_us == 0:
            signal.switch_us = NEVER
            continue
        signal.phase = after
        if clear_us > 0:
            signal.green = np.uint32(0)
            signal.is_clearing = 1
            signal.switch_us = at_us + clear_us
        else:
            _start(signal, at_us, phases)


@kernel
def serve_signals(now_us, road, signals, phases, vehicles):  # type: ignore[no-untyped-def]
    """Bring the states of all signals up to now; see `serve_signal`."""
    for number in range(len(signals)):
        serve_signal(number, now_us, road, signals, phases, vehicles)


@event_kernel
def _start(signal, at_us, phases):  # type: ignore[no-untyped-def]
    phase = phases[signal.first_phase + signal.phase]
    signal.green = phase.green
    signal.is_clearing = 0
    signal.since_us = at_us
    signal.switch_us = at_us + phase.least_us


@event_kernel
def _following(signal, at_us, road, phases, vehicles):  # type: ignore[no-untyped-def]
    if signal.n_phases == 1:
        return signal.phase
    if signal.control == ACTUATED:
        return _next_requested(signal, at_us, road, phases)
    if signal.control == MAX_PRESSURE:
        return _most_pressed(signal, road, phases, vehicles)
    return (signal.phase + 1) % signal.n_phases


@event_kernel
def _next_requested(signal, at_us, road, phases):  # type: ignore[no-untyped-def]
    # The present phase goes on while somebody reaches the line within one extension, up to its longest green.
    present = phases[signal.first_phase + signal.phase]
    if at_us < signal.since_us + present.most_us and _is_requested(
        present.green, at_us + present.extend_us, signal.node, road
    ):
        return signal.phase
    for step in range(1, signal.n_phases):
        k = (signal.phase + step) % signal.n_phases
        if _is_requested(phases[signal.first_phase + k].green, at_us, signal.node, road):
            return k
    return signal.phase


@event_kernel
def _is_requested(green, by_us, node, road):  # type: ignore[no-untyped-def]
    for k in range(road.first_queue[node], road.first_queue[node + 1]):
        group = road.queues[k].group
        if (
            group >= 0
            and (green >> np.uint32(group)) & np.uint32(1) == 1
            and road.queues[k].ready_us <= by_us
        ):
            return True
    return False


@event_kernel
def _most_pressed(signal, road, phases, vehicles):  # type: ignore[no-untyped-def]
    # Pressure of a phase: over its queues, vehicles waiting here less those on the link that the head wants,
    # per lane. The present phase keeps its green at a tie.
    best, best_pressure = signal.phase, _pressure(signal, signal.phase, road, phases, vehicles)
    for k in range(signal.n_phases):
        pressure = _pressure(signal, k, road, phases, vehicles)
        if pressure > best_pressure:
            best, best_pressure = k, pressure
    return best


@event_kernel
def _pressure(signal, phase, road, phases, vehicles):  # type: ignore[no-untyped-def]
    green = phases[signal.first_phase + phase].green
    total = 0.0
    for k in range(road.first_queue[signal.node], road.first_queue[signal.node + 1]):
        queue = road.queues[k]
        if queue.group < 0 or queue.head == NONE or (green >> np.uint32(queue.group)) & np.uint32(1) == 0:
            continue
        ahead = 0.0
        want = vehicles[queue.head].want
        if want >= 0:
            for lane in range(road.first_lane[want], road.first_lane[want] + road.n_lanes[want]):
                ahead += road.queues[lane].n_inside
            ahead /= road.n_lanes[want]
        total += max(0.0, queue.n_inside - ahead)
    return total
