"""Which cell each place is with: the nearest one that works and reaches it."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FIRST_LOOK: Final = 12
"""Cells looked at by distance; all others only for places at which none of these works."""
NO_CELL: Final = -1


class Cover:
    """Cells with their reach.

    Parameters
    ----------
    x, y, range_m
        float64 (cells,), m.
    """

    def __init__(self, x: Floats, y: Floats, range_m: Floats) -> None:
        self.x, self.y, self.range_m = x, y, range_m
        self._tree = cKDTree(np.column_stack([x, y]))

    def cells_at(self, x: Floats, y: Floats, works: npt.NDArray[np.bool_]) -> Ints:
        """Return the cell of each place, int64 (places,), or -1 out of reach; the lowest row of equally near ones.

        Parameters
        ----------
        works
            bool (cells,), which cells give any service.
        """
        n = min(FIRST_LOOK, len(self.x))
        found = np.full(len(x), NO_CELL, np.int64)
        if not len(x) or not works.any():
            return found
        apart, cell = self._tree.query(np.column_stack([x, y]), k=n)
        apart, cell = apart.reshape(len(x), n), cell.reshape(len(x), n)
        fits = (apart <= self.range_m[cell]) & works[cell]
        nearest = np.where(fits, apart, np.inf).min(axis=1)
        row = np.where(fits & (apart == nearest[:, None]), cell, len(self.x)).min(axis=1)
        has = np.isfinite(nearest)
        found[has] = row[has]
        if n < len(self.x):
            self._look_farther(x, y, works, found)
        return found

    def _look_farther(self, x: Floats, y: Floats, works: npt.NDArray[np.bool_], found: Ints) -> None:
        """Fill in places whose nearest cells are all out, from every cell that works."""
        left = np.flatnonzero(found == NO_CELL)
        best = np.full(len(left), np.inf)
        for cell in np.flatnonzero(works).tolist():
            apart = np.hypot(x[left] - self.x[cell], y[left] - self.y[cell])
            better = (apart <= self.range_m[cell]) & (apart < best)
            best[better] = apart[better]
            found[left[better]] = cell
