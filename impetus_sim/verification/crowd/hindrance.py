"""Behind somebody slow: NIST 2.10 / ISO 20414 test 7."""

from __future__ import annotations

import numpy as np

from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.crowd.setup import WALKER, build, run_to_end

SLOW_M_S = 0.5
WIDE_M = 0.4
N_BEHIND = 24
WIDTH_M = 1.2


def follow_somebody_slow(effort: Effort) -> Measured:
    """Compare the time of 24 persons behind one who is slower and wider with that of 24 behind an equal."""
    slow, free = _time(effort, SLOW_M_S, WIDE_M), _time(effort, 1.25, 0.2)
    return Measured(value=slow - free, text=f"{slow:.1f} s behind a slow one, {free:.1f} s behind an equal")


def _time(effort: Effort, speed: float, radius: float) -> float:
    simulation = build(
        {"kind": "corridor", "length": 30.0, "width": WIDTH_M},
        {
            WALKER: {"count": N_BEHIND, "at": {"box": [0.0, 0.0, 12.0, WIDTH_M]}, "exits": ["east"]},
            "first": {
                "count": 1,
                "at": {"box": [13.0, 0.0, 15.0, WIDTH_M]},
                "exits": ["east"],
                "profiles": "slow",
            },
        },
        model=effort.model,
        profile={"desired_speed": 1.25},
        profiles={"slow": {"desired_speed": speed, "radius": radius}},
        duration_s=150.0,
    )
    run_to_end(simulation)
    people, roster = simulation.crowd.people, simulation.crowd.roster
    ticks = people.left_tick[people.population == roster.populations.index(WALKER)]
    return float(ticks.max()) * simulation.world.seconds(1) if np.all(ticks >= 0) else np.inf


_CASE = Case(
    id="nist-2.10",
    standard="NIST TN 1822, 2.10",
    title="24 persons behind one slow and wide person in a 1.2 m corridor",
    source="NIST TN 1822 (2013); ISO 20414:2020: slower than the control run",
    low=1.0,
    high=100.0,
    expected="at least 1 s later than behind an equal",
    run=follow_somebody_slow,
)
CASES = (_CASE, _CASE.also("iso-7", "ISO 20414, test 7"))
