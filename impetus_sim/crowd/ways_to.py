"""The next stretch of the way to a person: for those who fetch or search somebody."""

from __future__ import annotations

import numpy as np

from impetus_sim.crowd.kernels.way import find_aim
from impetus_sim.world.ground import Ground

MOST_CELLS = 200_000
"""A search that has looked at this many cells finds no way; at 0.25 m they cover 12 500 m2."""


class WaysTo:
    """Finds aims on the way to points; holds only scratch arrays, made at the first use."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._stamp = 0
        self._scratch: tuple[np.ndarray, ...] | None = None

    def aim(self, px: float, py: float, qx: float, qy: float) -> tuple[bool, float, float]:
        """Return (found, x, y): where to walk next from p on a shortest way to q, in free sight of p."""
        ground = self._ground
        if self._scratch is None:
            n = ground.walkable.size
            most = min(n, MOST_CELLS)
            self._scratch = (
                np.zeros(n, np.int32), np.zeros(n, np.int32), np.zeros(n), np.zeros(8 * most + 8),
                np.zeros(8 * most + 8, np.int32),
            )  # fmt: skip
        self._stamp += 1
        marks, came_from, cost, heap_key, heap_cell = self._scratch
        found, x, y = find_aim(
            px, py, qx, qy, ground.walkable, ground.inside, ground.x0, ground.y0, ground.cell,
            min(ground.walkable.size, MOST_CELLS), self._stamp, marks, came_from, cost, heap_key, heap_cell,
        )  # fmt: skip
        return bool(found), float(x), float(y)
