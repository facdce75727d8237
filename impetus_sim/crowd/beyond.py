"""People just beyond an exit: they have left, but still stand in the way of those who follow.

Without this a bare exit line would swallow people and let through far more of them than a door does (2.3
instead of the 1.2 to 1.9 persons per second and metre that doors are measured at).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.crowd.population import LEFT, ON_LINK


def walk_on_beyond(people: Table, rows: npt.NDArray[np.int32], step_s: float) -> None:
    """Move those of `rows` who have left straight on, at their own speed on free ground."""
    gone = rows[(people.state[rows] == LEFT) | (people.state[rows] == ON_LINK)]
    if len(gone):
        stride = people.desired_speed[gone] * people.speed_factor[gone] * step_s
        people.x[gone] += people.facing_x[gone] * stride
        people.y[gone] += people.facing_y[gone] * stride
