"""A crowd around a corner: RiMEA test 6, IMO test 6, NIST 2.3 / ISO test 4."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.crowd.setup import WALKER, build

if TYPE_CHECKING:
    from impetus_sim.engine.simulation import Simulation

TOLERANCE_M = 0.001
DURATION_S = 60.0


def turn_corner(effort: Effort) -> Measured:
    """Send 20 persons around a left-hand corner and look at everybody's position after each step."""
    simulation = build(
        {"kind": "l_corridor", "length": 12.0, "width": 2.0},
        {WALKER: {"count": 20, "at": {"box": [0.0, 0.0, 6.0, 2.0]}, "exits": ["north"]}},
        model=effort.model,
        duration_s=DURATION_S,
    )
    allowed = simulation.world.ground.polygon.buffer(TOLERANCE_M)
    shapely.prepare(allowed)
    outside: set[int] = set()

    def look(running: Simulation) -> None:
        rows = running.crowd.inside
        here = shapely.contains_xy(allowed, running.crowd.people.x[rows], running.crowd.people.y[rows])
        outside.update(rows[~here].tolist())

    simulation.run_until(DURATION_S, after_tick=look)
    left = simulation.crowd.people.left_tick
    n_out = int(np.count_nonzero(left >= 0))
    last_s = float(left.max()) * simulation.world.seconds(1)
    return Measured(
        value=float(20 - n_out + len(outside)),
        text=f"{n_out} of 20 out after {last_s:.1f} s, {len(outside)} outside",
    )


CASES = (
    Case(
        id="rimea-6",
        standard="RiMEA 4.1.1, test 6; IMO test 6; ISO 20414, test 4; NIST 2.3",
        title="20 persons turn a corner of a 2 m corridor and stay within the walls",
        source="RiMEA 4.1.1 (2022); NIST TN 1822: within 60 s",
        low=0.0,
        high=0.0,
        expected="all out within 60 s, nobody outside by 1 mm",
        run=turn_corner,
    ),
)
