"""People inside, sorted by grid cell: the one spatial index that the walking kernels share."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.crowd.kernels.neighbours import follow_people
from impetus_sim.kernels.cells import sort_by_cell
from impetus_sim.kernels.compile import BLOCK
from impetus_sim.world.ground import Ground

CELL_M = 0.8
"""About half the interaction radius of a walking adult: few wasted candidates, few cells to visit."""


class CellList:
    """Cell list over the people who are inside.

    order: int32, people in cell order, the first `n` entries. start: int32 (n_cells + 1,). x, y, radius:
    float64, in the same order, so that the people of neighbouring cells lie side by side in memory.

    A model that lists neighbours itself lets people keep their places for a few steps (`update` with a slack).
    Then `start` is that of the last sort, and a place whose person has gone has `is_here` 0 and lies far away.
    `sorts` counts the sorts, so that a model sees when its lists are out of date.
    """

    def __init__(self, n_people: int, ground: Ground) -> None:
        self.x0, self.y0, self.cell = ground.x0, ground.y0, CELL_M
        rows, columns = ground.shape
        self.n_columns = int(np.ceil(columns * ground.cell / CELL_M)) + 1
        self.n_cells = self.n_columns * (int(np.ceil(rows * ground.cell / CELL_M)) + 1)
        self.start = np.zeros(self.n_cells + 1, np.int32)
        self.order = np.zeros(n_people, np.int32)
        self.x, self.y, self.radius = np.zeros(n_people), np.zeros(n_people), np.zeros(n_people)
        self.is_here = np.ones(n_people, np.uint8)
        self.n = 0
        self.sorts = 0
        self._scratch = np.zeros(n_people, np.int32)
        self._listed_x, self._listed_y = np.zeros(n_people), np.zeros(n_people)
        n_blocks = max(1, -(-n_people // BLOCK))
        self._count, self._moved2 = np.zeros(n_blocks, np.int64), np.zeros(n_blocks)
        self._people: Table | None = None
        self._rows, self._n_rows = self.order, 0

    def update(
        self,
        people: Table,
        inside: npt.NDArray[np.int32],
        n_inside: int,
        *,
        is_present: npt.NDArray[np.uint8] | None = None,
        slack_m: float = 0.0,
    ) -> None:
        """Bring the list up to date with the first `n_inside` rows of `inside` (ascending row indices).

        Parameters
        ----------
        is_present
            uint8 (people,): 1 for the same rows. Needed with a slack.
        slack_m
            People keep their places while nobody has come and nobody has moved by more than half of this
            since they were sorted; 0 sorts every time.
        """
        self._people, self._rows, self._n_rows = people, inside, n_inside
        if slack_m > 0.0 and is_present is not None and self._follow(people, is_present, slack_m):
            return
        self.sort()

    def sort(self) -> None:
        """Sort the people of the last update by cell, where they are now."""
        people, n = self._people, self._n_rows
        assert people is not None
        self.n = n
        sort_by_cell(
            people.x, people.y, self._rows, n, self.x0, self.y0, self.cell, self.n_columns, self.n_cells,
            self.start, self.order, self._scratch,
        )  # fmt: skip
        order = self.order[:n]
        for source, out in ((people.x, self.x), (people.y, self.y), (people.radius, self.radius)):
            np.take(source, order, out=out[:n], mode="clip")
        self._listed_x[:n], self._listed_y[:n] = self.x[:n], self.y[:n]
        self.is_here[:n] = 1
        self.sorts += 1

    def _follow(self, people: Table, is_present: npt.NDArray[np.uint8], slack_m: float) -> bool:
        # Whether everybody has a place and is near it.
        if self.sorts == 0 or self._n_rows > self.n:
            return False
        follow_people(
            self.order, self.n, people.x, people.y, is_present, self._listed_x, self._listed_y,
            self.x, self.y, self.is_here, self._count, self._moved2,
        )  # fmt: skip
        n_blocks = -(-self.n // BLOCK)
        everybody = int(self._count[:n_blocks].sum()) == self._n_rows
        return everybody and bool(self._moved2[:n_blocks].max(initial=0.0) <= 0.25 * slack_m**2)
