"""Some of the people sorted by wide cells, for looks as far as sight reaches."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.kernels.cells import sort_by_cell
from impetus_sim.world.ground import Ground


class Surroundings:
    """Cell list over a part of the people, with cells as wide as people look.

    Parameters
    ----------
    reach_m
        How far people look.
    """

    def __init__(self, n_people: int, ground: Ground, *, reach_m: float) -> None:
        rows, columns = ground.shape
        self.x0, self.y0, self.reach = ground.x0, ground.y0, reach_m
        self.n_columns = int(np.ceil(columns * ground.cell / reach_m)) + 1
        self.n_rows = int(np.ceil(rows * ground.cell / reach_m)) + 1
        self.start = np.zeros(self.n_rows * self.n_columns + 1, np.int32)
        self.order = np.zeros(n_people, np.int32)
        self._scratch = np.zeros(n_people, np.int32)

    def update(self, people: Table, rows: npt.NDArray[np.int32]) -> None:
        """Sort these rows (ascending) by cell."""
        sort_by_cell(
            people.x, people.y, rows, len(rows), self.x0, self.y0, self.reach, self.n_columns,
            self.n_rows * self.n_columns, self.start, self.order, self._scratch,
        )  # fmt: skip
