"""Free flow, and points of the fundamental diagram."""

from __future__ import annotations

import numpy as np

from impetus_sim.traffic.positions import offsets_m
from impetus_sim.traffic.system import TrafficSystem
from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.traffic.setup import (
    CAPACITY,
    JAM_PER_M,
    MODEL,
    SPEED_M_S,
    WAVE_M_S,
    S,
    Stretch,
    build_routed,
    evenly,
    follow,
    relative,
    trip_times_s,
)

_NEWELL = "Newell (2002), triangular diagram: u = 20 m/s, w = 7.5 m/s, 133.3 vehicles/km"
_RING_M, _RING_LINKS = 2100.0, 4
"""Links of 525 m hold 70 cars. A lane holds whole cars: with 500 m (66.67 cars) each would hold 66."""


def drive_freely(effort: Effort) -> Measured:
    """Drive 1000 m at 20 m/s at flows up to just below capacity: the largest deviation from 50 s."""
    del effort
    worst = 0.0
    for flow in (0.1, 0.4, 0.7, 0.727):
        traffic = build_routed([Stretch(ends=(0, 1))], [[0]], [evenly(flow, 1200.0)])
        traffic.advance(1400 * S)
        worst = max(worst, float(np.abs(trip_times_s(traffic) - 50.0).max()))
    return Measured(
        value=worst, text=f"at most {worst * 1e6:.0f} microseconds off 50 s, 0.1 to 0.727 vehicles/s"
    )


def circulate(effort: Effort) -> Measured:
    """Let vehicles drive round a ring at densities from free flow to jam; the flow against the triangle."""
    del effort
    worst, words = 0.0, []
    for wanted in (0.01, 0.03, 0.05, 0.08, 0.11, 0.125):
        n = round(wanted * _RING_M)
        density = n / _RING_M
        flow = _flow_on_ring(n)
        exact = min(SPEED_M_S * density, WAVE_M_S * (JAM_PER_M - density))
        worst = max(worst, relative(flow, exact))
        words.append(f"{flow:.4f} ({exact:.4f}) at {density * 1000:.0f}/km")
    return Measured(value=worst, text=f"at most {worst:.2f} % off; vehicles/s (exact): {', '.join(words)}")


def _flow_on_ring(n: int) -> float:
    # Vehicles are spread over the links of a ring; after a run-in they are counted at one place for an hour.
    stretches = [
        Stretch(ends=(k, (k + 1) % _RING_LINKS), length_m=_RING_M / _RING_LINKS) for k in range(_RING_LINKS)
    ]
    routes = [[(k + lap) % _RING_LINKS for lap in range(400)] for k in range(_RING_LINKS)]
    share = [np.zeros(len(range(k, n, _RING_LINKS))) for k in range(_RING_LINKS)]
    traffic = build_routed(stretches, routes, share)
    traffic.advance(1800 * S)
    before = int(traffic.road.n_left.sum())
    traffic.advance(5400 * S)
    return float(int(traffic.road.n_left.sum()) - before) / _RING_LINKS / 3600.0


def queue_behind_exit(effort: Effort) -> Measured:
    """Let a queue form behind an exit of 0.4 vehicles/s; its density from places, against 0.08 vehicles/m."""
    del effort
    traffic = _queue()
    traffic.advance(800 * S)
    counts = []
    for time_s in range(800, 900):
        traffic.advance(time_s * S)
        place = offsets_m(traffic)
        on_first = traffic.road.queues["link"][traffic.vehicles["queue"]] == 0
        counts.append(int((on_first & (place > 1500.0)).sum()))
    density = float(np.mean(counts)) / 1500.0
    return Measured(value=density, text=f"{density:.5f} vehicles/m over 1500 m")


def speed_behind_exit(effort: Effort) -> Measured:
    """Take the mean speed in that queue from how far its vehicles come in 100 s, against 5 m/s."""
    del effort
    traffic = _queue()
    traffic.advance(800 * S)
    before = offsets_m(traffic)
    on_first = traffic.road.queues["link"][traffic.vehicles["queue"]] == 0
    rows = np.flatnonzero(on_first & (before > 1000.0) & (before < 2400.0))
    traffic.advance(900 * S)
    speed = float(np.mean(offsets_m(traffic)[rows] - before[rows])) / 100.0
    return Measured(value=speed, text=f"{speed:.3f} m/s, {len(rows)} vehicles")


def _queue() -> TrafficSystem:
    return build_routed(
        [Stretch(ends=(0, 1), length_m=3000.0), Stretch(ends=(1, 2), length_m=100.0, speed_m_s=5.0)],
        [[0, 1]],
        [evenly(0.6, 1000.0)],
    )


def reach_capacity(effort: Effort) -> Measured:
    """Offer a road more than it can take; what passes, against its capacity."""
    del effort
    traffic = build_routed([Stretch(ends=(0, 1))], [[0]], [evenly(1.2, 2000.0)])
    flow = follow(traffic, 1600.0, step_s=100.0).flow(0, 100.0, 1600.0)
    return Measured(value=flow, text=f"{flow:.5f} vehicles/s, {flow * 3600:.0f} per hour")


CASES = (
    Case(
        id="traffic-free-flow",
        standard="kinematic wave, free flow",
        title="1000 m at 20 m/s at flows of 0.1 to 0.727 vehicles/s (capacity 0.72727)",
        source=_NEWELL,
        low=0.0,
        high=0.1,
        expected="50.0 s, each within 0.1 s (0.2 %)",
        run=drive_freely,
        default_model=MODEL,
    ),
    Case(
        id="traffic-capacity",
        standard="kinematic wave, fundamental diagram",
        title="a lane that is offered 1.2 vehicles/s",
        source=_NEWELL,
        low=CAPACITY * 0.998,
        high=CAPACITY * 1.002,
        expected="u w kj / (u + w) = 0.72727 vehicles/s, within 0.2 %",
        run=reach_capacity,
        default_model=MODEL,
    ),
    Case(
        id="traffic-ring",
        standard="kinematic wave, fundamental diagram",
        title="a ring of four links of 525 m at six densities: flow",
        source=_NEWELL,
        low=0.0,
        high=1.0,
        expected="on the triangle min(u k, w (kj - k)), within 1 %",
        run=circulate,
        default_model=MODEL,
    ),
    Case(
        id="traffic-queue-density",
        standard="kinematic wave, fundamental diagram",
        title="density in a queue behind an exit of 0.4 vehicles/s",
        source=_NEWELL,
        low=0.0792,
        high=0.0808,
        expected="kj - q / w = 0.08 vehicles/m, within 1 %",
        run=queue_behind_exit,
        default_model=MODEL,
    ),
    Case(
        id="traffic-queue-speed",
        standard="kinematic wave, fundamental diagram",
        title="speed in a queue behind an exit of 0.4 vehicles/s",
        source=_NEWELL,
        low=4.95,
        high=5.05,
        expected="q / k = 5.0 m/s, within 1 %",
        run=speed_behind_exit,
        default_model=MODEL,
    ),
)
