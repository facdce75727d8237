"""When people who walk to a place stop: at their spot, or where the crowd lets them go no farther."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.world.world import World

CLOSE_M = 0.3
PROGRESS_M = 0.05
PATIENCE_S = 5.0
"""Whoever has come no nearer to the spot by `PROGRESS_M` for this long stops: others stand there, or a wall is
between. Speed would not tell, for people who are pushed about keep moving."""


def update_in_goal(people: Table, world: World, rows: npt.NDArray[np.int32]) -> None:
    """Note who is inside the gathering area they walk to."""
    arriving = rows[(people.is_walking[rows] == 1) & (people.is_leaving[rows] == 0)]
    if not len(arriving):
        return
    ground = world.ground
    row = ((people.y[arriving] - ground.y0) / ground.cell).astype(np.intp)
    column = ((people.x[arriving] - ground.x0) / ground.cell).astype(np.intp)
    people.is_in_goal[arriving] = world.goals.in_area[people.goal[arriving], row, column]


def settle(people: Table, rows: npt.NDArray[np.int32], step_s: float) -> None:
    """Stop those who have reached their spot or have got no farther inside the area for a while."""
    there = rows[
        (people.is_in_goal[rows] == 1) & (people.is_walking[rows] == 1) & (people.is_leaving[rows] == 0)
    ]
    if not len(there):
        return
    left = np.hypot(people.spot_x[there] - people.x[there], people.spot_y[there] - people.y[there])
    is_nearer = left < people.nearest_m[there] - PROGRESS_M
    people.nearest_m[there[is_nearer]] = left[is_nearer]
    people.blocked_s[there] = np.where(is_nearer, 0.0, people.blocked_s[there] + step_s)
    done = there[(left < CLOSE_M) | (people.blocked_s[there] >= PATIENCE_S)]
    people.is_walking[done] = 0
    people.goal[done] = -1
    people.is_in_goal[done] = 0
    people.blocked_s[done] = 0.0
