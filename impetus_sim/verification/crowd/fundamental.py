"""Speed against density in a wide corridor: RiMEA test 4; never above the free speed: ISO test 13.

The corridor is closed to a ring, as the guideline allows, so that its density stays: 6 m wide, 10 m radius at the
middle. Measured as the guideline says: three areas of 2 x 2 m, the first 10 s left out.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.crowd.circulate import CENTRE_M, build_ring
from impetus_sim.verification.crowd.setup import WALKER, build

if TYPE_CHECKING:
    from impetus_sim.engine.simulation import Simulation

INNER_M, OUTER_M = 7.0, 13.0
DENSITIES = (0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0)
RUN_IN_S, MEASURED_S = 10.0, 20.0
MEASURE_EVERY_S = 1.0
BAND = 0.15
"""Around Weidmann (1993): the scatter of handbooks' speeds at equal density."""
CORRIDOR_COUNTS = (60, 120, 180, 240)


def weidmann(density: float) -> float:
    """Return Weidmann's speed in m/s at a density in persons per m2."""
    return 1.34 * (1.0 - float(np.exp(-1.913 * (1.0 / density - 1.0 / 5.4))))


@cache
def measure_speeds(model: str) -> tuple[tuple[float, float], ...]:
    """Return measured density and mean speed for each of `DENSITIES`."""
    return tuple(_steady(model, density) for density in DENSITIES)


def _steady(model: str, density: float) -> tuple[float, float]:
    area = np.pi * (OUTER_M**2 - INNER_M**2)
    simulation = build_ring(
        INNER_M, OUTER_M, round(density * area), model=model, duration_s=RUN_IN_S + MEASURED_S
    )
    people = simulation.crowd.people
    middle = 0.5 * (INNER_M + OUTER_M)
    counts: list[int] = []
    paces: list[npt.NDArray[np.float64]] = []
    x, y = people.x.copy(), people.y.copy()
    every = simulation.world.ticks(MEASURE_EVERY_S)

    def note(running: Simulation) -> None:
        nonlocal x, y
        if running.tick % every:
            return
        if running.time_s > RUN_IN_S:
            pace = np.hypot(people.x - x, people.y - y) / MEASURE_EVERY_S
            for turn in (0.0, 2.0, 4.0):
                cx, cy = CENTRE_M + middle * np.cos(turn), CENTRE_M + middle * np.sin(turn)
                here = (np.abs(people.x - cx) <= 1.0) & (np.abs(people.y - cy) <= 1.0)
                counts.append(int(here.sum()))
                paces.append(pace[here])
        x, y = people.x.copy(), people.y.copy()

    simulation.run_until(RUN_IN_S + MEASURED_S, after_tick=note)
    return float(np.mean(counts)) / 4.0, float(np.concatenate(paces).mean())


def _words(model: str) -> str:
    return ", ".join(f"{speed:.2f} at {density:.2f}" for density, speed in measure_speeds(model))


def speed_falls(effort: Effort) -> Measured:
    """Return the least fall of the speed from one density to the next, m/s."""
    speeds = [speed for _, speed in measure_speeds(effort.model)]
    return Measured(
        value=float(-np.diff(speeds).max()), text=f"m/s at persons per m2: {_words(effort.model)}"
    )


def near_weidmann(effort: Effort, *, density: float) -> Measured:
    """Return the speed over Weidmann's at the measured density."""
    found, speed = measure_speeds(effort.model)[DENSITIES.index(density)]
    expected = weidmann(found)
    return Measured(
        value=speed / expected, text=f"{speed:.2f} m/s at {found:.2f} /m2, Weidmann {expected:.2f} m/s"
    )


def never_above_free(effort: Effort) -> Measured:
    """Return the greatest excess of anybody's speed over the free speed of 1.0 m/s, over four crowds."""
    found = [_fastest_and_mean(effort.model, count) for count in CORRIDOR_COUNTS]
    worst = max(fastest for fastest, _ in found) - 1.0
    means = ", ".join(
        f"{mean:.2f} m/s with {count}" for (_, mean), count in zip(found, CORRIDOR_COUNTS, strict=True)
    )
    return Measured(value=worst, text=f"at most {worst:+.3f} m/s; mean {means}")


def _fastest_and_mean(model: str, count: int) -> tuple[float, float]:
    simulation = build(
        {"kind": "corridor", "length": 40.0, "width": 4.0},
        {WALKER: {"count": count, "at": {"box": [0.0, 0.0, 30.0, 4.0]}, "exits": ["east"]}},
        model=model,
        profile={"desired_speed": 1.0},
        duration_s=20.0,
    )
    people, step_s = simulation.crowd.people, simulation.crowd.step_s
    x, y = people.x.copy(), people.y.copy()
    fastest, means = 0.0, []

    def note(running: Simulation) -> None:
        nonlocal fastest
        rows = running.crowd.inside
        pace = np.hypot(people.x[rows] - x[rows], people.y[rows] - y[rows]) / step_s
        x[:], y[:] = people.x, people.y
        if running.time_s > 0.5 * step_s and len(rows):
            fastest = max(fastest, float(pace.max()))
            means.append(float(pace.mean()))

    simulation.run_until(20.0, after_tick=note)
    return fastest, float(np.mean(means))


CASES = (
    Case(
        id="rimea-4",
        standard="RiMEA 4.1.1, test 4",
        title="corridor: speed falls as density rises, 0.5 to 6 persons per m2",
        source="RiMEA 4.1.1 (2022): ring corridor 6 m wide, three 2 x 2 m areas, 10 s run-in",
        low=0.0,
        high=10.0,
        expected="never rising",
        run=speed_falls,
    ),
    *(
        Case(
            id=f"rimea-4-{density:g}",
            standard="RiMEA 4.1.1, test 4",
            title=f"corridor: speed at {density:g} persons per m2 against the fundamental diagram",
            source="Weidmann (1993), ETH IVT 90; band of +-15 %",
            low=1.0 - BAND,
            high=1.0 + BAND,
            expected="within 15 % of Weidmann's speed",
            run=partial(near_weidmann, density=density),
        )
        for density in DENSITIES[:4]
    ),
    Case(
        id="iso-13",
        standard="ISO 20414, test 13",
        title="nobody is faster than their free speed of 1.0 m/s, corridor with 60 to 240 persons",
        source="ISO 20414:2020: free speed + 0.05 m/s",
        low=-1.0,
        high=0.05,
        expected="at most +0.05 m/s, anybody, any step",
        run=never_above_free,
    ),
)
