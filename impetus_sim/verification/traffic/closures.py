"""Roads that close and open again, one at a time and a thousand at random."""

from __future__ import annotations

import numpy as np

from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.traffic.city import build_city, random_traffic
from impetus_sim.verification.traffic.setup import MODEL, S, Stretch, build_routed, evenly, follow

_N_CLOSURES = 1000
_EVENTS_S = 3.0


def close_and_reopen(effort: Effort) -> Measured:
    """Close a link for ten minutes: what it carries meanwhile, and its flow an hour later over that before."""
    del effort
    traffic = build_routed(
        [Stretch(ends=(0, 1)), Stretch(ends=(1, 2)), Stretch(ends=(2, 3))], [[0, 1, 2]], [evenly(0.3, 9000.0)]
    )
    closed = np.array([1])
    before = follow(traffic, 1200.0, step_s=100.0).flow(1, 200.0, 1200.0)
    traffic.close_links(closed)
    entered = int(traffic.road.n_entered[1])
    traffic.advance(1800 * S)
    carried = int(traffic.road.n_entered[1]) - entered
    traffic.open_links(closed)
    traffic.advance(5400 * S)
    left = int(traffic.road.n_left[1])
    traffic.advance(6400 * S)
    after = (int(traffic.road.n_left[1]) - left) / 1000.0
    traffic.require_conserved()
    return Measured(
        value=abs(after / before - 1.0) + carried,
        text=f"{carried} entered while closed; {before:.4f} vehicles/s before, {after:.4f} after",
    )


def close_at_random(
    effort: Effort, *, side: int = 10, n_vehicles: int = 5000, n_closures: int = _N_CLOSURES
) -> Measured:
    """Close and open links at random, several at a time, then open all: vehicles lost or not arrived in the end."""
    del effort
    links = build_city(side, seed=5)
    duration_s = n_closures * _EVENTS_S
    traffic = random_traffic(links, n_vehicles, duration_s)
    generator = np.random.default_rng(7)
    closed: list[int] = []
    carried = 0
    for k in range(n_closures):
        now_s = (k + 1) * _EVENTS_S
        entered = traffic.road.n_entered[closed].sum()
        traffic.advance(round(now_s * S))
        carried += int(traffic.road.n_entered[closed].sum() - entered)
        if len(closed) >= 20:
            traffic.open_links(np.array([closed.pop(0)]))
        link = int(generator.integers(links.n_links))
        if link not in closed:
            traffic.close_links(np.array([link]))
            closed.append(link)
        traffic.require_conserved()
    traffic.open_links(np.array(closed))
    for hour in range(1, 9):
        traffic.advance(round((duration_s + 3600.0 * hour) * S))
        traffic.require_conserved()
        if traffic.is_over:
            break
    counts = traffic.counts()
    missing = n_vehicles - counts["arrived"]
    return Measured(
        value=float(missing + carried),
        text=f"{n_closures} closures, {carried} entered a closed link, {counts['arrived']} of {n_vehicles} arrived",
    )


CASES = (
    Case(
        id="traffic-closure",
        standard="kinematic wave, closures",
        title="0.3 vehicles/s, a link closed for 600 s and opened again",
        source="law: a closed link carries nothing, an open one what comes",
        low=0.0,
        high=0.01,
        expected="0 while closed, afterwards the old flow within 1 %",
        run=close_and_reopen,
        default_model=MODEL,
    ),
    Case(
        id="traffic-closures-random",
        standard="kinematic wave, closures",
        title="1000 random closures in a city of 100 junctions with streets from 4 m, 20 closed at a time",
        source="law: no hang, no vehicle lost, all arrive once everything is open",
        low=0.0,
        high=0.0,
        expected="nobody enters a closed link, nobody missing in the end",
        run=close_at_random,
        default_model=MODEL,
    ),
)
