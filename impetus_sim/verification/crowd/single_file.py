"""One behind the other on a ring: RiMEA test 16.

Experiment: Seyfried, Steffen, Klingsch and Boltes (2005), J. Stat. Mech. P10002, h = 0.36 m + 1.06 s v for speeds
below 1.2 m/s. The band around it is the scatter of repeats with other people: +-0.15 m/s (the 10 and 90 %
marks of the guideline are not in the public files: the fit stands for the curve). The test runs with the
time gap and length of that experiment: people one behind the other keep twice the time gap that they keep in a
wide corridor; what comes out with the design set is printed beside it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.crowd.circulate import CENTRE_M, build_ring

if TYPE_CHECKING:
    from impetus_sim.engine.simulation import Simulation

RADIUS_M = 4.2
HALF_WIDTH_M = 0.3
"""Too narrow to walk side by side; the way round is 26.4 m, as in the experiment."""
LINE_DENSITIES = (0.6, 0.9, 1.2, 1.5, 1.8)
FREE_M_S, SLOW_M_S = 1.24, 0.8
"""Free speed on the ring: of the experiment; and of the slower group of the guideline."""
LAPS = 3.0
GAP_S, LENGTH_M = 1.06, 0.36
"""Of the fit: time gap, and the room that somebody at rest takes."""
BAND_M_S = 0.15


def seyfried(density: float, free: float) -> float:
    """Return the fitted speed in m/s at persons per metre."""
    return float(np.clip((1.0 / density - 0.36) / 1.06, 0.0, free))


@cache
def ring_speed(model: str, density: float, free: float, *, is_fitted: bool = True) -> float:
    """Return the mean angular progress as a speed on the middle line, m/s, over the last half of the run."""
    length = 2.0 * np.pi * RADIUS_M
    count = round(density * length)
    slowest = max(0.15, seyfried(density, free))
    duration = float(np.ceil(min(200.0, LAPS * length / slowest)))
    fitted = {"time_gap": GAP_S, "radius": LENGTH_M / 2.0} if is_fitted else {}
    simulation = build_ring(
        RADIUS_M - HALF_WIDTH_M,
        RADIUS_M + HALF_WIDTH_M,
        count,
        model=model,
        duration_s=duration,
        profile={"desired_speed": {"mean": free, "sd": 0.05 * free}, **fitted},
    )
    people = simulation.crowd.people
    turned = np.zeros(count)
    half = np.zeros(count)
    angle = np.arctan2(people.y - CENTRE_M, people.x - CENTRE_M)

    def note(running: Simulation) -> None:
        nonlocal angle
        now = np.arctan2(people.y - CENTRE_M, people.x - CENTRE_M)
        step = (now - angle + np.pi) % (2.0 * np.pi) - np.pi
        turned[:] += step
        if running.time_s > duration / 2.0:
            half[:] += step
        angle = now

    simulation.run_until(duration, after_tick=note)
    return float(half.mean()) * RADIUS_M / (duration / 2.0)


def follow_the_curve(effort: Effort) -> Measured:
    """Return the share of the curve's points within the band."""
    pairs = [(d, ring_speed(effort.model, d, FREE_M_S), seyfried(d, FREE_M_S)) for d in LINE_DENSITIES]
    inside = np.mean([abs(found - expected) <= BAND_M_S for _, found, expected in pairs])
    words = ", ".join(f"{found:.2f} ({expected:.2f}) at {d:g}" for d, found, expected in pairs)
    usual = ", ".join(
        f"{ring_speed(effort.model, d, FREE_M_S, is_fitted=False):.2f} at {d:g}" for d in LINE_DENSITIES
    )
    text = f"m/s (measured) at persons per m: {words}; with the design set's time gap: {usual}"
    return Measured(value=float(inside), text=text)


def slower_lies_lower(effort: Effort) -> Measured:
    """Return the least difference between the curve of the faster and that of the slower, m/s."""
    pairs = [
        (d, ring_speed(effort.model, d, FREE_M_S), ring_speed(effort.model, d, SLOW_M_S))
        for d in LINE_DENSITIES[:3]
    ]
    words = ", ".join(f"{fast:.2f} and {slow:.2f} at {d:g}" for d, fast, slow in pairs)
    return Measured(value=float(min(fast - slow for _, fast, slow in pairs)), text=f"m/s: {words}")


CASES = (
    Case(
        id="rimea-16",
        standard="RiMEA 4.1.1, test 16",
        title="single file on a ring: speed against line density, time gap 1.06 s and radius 0.18 m as measured",
        source="RiMEA 4.1.1 (2022); Seyfried et al. (2005), J. Stat. Mech. P10002; band +-0.15 m/s",
        low=0.75,
        high=1.0,
        expected="at least 75 % of the curve inside the band",
        run=follow_the_curve,
    ),
    Case(
        id="rimea-16-slow",
        standard="RiMEA 4.1.1, test 16",
        title="single file: people of a lower free speed have the lower curve",
        source="RiMEA 4.1.1 (2022): 1.24 against 0.8 m/s, 0.6 to 1.2 persons per m",
        low=-0.005,
        high=10.0,
        expected="never above",
        run=slower_lies_lower,
    ),
)
