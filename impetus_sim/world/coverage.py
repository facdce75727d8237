"""Where phones have a cell, and how much of what is sent gets through."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from impetus_sim.arrays import Table
from impetus_sim.world.cover import NO_CELL, Cover
from impetus_sim.world.phone_alerts import PhoneAlerts

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
        self.alerts: PhoneAlerts | None = None
        """Only in runs in which somebody can send one."""

    @property
    def tables(self) -> list[Table]:
        """All state."""
        return [self.table, *([] if self.alerts is None else self.alerts.tables)]

    def need_alerts(self) -> PhoneAlerts:
        """Return the alerts, made at the first call (by whoever can send one, before the run)."""
        if self.alerts is None:
            self.alerts = PhoneAlerts(len(self._cover.x))
        return self.alerts

    def cells_reaching(self, area: BaseGeometry | None) -> npt.NDArray[np.bool_]:
        """Return the cells that reach an area in local metres, bool (cells,); all without an area."""
        cover = self._cover
        if area is None:
            return np.ones(len(cover.x), bool)
        return np.asarray(shapely.distance(shapely.points(cover.x, cover.y), area) <= cover.range_m, bool)

    def cell_at(self, x: Floats, y: Floats) -> npt.NDArray[np.int64]:
        """Return the cell that serves points, int64 (n,), -1 where none does."""
        return self._cover.cells_at(x, y, self.table.delivered > 0.0)

    def delivered_at(self, x: Floats, y: Floats) -> Floats:
        """Return the share of messages that get through to phones at points, float64 (n,), 0 out of coverage."""
        delivered = self.table.delivered
        cell = self.cell_at(x, y)
        return np.where(cell == NO_CELL, 0.0, delivered[cell])
