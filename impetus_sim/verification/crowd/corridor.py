"""One person in a corridor: RiMEA test 1, NIST 2.1 / ISO 20414 test 2."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.crowd.setup import WALKER, build, run_to_end

if TYPE_CHECKING:
    from impetus_sim.engine.simulation import Simulation

BODY_M = 0.4


def walk_corridor(effort: Effort) -> Measured:
    """Walk 40 m: 1.33 m/s from the west end, out at the east end."""
    simulation = build(
        {"kind": "corridor", "length": 40.0 + BODY_M, "width": 2.0},
        {WALKER: {"count": 1, "at": {"box": [0.0, 0.5, BODY_M + 0.5, 1.5]}, "exits": ["east"]}},
        model=effort.model,
        profile={"desired_speed": 1.33},
        duration_s=120.0,
    )
    start_x = float(simulation.crowd.people.x[0])
    times = run_to_end(simulation)
    if not len(times):
        return Measured(value=np.inf, text="not out after 120 s")
    time_s = float(times[0]) * 40.0 / (40.0 + BODY_M - start_x)
    return Measured(value=time_s, text=f"{time_s:.2f} s for 40 m")


def keep_speed(effort: Effort) -> Measured:
    """Measure the speed between 10 m and 50 m of a corridor, desired 1.0 m/s."""
    simulation = build(
        {"kind": "corridor", "length": 60.0, "width": 2.0},
        {WALKER: {"count": 1, "at": {"box": [0.0, 0.5, 1.0, 1.5]}, "exits": ["east"]}},
        model=effort.model,
        profile={"desired_speed": 1.0},
        duration_s=120.0,
    )
    passed: list[tuple[float, float]] = []

    def note(running: Simulation) -> None:
        passed.append((running.time_s, float(running.crowd.people.x[0])))

    simulation.run_until(120.0, after_tick=note)
    track = np.array(passed)
    at = np.interp([10.0, 50.0], track[:, 1], track[:, 0])
    speed = 40.0 / float(at[1] - at[0])
    return Measured(value=speed, text=f"{speed:.3f} m/s")


def walk_at_one(effort: Effort) -> Measured:
    """Return the time for 40 m of a free corridor at 1 m/s, body and start left out."""
    speed = keep_speed(effort).value
    return Measured(value=40.0 / speed, text=f"{40.0 / speed:.2f} s")


_CORRIDOR = (
    Case(
        id="rimea-1",
        standard="RiMEA 4.1.1, test 1",
        title="one person walks 40 m of corridor at 1.33 m/s",
        source="RiMEA 4.1.1 (2022): speed +-5 %, 1 s reaction, 0.4 m body",
        low=26.0,
        high=34.0,
        expected="26 to 34 s",
        run=walk_corridor,
    ),
    Case(
        id="iso-2",
        standard="ISO 20414, test 2",
        title="the desired speed of 1.0 m/s is kept over 40 m after a run-in",
        source="ISO 20414:2020; NIST TN 1822 (2013)",
        low=0.95,
        high=1.05,
        expected="1.0 +- 0.05 m/s",
        run=keep_speed,
    ),
)
CASES = (
    _CORRIDOR[0],
    Case(
        id="imo-1",
        standard="IMO MSC.1/Circ.1533, test 1",
        title="one person walks 40 m of corridor at 1 m/s",
        source="IMO MSC.1/Circ.1533",
        low=39.0,
        high=41.0,
        expected="40 s, within 1 s",
        run=walk_at_one,
    ),
    _CORRIDOR[1].also("nist-2.1", "NIST TN 1822, 2.1"),
    _CORRIDOR[1],
)
