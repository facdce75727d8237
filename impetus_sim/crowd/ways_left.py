"""How far people have to go: values of fields where they stand."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.crowd.kernels.choose import cost_at
from impetus_sim.world.goals import Goals
from impetus_sim.world.ground import Ground


def ways_m(
    goals: Goals,
    ground: Ground,
    fields: npt.NDArray[np.int16],
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    *,
    looks_around: bool = True,
) -> npt.NDArray[np.float64]:
    """Return the way from each point to a goal, in metres of open ground; inf where there is none.

    Parameters
    ----------
    fields
        int16 (n,): the field for each point, as in `Goals.costs`.
    looks_around
        For points on cells that are no way, such as those that a wall cuts, take the least of the cells around.
    """
    row = ((y - ground.y0) / ground.cell).astype(np.intp)
    column = ((x - ground.x0) / ground.cell).astype(np.intp)
    way: npt.NDArray[np.float64] = goals.costs[fields, row, column].astype(np.float64)
    if looks_around:
        for k in np.flatnonzero(~np.isfinite(way)):
            way[k] = cost_at(goals.costs[fields[k]], x[k], y[k], ground.x0, ground.y0, ground.cell)
    return way
