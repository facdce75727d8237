"""Who is near whom: lists of neighbours over the places of a cell list, kept for a few steps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.crowd.cells import CellList
from impetus_sim.crowd.kernels.neighbours import list_neighbours
from impetus_sim.kernels.compile import BLOCK

FIRST_ROOM = 16 * BLOCK
"""Entries of a block at first; doubled whenever a block has more."""


class NeighbourLists:
    """Lists of neighbours.

    The neighbours of place k are the places ``of[first[k] : first[k] + count[k]]``. `sorts` tells for which sort
    of the cell list they were made.
    """

    def __init__(self, n_people: int) -> None:
        self.first, self.count = np.zeros(n_people, np.int64), np.zeros(n_people, np.int32)
        self._room = FIRST_ROOM
        self._n_blocks = max(1, -(-n_people // BLOCK))
        self._is_short = np.zeros(self._n_blocks, np.uint8)
        self.of = np.zeros(self._n_blocks * self._room, np.uint32)
        self.sorts = 0

    def update(self, cells: CellList, reach: npt.NDArray[np.float64]) -> None:
        """List everybody within `reach` (float64, at least `cells.n`; m) of each place; just after a sort."""
        n_blocks = -(-cells.n // BLOCK)
        while True:
            list_neighbours(
                cells.n, cells.start, cells.x0, cells.y0, cells.cell, cells.n_columns, cells.n_cells, cells.x,
                cells.y, reach, self._room, self.first, self.count, self.of, self._is_short,
            )  # fmt: skip
            if not self._is_short[:n_blocks].any():
                break
            self._room *= 2
            self.of = np.zeros(self._n_blocks * self._room, np.uint32)
        self.sorts = cells.sorts
