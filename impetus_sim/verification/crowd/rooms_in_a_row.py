"""Jams before gaps: RiMEA test 12 a to c, IMO test 11."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely import LineString, box

from impetus_sim.maps.plan import NamedShape, build_plan
from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.crowd.setup import WALKER, build, middle_flow, run_to_end

if TYPE_CHECKING:
    from impetus_sim.engine.simulation import Simulation

SIDE_M = 10.0
GAP_M = 1.0
WALL_M = 0.2
N_PEOPLE = 150
SEEDS = (1, 2, 3)
GOALS_M = (0.0, 5.0, 10.0)
"""Distance of the goal behind the gap."""
DURATION_S = 400.0


def row_of_rooms(gaps: tuple[float, ...], *, goal_m: float | None = None) -> Any:
    """Return rooms of 10 x 10 m in a row along x, joined by gaps 1 m wide.

    Parameters
    ----------
    gaps
        Length of each gap, m.
    goal_m
        The goal is the whole cross-section this far behind the last gap; None: the far wall.
    """
    parts, x, middle = [], 0.0, SIDE_M / 2.0
    for gap in gaps:
        parts.append(box(x, 0.0, x + SIDE_M, SIDE_M))
        x += SIDE_M
        parts.append(box(x, middle - GAP_M / 2.0, x + gap, middle + GAP_M / 2.0))
        x += gap
    depth = SIDE_M if goal_m is None else goal_m
    if depth > 0.0:
        parts.append(box(x, 0.0, x + depth, SIDE_M))
        line = LineString([(x + depth, 0.0), (x + depth, SIDE_M)])
    else:
        line = LineString([(x, middle - GAP_M / 2.0), (x, middle + GAP_M / 2.0)])
    ground = shapely.union_all(parts)
    places = [
        NamedShape(name="out", kind="exit", shape=line),
        NamedShape(name="first", kind="area", shape=box(0.0, 0.0, SIDE_M, SIDE_M)),
    ]
    return build_plan(name="rooms", ground=ground, places=places)


@cache
def mean_time(model: str, gap_m: float, goal_m: float | None) -> float:
    """Return the mean time in s from the first to the last of 150 persons through a gap, over the seeds."""
    spans = []
    for seed in SEEDS:
        simulation = build(
            {"kind": "room"},
            {WALKER: {"count": N_PEOPLE, "at": "first"}},
            model=model,
            duration_s=DURATION_S,
            seed=seed,
            city=row_of_rooms((gap_m,), goal_m=goal_m),
            crowd={"door_capacity": 100.0},  # the gap is under test; the limit of exits would add to goal 0
        )
        times = run_to_end(simulation)
        spans.append(float(times[-1]) if len(times) == N_PEOPLE else np.inf)
    return float(np.mean(spans))


def farther_goal(effort: Effort) -> Measured:
    """Return the least change of the emptying time as the goal moves away behind the gap, s."""
    times = [mean_time(effort.model, WALL_M, goal) for goal in GOALS_M]
    words = ", ".join(f"{time:.1f} s at {goal:g} m" for goal, time in zip(GOALS_M, times, strict=True))
    return Measured(value=_least(np.diff(times)), text=words)


def longer_gap(effort: Effort) -> Measured:
    """Return how much longer it takes through a gap of 5 m than through one of 0.2 m, s."""
    short, long = mean_time(effort.model, WALL_M, 10.0), mean_time(effort.model, 5.0, 10.0)
    return Measured(
        value=_least([long - short]), text=f"{short:.1f} s through 0.2 m, {long:.1f} s through 5 m"
    )


def _least(values: Any) -> float:
    least = float(np.min(values))
    return least if np.isfinite(least) else -np.inf


@cache
def two_gaps(model: str) -> tuple[float, float, float, float]:
    """Return flow through the first and second of two equal gaps, 1/s, and the mean density before each."""
    simulation = build(
        {"kind": "room"},
        {WALKER: {"count": N_PEOPLE, "at": "first"}},
        model=model,
        duration_s=DURATION_S,
        city=row_of_rooms((WALL_M, WALL_M)),
    )
    people, world = simulation.crowd.people, simulation.world
    lines = (SIDE_M + WALL_M / 2.0, 2.0 * SIDE_M + 1.5 * WALL_M)
    passed = np.full((2, N_PEOPLE), np.inf)
    before: tuple[list[int], list[int]] = ([], [])

    def note(running: Simulation) -> None:
        rows = running.crowd.inside
        for k, line in enumerate(lines):
            over = rows[(people.x[rows] >= line) & np.isinf(passed[k, rows])]
            passed[k, over] = running.time_s
            if running.tick % world.ticks(1.0) == 0:
                near = (people.x[rows] > line - 1.6) & (people.x[rows] < line - 0.1)
                near &= np.abs(people.y[rows] - SIDE_M / 2.0) < 1.0
                before[k].append(int(near.sum()))

    simulation.run_until(DURATION_S, after_tick=note)
    gone = people.left_tick >= 0
    passed[:, gone] = np.where(
        np.isinf(passed[:, gone]), people.left_tick[gone] * world.seconds(1), passed[:, gone]
    )
    flows = [middle_flow(np.sort(row[np.isfinite(row)])) for row in passed]
    first, last = int(np.sort(passed[0])[30]), int(min(np.sort(passed[0])[110], len(before[0]) - 1))
    jams = [float(np.mean(counts[first:last])) / 3.0 for counts in before]
    return flows[0], flows[1], jams[0], jams[1]


def first_gap_holds(effort: Effort) -> Measured:
    """Return how much more flows through the first gap than through the second, 1/s."""
    first, second, _, _ = two_gaps(effort.model)
    return Measured(value=first - second, text=f"{first:.2f} /s then {second:.2f} /s")


def one_jam(effort: Effort) -> Measured:
    """Return the density before the second gap over that before the first."""
    _, _, first, second = two_gaps(effort.model)
    return Measured(
        value=second / first, text=f"{first:.2f} /m2 before the first, {second:.2f} before the second"
    )


CASES = (
    Case(
        id="rimea-12a",
        standard="RiMEA 4.1.1, test 12 a",
        title="150 persons through a gap 1 m wide: the goal moves away behind it",
        source="RiMEA 4.1.1 (2022); mean of 3 seeds; no limit at the goal itself",
        low=-1.0,
        high=60.0,
        expected="time does not fall with the distance of the goal",
        run=farther_goal,
    ),
    Case(
        id="rimea-12b",
        standard="RiMEA 4.1.1, test 12 b",
        title="150 persons: a gap 5 m long against one of 0.2 m",
        source="RiMEA 4.1.1 (2022); mean of 3 seeds",
        low=0.0,
        high=120.0,
        expected="the longer gap takes longer",
        run=longer_gap,
    ),
    Case(
        id="rimea-12c",
        standard="RiMEA 4.1.1, test 12 c",
        title="two equal gaps in a row: the second is never the narrower",
        source="RiMEA 4.1.1 (2022)",
        low=-0.05,
        high=1.0,
        expected="flow of the first not below that of the second by more than 0.05 /s",
        run=first_gap_holds,
    ),
    Case(
        id="rimea-12c-jam",
        standard="RiMEA 4.1.1, test 12 c",
        title="two equal gaps in a row: people queue before the first only",
        source="RiMEA 4.1.1 (2022); density in 1.5 x 2 m before each gap",
        low=0.0,
        high=0.6,
        expected="before the second at most 60 % of the density before the first",
        run=one_jam,
    ),
)
