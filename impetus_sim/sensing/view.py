"""Fields of view over a grid of cells: worked out once, so that looking costs a list of cells and no rays.

A camera sees a cell when it sees its centre: within its range and its angle, with no wall between. A person is in
view while their cell is, which differs from a ray to the person only within half a cell of an edge.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from impetus_sim.sensing.kernels.view import list_seen_cells, sort_by_cell

Floats = npt.NDArray[np.float64]

SIGHT_CELL_M = 1.0
ALL_ROUND_DEG = 360.0


@dataclass(frozen=True, kw_only=True)
class SightGrid:
    """Square cells over the ground; x0, y0: corner of the first, m."""

    x0: float
    y0: float
    cell: float
    rows: int
    columns: int


class PeopleByCell(NamedTuple):
    """People now, ordered by cell; see `kernels.view.sort_by_cell`.

    extinction: of smoke where each stands, 1/m; empty while there is no smoke.
    """

    start: npt.NDArray[np.int32]
    order: npt.NDArray[np.int32]
    uid: npt.NDArray[np.uint64]
    x: Floats
    y: Floats
    extinction: Floats


class Sight:
    """What cameras of a run look over: the grid, what stands in the way, and who is where.

    Parameters
    ----------
    grid
        Cells over the ground.
    opaque
        float64 (n, 4), m: outlines that nobody sees through.
    people
        Stable ids and places of people now.
    extinction
        Of smoke at points, 1/m; None while there is none.
    clear
        Moves a point out of a building to just before its wall.
    """

    def __init__(
        self,
        grid: SightGrid,
        opaque: Floats,
        *,
        people: Callable[[], tuple[npt.NDArray[np.uint64], Floats, Floats]],
        extinction: Callable[[Floats, Floats], Floats | None],
        clear: Callable[[float, float], tuple[float, float]],
    ) -> None:
        self.grid, self._opaque = grid, opaque
        self._people, self._extinction = people, extinction
        self.clear = clear
        self._start = np.zeros(grid.rows * grid.columns + 1, np.int32)
        self._looked: tuple[int, PeopleByCell] | None = None

    def look(self, tick: int) -> PeopleByCell:
        """Return the people by cell; worked out once a tick."""
        if self._looked is None or self._looked[0] != tick:
            uid, x, y = self._people()
            order, grid = np.empty(len(x), np.int32), self.grid
            sort_by_cell(x, y, grid.x0, grid.y0, grid.cell, grid.rows, grid.columns, self._start, order)
            dim = self._extinction(x, y)
            seen = PeopleByCell(self._start, order, uid, x, y, np.empty(0) if dim is None else dim)
            self._looked = tick, seen
        return self._looked[1]

    def cells_in_view(
        self, x: float, y: float, *, range_m: float, bearing_deg: float, angle_deg: float
    ) -> npt.NDArray[np.int64]:
        """Return the cells that a camera sees, ascending.

        Parameters
        ----------
        x, y
            Where it stands, m.
        bearing_deg
            Compass bearing along which it looks.
        angle_deg
            Width of its field of view; 360 for all round.
        """
        grid, walls = self.grid, self._walls_near(x, y, range_m)
        out = np.empty((2 * (int(range_m / grid.cell) + 2)) ** 2, np.int64)
        bearing = math.radians(bearing_deg)
        cos_half = -1.0 if angle_deg >= ALL_ROUND_DEG else math.cos(math.radians(angle_deg) / 2.0)
        n = list_seen_cells(
            x, y, math.sin(bearing), math.cos(bearing), cos_half, range_m, walls,
            grid.x0, grid.y0, grid.cell, grid.rows, grid.columns, out,
        )  # fmt: skip
        return out[:n].copy()

    def _walls_near(self, x: float, y: float, range_m: float) -> Floats:
        w = self._opaque
        near = (
            (np.minimum(w[:, 0], w[:, 2]) <= x + range_m)
            & (np.maximum(w[:, 0], w[:, 2]) >= x - range_m)
            & (np.minimum(w[:, 1], w[:, 3]) <= y + range_m)
            & (np.maximum(w[:, 1], w[:, 3]) >= y - range_m)
        )
        return np.ascontiguousarray(w[near])
