"""Laws: order in lanes, curves that only rise, the same result for any threads and after a restart."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from impetus_sim.kernels.compile import set_threads
from impetus_sim.traffic.kernels.records import NONE
from impetus_sim.traffic.road import capacity_of
from impetus_sim.traffic.system import TrafficSystem
from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.traffic.city import (
    build_city,
    build_grid,
    random_traffic,
    signal_every_junction,
)
from impetus_sim.verification.traffic.setup import S, Stretch, build_routed, traffic_case

_UNTIL_S = 1800
_GRID_CAPACITY = float(capacity_of(np.array(13.89)))
"""Of a lane at 13.89 m/s: 0.64937 vehicles/s."""


def _jam() -> TrafficSystem:
    links = build_grid(6)
    return random_traffic(links, 4000, 1200.0, plans=signal_every_junction(links))


def keep_order(effort: Effort) -> Measured:
    """Look at every lane every 10 s: who left was first, curves never fall, no lane is over-full."""
    del effort
    breaches, n_looks = 0, 0
    for traffic in (_jam(), random_traffic(build_city(8, seed=2), 4000, 1200.0)):
        lanes = _lanes(traffic)
        entered, left = traffic.road.n_entered.copy(), traffic.road.n_left.copy()
        for time_s in range(10, _UNTIL_S, 10):
            traffic.advance(time_s * S)
            traffic.require_conserved()
            now = _lanes(traffic)
            breaches += sum(not _is_in_order(lanes.get(k, []), rows) for k, rows in now.items())
            breaches += int((traffic.road.n_entered < entered).sum() + (traffic.road.n_left < left).sum())
            breaches += int((traffic.road.n_left > traffic.road.n_entered).sum())
            n_looks += len(now)
            lanes, entered, left = now, traffic.road.n_entered.copy(), traffic.road.n_left.copy()
    return Measured(value=float(breaches), text=f"{breaches} breaches in {n_looks} looks at a lane")


def _lanes(traffic: TrafficSystem) -> dict[int, list[tuple[int, int]]]:
    # Vehicles of each lane that has any, with the time at which they entered, from its head on.
    queues, behind, entered = traffic.road.queues, traffic.vehicles["behind"], traffic.vehicles["entered_us"]
    lanes = {}
    for k in np.flatnonzero((queues["is_source"] == 0) & (queues["head"] != NONE)):
        rows, row = [], int(queues["head"][k])
        while row != NONE:
            rows.append((row, int(entered[row])))
            row = int(behind[row])
        lanes[int(k)] = rows
    return lanes


def _is_in_order(before: list[tuple[int, int]], now: list[tuple[int, int]]) -> bool:
    # Who is still there of those before stands first, in the same order, and only the foremost have left.
    stayed = [row for row in before if row in set(now)]
    return now[: len(stayed)] == stayed and before[len(before) - len(stayed) :] == stayed


def same_for_threads(effort: Effort) -> Measured:
    """Compare all state after half an hour of jam with one and two threads."""
    del effort
    states = []
    for n in (1, 2):
        set_threads(n)
        try:
            traffic = _jam()
            traffic.advance(_UNTIL_S * S)
        finally:
            set_threads(1)
        states.append(traffic)
    n_differ, n = _differences(*states)
    return Measured(value=float(n_differ), text=f"{n_differ} of {n} columns differ")


def same_after_restart(effort: Effort) -> Measured:
    """Compare all state of a run that never stopped with one restored in mid-jam."""
    del effort
    whole, branch = _jam(), _jam()
    whole.advance(700 * S)
    saved = {table.name: {name: col.copy() for name, col in table.columns.items()} for table in whole.state}
    for table in branch.state:
        table.load(saved[table.name])
    branch.refresh()
    whole.advance(_UNTIL_S * S)
    branch.advance(_UNTIL_S * S)
    n_differ, n = _differences(whole, branch)
    return Measured(value=float(n_differ), text=f"{n_differ} of {n} columns differ")


def _differences(one: TrafficSystem, other: TrafficSystem) -> tuple[int, int]:
    pairs = [
        (column, theirs.columns[name])
        for ours, theirs in zip(one.state, other.state, strict=True)
        for name, column in ours.columns.items()
    ]
    return sum(not np.array_equal(a, b) for a, b in pairs), len(pairs)


def bound_of_network(effort: Effort) -> Measured:
    """Load a uniform signalled grid more and more: the largest mean flow of its links over 5 min, over capacity."""
    del effort
    links = build_grid(8)
    best, words = 0.0, []
    for n in (1000, 3000, 6000, 12000):
        traffic = random_traffic(links, n, 1800.0, plans=signal_every_junction(links))
        flows, before = [], 0
        for time_s in range(300, 3601, 300):
            traffic.advance(time_s * S)
            left = int(traffic.road.n_left.sum())
            flows.append((left - before) / 300.0 / links.n_links)
            before = left
        best = max(best, max(flows) / _GRID_CAPACITY)
        words.append(f"{max(flows) / _GRID_CAPACITY:.3f} with {n}")
    return Measured(value=best, text=f"{', '.join(words)} vehicles in half an hour")


def clear_an_area(effort: Effort) -> Measured:
    """Let 10 000 cars leave by four lanes at once: time until the last is out, over the bound."""
    del effort
    return _clearance(4)


def clear_with_contraflow(effort: Effort) -> Measured:
    """The same by eight lanes, as with all lanes turned outwards."""
    del effort
    return _clearance(8)


def _clearance(n_lanes: int) -> Measured:
    n, speed_m_s, length_m = 10_000, 13.89, 1000.0
    traffic = build_routed(
        [Stretch(ends=(0, 1), length_m=length_m, speed_m_s=speed_m_s, n_lanes=n_lanes)], [[0]], [np.zeros(n)]
    )
    traffic.advance(10_000 * S)
    last_s = float(traffic.vehicles["left_us"].max()) / S
    bound_s = length_m / speed_m_s + (n / n_lanes - 1) / _GRID_CAPACITY
    return Measured(value=last_s / bound_s, text=f"{last_s:.1f} s, bound {bound_s:.1f} s")


def _law(
    id: str,
    title: str,
    high: float,
    expected: str,
    run: Callable[[Effort], Measured],
    *,
    low: float = 0.0,
    source: str = "law",
) -> Case:
    return traffic_case(id, "laws", title, low, high, expected, run, source=source)


CASES = (
    _law(
        "order",
        "a jammed grid and a city: first in first out in each lane, curves rise, density at most kj",
        0.0,
        "no breach, no vehicle lost",
        keep_order,
    ),
    _law(
        "threads",
        "4000 vehicles on a jammed grid: one and two threads",
        0.0,
        "all state equal",
        same_for_threads,
    ),
    _law("restart", "the same jam, restored from its tables", 0.0, "all state equal", same_after_restart),
    _law(
        "mfd",
        "grid with half of the time green: largest mean flow of its links over their capacity",
        0.5,
        "at most 0.5, and above 0.2",
        bound_of_network,
        low=0.2,
        source="Daganzo and Geroliminis (2008), cuts",
    ),
    _law(
        "clearance",
        "10 000 cars out by four lanes of 0.64935 vehicles/s",
        1.001,
        "free time + 3850 s, not below and within 0.1 %",
        clear_an_area,
        low=1.0 - 1e-6,
        source="cut bound",
    ),
    _law(
        "clearance-8",
        "10 000 cars out by eight lanes",
        1.001,
        "free time + 1925 s, not below and within 0.1 %",
        clear_with_contraflow,
        low=1.0 - 1e-6,
        source="cut bound",
    ),
)
