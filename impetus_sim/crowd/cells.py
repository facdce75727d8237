"""People inside, sorted by grid cell: the one spatial index that the walking kernels share."""

from __future__ import annotations

import numpy as np

from impetus_sim.arrays import Table
from impetus_sim.kernels.cells import sort_by_cell
from impetus_sim.world.ground import Ground

CELL_M = 0.8
"""About half the interaction radius of a walking adult: few wasted candidates, few cells to visit."""


class CellList:
    """Cell list over the people who are inside.

    order: int32, people in cell order, the first `n` entries. start: int32 (n_cells + 1,). x, y, radius:
    float64, in the same order, so that the people of neighbouring cells lie side by side in memory.
    """

    def __init__(self, n_people: int, ground: Ground) -> None:
        self.x0, self.y0, self.cell = ground.x0, ground.y0, CELL_M
        rows, columns = ground.shape
        self.n_columns = int(np.ceil(columns * ground.cell / CELL_M)) + 1
        self.n_cells = self.n_columns * (int(np.ceil(rows * ground.cell / CELL_M)) + 1)
        self.start = np.zeros(self.n_cells + 1, np.int32)
        self.order = np.zeros(n_people, np.int32)
        self.x, self.y, self.radius = np.zeros(n_people), np.zeros(n_people), np.zeros(n_people)
        self.n = 0
        self._scratch = np.zeros(n_people, np.int32)

    def update(self, people: Table, inside: np.ndarray, n_inside: int) -> None:
        """Sort the first `n_inside` rows of `inside` (ascending row indices) by cell."""
        self.n = n_inside
        sort_by_cell(
            people.x, people.y, inside, n_inside, self.x0, self.y0, self.cell, self.n_columns, self.n_cells,
            self.start, self.order, self._scratch,
        )  # fmt: skip
        order = self.order[:n_inside]
        for source, out in ((people.x, self.x), (people.y, self.y), (people.radius, self.radius)):
            np.take(source, order, out=out[:n_inside], mode="clip")
