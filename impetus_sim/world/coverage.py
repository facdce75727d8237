"""Where phones have a cell, and how much of what is sent gets through."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table

Floats = npt.NDArray[np.float64]


class Coverage:
    """Cells of the phone network (written by infrastructure, read by whoever sends to phones).

    Parameters
    ----------
    x, y, range_m
        Of each cell, float64 (cells,), m.
    """

    def __init__(self, x: Floats, y: Floats, range_m: Floats) -> None:
        self.x, self.y, self.range_m = x, y, range_m
        self.table = Table("coverage", len(x), {"delivered": "f8", "cause": "i8"})
        self.table.delivered[:] = 1.0
        self.table.cause[:] = -1

    def delivered_at(self, x: Floats, y: Floats) -> Floats:
        """Return the share of messages that get through to phones at points, float64 (n,), 0 out of coverage.

        A phone is with the nearest cell in range that works at all.
        """
        best = np.zeros(len(x))
        nearest = np.full(len(x), np.inf)
        for cell in np.flatnonzero(self.table.delivered > 0.0):
            apart = np.hypot(x - self.x[cell], y - self.y[cell])
            better = (apart <= self.range_m[cell]) & (apart < nearest)
            nearest[better] = apart[better]
            best[better] = self.table.delivered[cell]
        return best
