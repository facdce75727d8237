"""Which places lie within the danger distance of a threat."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.world.world import World


def within_danger(
    world: World, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    """Return which points lie within the danger distance of an active threat."""
    near, threats = np.zeros(len(x), bool), world.threats
    for k in np.flatnonzero(threats.is_active):
        at_x, at_y = float(threats.x[k]), float(threats.y[k])
        within = (x - at_x) ** 2 + (y - at_y) ** 2 < threats.danger_m[k] ** 2
        near |= within & world.sheets.is_level_with(x, y, at_x, at_y)
    return near
