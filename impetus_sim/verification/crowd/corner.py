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


STRAIGHT_M, WIDTH_M, N_MANY = 20.0, 4.0, 120
"""Length of the inner walls of each leg; the outer ones are longer by the width."""


def turn_together(effort: Effort) -> Measured:
    """Compare the time of 120 persons around a corner with that in straight corridors as long as its walls.

    Value: the lesser of (corner - inner length) and (outer length - corner), s.
    """
    start = {"box": [0.0, 0.0, 13.0, WIDTH_M]}
    corner = {"kind": "l_corridor", "length": STRAIGHT_M + WIDTH_M, "width": WIDTH_M}
    inner, outer = 2.0 * STRAIGHT_M, 2.0 * (STRAIGHT_M + WIDTH_M)
    plans = {
        "straight": ({"kind": "corridor", "length": inner, "width": WIDTH_M}, "east"),
        "corner": (corner, "north"),
        "detour": ({"kind": "corridor", "length": outer, "width": WIDTH_M}, "east"),
    }
    times = {}
    for name, (plan, way_out) in plans.items():
        found = []
        for seed in (1, 2, 3):
            simulation = build(
                plan,
                {WALKER: {"count": N_MANY, "at": start, "exits": [way_out]}},
                model=effort.model,
                duration_s=200.0,
                seed=seed,
            )
            left = simulation.crowd.people.left_tick
            simulation.run_until(200.0)
            found.append(float(left.max()) * simulation.world.seconds(1) if np.all(left >= 0) else np.inf)
        times[name] = float(np.mean(found))
    rise = np.diff([times["straight"], times["corner"], times["detour"]])
    least = float(rise.min()) if np.all(np.isfinite(rise)) else -np.inf
    return Measured(value=least, text=", ".join(f"{name} {time:.1f} s" for name, time in times.items()))


_CORNER = (
    Case(
        id="rimea-6",
        standard="RiMEA 4.1.1, test 6",
        title="20 persons turn a corner of a 2 m corridor and stay within the walls",
        source="RiMEA 4.1.1 (2022); NIST TN 1822: within 60 s",
        low=0.0,
        high=0.0,
        expected="all out within 60 s, nobody outside by 1 mm",
        run=turn_corner,
    ),
    Case(
        id="rimea-15",
        standard="RiMEA 4.1.1, test 15",
        title="120 persons: a straight corridor, around a corner, and straight as long as the outer wall",
        source="RiMEA 4.1.1 (2022), with 120 persons (at least 100); mean of 3 seeds",
        low=0.0,
        high=60.0,
        expected="the corner takes longer than the straight way, the detour longer than the corner",
        run=turn_together,
    ),
)
CASES = (
    _CORNER[0],
    _CORNER[0].also("imo-6", "IMO MSC.1/Circ.1533, test 6"),
    _CORNER[0].also("nist-2.3", "NIST TN 1822, 2.3"),
    _CORNER[0].also("iso-4", "ISO 20414, test 4"),
    _CORNER[1],
)
