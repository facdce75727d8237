"""A ring that locks: it stands for good, is found, and moves again when one car is taken out."""

from __future__ import annotations

import numpy as np

from impetus_sim.traffic.gridlock import find_gridlocks
from impetus_sim.traffic.system import TrafficSystem
from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.traffic.setup import MODEL, S, Stretch, build_routed

_LINKS, _LENGTH_M = 4, 150.0
_PER_LINK = 20


def locked_ring() -> TrafficSystem:
    """Return a one-way ring of four links, each full of cars that all want to go on round it."""
    stretches = [Stretch(ends=(k, (k + 1) % _LINKS), length_m=_LENGTH_M) for k in range(_LINKS)]
    routes = [[(k + step) % _LINKS for step in range(8 * _LINKS)] for k in range(_LINKS)]
    traffic = build_routed(stretches, routes, [np.zeros(_PER_LINK)] * _LINKS)
    traffic.advance(200 * S)
    return traffic


def stand_still(effort: Effort) -> Measured:
    """Count who passes from link to link within two hours, every vehicle accounted for all the time."""
    del effort
    traffic = locked_ring()
    before = int(traffic.road.n_left.sum())
    for minute in range(5, 125):
        traffic.advance(minute * 60 * S)
        traffic.require_conserved()
    passed = int(traffic.road.n_left.sum()) - before
    return Measured(
        value=float(passed), text=f"{passed} of {traffic.counts()['on_links']} cars passed in two hours"
    )


def find_it(effort: Effort) -> Measured:
    """Count the vehicles in the circle that is reported."""
    del effort
    found = find_gridlocks(locked_ring())
    n = sum(len(lock.vehicles) for lock in found)
    links = ", ".join(str(lock.links.tolist()) for lock in found)
    return Measured(value=float(n), text=f"{len(found)} circle(s), links {links}, {n} vehicles")


def take_one_out(effort: Effort) -> Measured:
    """Take out one car in the middle of a link: the share of the others that pass in the next ten minutes."""
    del effort
    traffic = locked_ring()
    queue = traffic.road.queues["link"][traffic.vehicles["queue"]]
    traffic.remove_vehicles(np.flatnonzero(queue == 0)[9:10])
    before = int(traffic.road.n_left.sum())
    traffic.advance(800 * S)
    traffic.require_conserved()
    passed = int(traffic.road.n_left.sum()) - before
    counts = traffic.counts()
    total = sum(counts.values())
    # one place free on a ring of 600 m: it goes round at the speed of the wave
    exact = 600.0 * 7.5 / (_LINKS * _LENGTH_M) * _LINKS
    return Measured(
        value=passed / exact,
        text=f"{passed} cars passed an end of a link in 600 s (exact {exact:.0f}), {counts['abandoned']} taken "
        f"out, {total} in all",
    )


CASES = (
    Case(
        id="traffic-gridlock",
        standard="kinematic wave, gridlock",
        title="a one-way ring of four full links, patience 0: cars that pass in two hours",
        source="every place is waited for by somebody who holds one",
        low=0.0,
        high=0.0,
        expected="exactly 0",
        run=stand_still,
        default_model=MODEL,
    ),
    Case(
        id="traffic-gridlock-found",
        standard="kinematic wave, gridlock",
        title="that ring: vehicles in the circle that is reported",
        source="a circle of full links that wait for each other",
        low=float(_LINKS * _PER_LINK),
        high=float(_LINKS * _PER_LINK),
        expected=f"one circle of {_LINKS} links with {_LINKS * _PER_LINK} vehicles",
        run=find_it,
        default_model=MODEL,
    ),
    Case(
        id="traffic-gridlock-opened",
        standard="kinematic wave, gridlock",
        title="one car is taken out of the ring: passages in 600 s",
        source="one free place goes round with the wave at 7.5 m/s (Newell 2002)",
        low=0.95,
        high=1.05,
        expected="7.5 rounds of 4 passages, within 5 % (one passage is 3 %)",
        run=take_one_out,
        default_model=MODEL,
    ),
)
