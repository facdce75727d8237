"""A fixed grid over walkable ground: who is in which cell, and how much of each cell can be walked on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

_SUBSAMPLES = 8  # points per side of a cell on the border: walkable shares to 1/64
_MARGIN_CELLS = 1


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Square cells whose corners lie on multiples of the cell size, so that runs share them.

    Parameters
    ----------
    x0, y0
        Lower left corner, metres.
    cell_m
        Side of a cell.
    n_rows, n_columns
        Shape of arrays over the grid; row 0 is the southernmost.
    """

    x0: float
    y0: float
    cell_m: float
    n_rows: int
    n_columns: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.n_rows, self.n_columns

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """West, east, south and north edge, metres."""
        east = self.x0 + self.n_columns * self.cell_m
        north = self.y0 + self.n_rows * self.cell_m
        return self.x0, east, self.y0, north

    def locate(self, x: Floats, y: Floats) -> tuple[Indices, Indices]:
        """Return row and column of each position; positions outside fall into the nearest cell."""
        column = np.floor((x - self.x0) / self.cell_m).astype(np.intp)
        row = np.floor((y - self.y0) / self.cell_m).astype(np.intp)
        return np.clip(row, 0, self.n_rows - 1), np.clip(column, 0, self.n_columns - 1)

    def centre(self, row: int, column: int) -> tuple[float, float]:
        """Return the centre of a cell, metres."""
        return self.x0 + (column + 0.5) * self.cell_m, self.y0 + (row + 0.5) * self.cell_m


def build_grid(bounds: tuple[float, float, float, float], *, cell_m: float) -> Grid:
    """Return the grid that covers west, south, east, north with a margin of one cell."""
    west, south, east, north = bounds
    first_column = int(np.floor(west / cell_m)) - _MARGIN_CELLS
    first_row = int(np.floor(south / cell_m)) - _MARGIN_CELLS
    return Grid(
        x0=first_column * cell_m,
        y0=first_row * cell_m,
        cell_m=cell_m,
        n_rows=int(np.ceil(north / cell_m)) + _MARGIN_CELLS - first_row,
        n_columns=int(np.ceil(east / cell_m)) + _MARGIN_CELLS - first_column,
    )


@lru_cache(maxsize=4)
def compute_walkable_share(polygon: BaseGeometry, grid: Grid) -> Floats:
    """Return the share of each cell that is walkable, 0 to 1, to 1/64 in cells on the border.

    Runs of one study share the ground, so the last few results are kept; do not write to them.
    """
    shapely.prepare(polygon)
    x = grid.x0 + (np.arange(grid.n_columns) + 0.5) * grid.cell_m
    y = grid.y0 + (np.arange(grid.n_rows) + 0.5) * grid.cell_m
    share = shapely.contains_xy(polygon, *np.meshgrid(x, y)).astype(np.float64)
    rows, columns = _find_border_cells(polygon, grid)
    offsets = (np.arange(_SUBSAMPLES) + 0.5) / _SUBSAMPLES - 0.5
    offset_x, offset_y = (part.ravel() * grid.cell_m for part in np.meshgrid(offsets, offsets))
    inside = shapely.contains_xy(
        polygon, x[columns][:, np.newaxis] + offset_x, y[rows][:, np.newaxis] + offset_y
    )
    share[rows, columns] = inside.mean(axis=1)
    share.setflags(write=False)
    return share


def _find_border_cells(polygon: BaseGeometry, grid: Grid) -> tuple[Indices, Indices]:
    border = shapely.segmentize(polygon.boundary, 0.5 * grid.cell_m)
    points = shapely.get_coordinates(border)
    is_border = np.zeros(grid.shape, bool)
    row, column = grid.locate(points[:, 0], points[:, 1])
    for down, right in ((0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)):
        is_border[np.clip(row + down, 0, grid.n_rows - 1), np.clip(column + right, 0, grid.n_columns - 1)] = (
            True
        )
    rows, columns = np.nonzero(is_border)
    return rows, columns
