"""Where phones have a cell, and how much of what is sent gets through."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.world.cover import NO_CELL, Cover

Floats = npt.NDArray[np.float64]


class Coverage:
    """Cells of the phone network (written by infrastructure, read by whoever sends to phones).

    Parameters
    ----------
    cover
        Their places and reach.
    """

    def __init__(self, cover: Cover) -> None:
        self._cover = cover
        self.table = Table("coverage", len(cover.x), {"delivered": "f8", "cause": "i8"})
        self.table.delivered[:] = 1.0
        self.table.cause[:] = -1

    def delivered_at(self, x: Floats, y: Floats) -> Floats:
        """Return the share of messages that get through to phones at points, float64 (n,), 0 out of coverage."""
        delivered = self.table.delivered
        cell = self._cover.cells_at(x, y, delivered > 0.0)
        return np.where(cell == NO_CELL, 0.0, delivered[cell])
