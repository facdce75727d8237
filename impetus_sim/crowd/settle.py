"""When people who walk to a place stop: at their spot, or where the crowd lets them go no farther."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.crowd.kernels.rows import note_arrivals, settle_people
from impetus_sim.world.world import World

CLOSE_M = 0.3
PROGRESS_M = 0.05
PATIENCE_S = 5.0
"""Whoever has come no nearer to the spot by `PROGRESS_M` for this long stops: others stand there, or a wall is
between. Speed would not tell, for people who are pushed about keep moving."""


def update_in_goal(people: Table, world: World, rows: npt.NDArray[np.int32]) -> None:
    """Note who is inside the gathering area they walk to."""
    ground, goals = world.ground, world.goals
    note_arrivals(
        rows, len(rows), people.x, people.y, people.goal, people.is_walking, people.is_leaving, goals.in_area,
        ground.x0, ground.y0, ground.cell, people.is_in_goal,
    )  # fmt: skip


def settle(people: Table, rows: npt.NDArray[np.int32], step_s: float) -> None:
    """Stop those who have reached their spot or have got no farther inside the area for a while."""
    settle_people(
        rows, len(rows), step_s, CLOSE_M, PROGRESS_M, PATIENCE_S, people.x, people.y, people.spot_x,
        people.spot_y, people.is_leaving, people.is_walking, people.is_in_goal, people.goal, people.nearest_m,
        people.blocked_s,
    )  # fmt: skip
