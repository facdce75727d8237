"""People who step out of a vehicle on to the ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.crowd.population import INSIDE

if TYPE_CHECKING:
    from impetus_sim.crowd.system import CrowdSystem

RINGS_M = (0.0, 0.8, 1.6, 2.4, 3.2)
"""People stand on rings around the middle of the vehicle; the nearest free place is taken."""
PLACES = 12
"""Places tried on each ring."""


def step_out(crowd: CrowdSystem, rows: npt.NDArray[np.intp], x: float, y: float) -> bool:
    """Put people who are still to come around a place, if all of them find room, and return whether they did.

    They set out after their own pre-movement time.
    """
    people, world = crowd.people, crowd.world
    inside = crowd.inside
    reach = RINGS_M[-1] + 2.0 * float(people.radius.max())
    near = inside[np.hypot(people.x[inside] - x, people.y[inside] - y) <= reach]
    taken = np.column_stack([people.x[near], people.y[near], people.radius[near]])
    spots: list[tuple[float, float]] = []
    for row in rows:
        spot = _free_spot(crowd, float(people.radius[row]), taken, x, y)
        if spot is None:
            return False
        spots.append(spot)
        taken = np.vstack([taken, [*spot, people.radius[row]]])
    for row, (at_x, at_y) in zip(rows, spots, strict=True):
        people.x[row], people.y[row], people.state[row] = at_x, at_y, INSIDE
        people.enter_tick[row] = world.tick
        people.move_tick[row] = world.tick + world.ticks(float(people.premovement_s[row]))
    crowd.refresh()
    return True


def _free_spot(
    crowd: CrowdSystem, radius: float, taken: npt.NDArray[np.float64], x: float, y: float
) -> tuple[float, float] | None:
    ground = crowd.world.ground
    for ring in RINGS_M:
        for k in range(PLACES if ring else 1):
            angle = 2.0 * np.pi * k / PLACES
            at_x, at_y = x + ring * float(np.cos(angle)), y + ring * float(np.sin(angle))
            if (
                ground.holds(at_x, at_y, room_m=radius)
                and (np.hypot(taken[:, 0] - at_x, taken[:, 1] - at_y) >= taken[:, 2] + radius).all()
            ):
                return at_x, at_y
    return None
