"""Profiles: density and speed over space, averaged over frames.

Methods and definitions as in PedPy (``compute_density_profile``, ``compute_speed_profile``): from Voronoi
cells, by counting, or with a Gaussian of a full width at half maximum. PedPy gives one array per frame, row 0
in the north; here the mean over frames, row 0 in the south. Its Gaussian rounds two constants to six digits,
which moves values by 2e-6.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely

from impetus_sim.analysis.grid import Grid
from impetus_sim.analysis.measures.speed import Speeds, require_speeds
from impetus_sim.analysis.measures.trajectories import Floats, Trajectories
from impetus_sim.analysis.measures.voronoi import VoronoiCells

FWHM_PER_SIGMA = 2.0 * np.sqrt(2.0 * np.log(2.0))


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Values over a grid.

    Parameters
    ----------
    grid
        Cells; row 0 in the south.
    values
        People/m2 or m/s, shape of the grid; speed is NaN where nobody ever was.
    """

    grid: Grid
    values: Floats


def build_profile_grid(bounds: tuple[float, float, float, float], *, cell_m: float) -> Grid:
    """Return the grid from the lower left corner of west, south, east, north that covers all of it."""
    west, south, east, north = bounds
    n_rows, n_columns = (int(np.ceil(round(side / cell_m, 9))) for side in (north - south, east - west))
    return Grid(x0=west, y0=south, cell_m=cell_m, n_rows=n_rows, n_columns=n_columns)


def compute_voronoi_density_profile(cells: VoronoiCells, grid: Grid) -> Profile:
    """Return the mean over frames of the sum of each cell's density, weighted by the share of ground it covers."""
    where, who, overlap = _overlaps(cells, grid)
    total = np.bincount(where, weights=overlap * cells.density[who], minlength=grid.n_rows * grid.n_columns)
    return Profile(grid=grid, values=total.reshape(grid.shape) / grid.cell_m**2 / max(len(cells.frames), 1))


def compute_voronoi_speed_profile(
    cells: VoronoiCells, speeds: Speeds, grid: Grid, *, over: Literal["cell", "covered"] = "cell"
) -> Profile:
    """Return the speeds weighted by the ground each Voronoi cell covers, mean over frames.

    Parameters
    ----------
    cells, speeds
        Of the same trajectories.
    grid
        Cells of the profile.
    over
        What the weighted sum is divided by: the whole grid cell, as in PedPy (ground that nobody's cell covers then
        counts as speed 0), or the covered part of it (NaN where none ever is).
    """
    where, who, overlap = _overlaps(cells, grid)
    require_speeds(speeds, cells.row[who])
    n = grid.n_rows * grid.n_columns
    weighted = np.bincount(where, weights=overlap * speeds.speed[cells.row[who]], minlength=n)
    if over == "cell":
        covered = np.full(n, grid.cell_m**2 * max(len(cells.frames), 1))
    else:
        covered = np.bincount(where, weights=overlap, minlength=n).astype(np.float64)
    values = np.divide(weighted, covered, out=np.full(n, np.nan), where=covered > 0)
    return Profile(grid=grid, values=values.reshape(grid.shape))


def compute_classic_density_profile(trajectories: Trajectories, grid: Grid) -> Profile:
    """Return people counted in each cell over its area, mean over frames."""
    column = np.floor((trajectories.x - grid.x0) / grid.cell_m).astype(np.intp)
    row = np.floor((trajectories.y - grid.y0) / grid.cell_m).astype(np.intp)
    on = (row >= 0) & (row < grid.n_rows) & (column >= 0) & (column < grid.n_columns)
    counts = np.bincount(row[on] * grid.n_columns + column[on], minlength=grid.n_rows * grid.n_columns)
    return Profile(
        grid=grid, values=counts.reshape(grid.shape) / grid.cell_m**2 / max(len(trajectories.frames), 1)
    )


def compute_gaussian_density_profile(trajectories: Trajectories, grid: Grid, *, fwhm_m: float) -> Profile:
    """Return the sum of a Gaussian about each person, mean over frames.

    Parameters
    ----------
    trajectories
        Positions.
    grid
        At whose cell centres the sum is taken.
    fwhm_m
        Full width at half maximum.
    """
    across, up = _gaussians(trajectories, grid, fwhm_m)
    return Profile(grid=grid, values=up @ across.T / max(len(trajectories.frames), 1))


def compute_gaussian_speed_profile(
    trajectories: Trajectories, speeds: Speeds, grid: Grid, *, fwhm_m: float
) -> Profile:
    """Return the speeds weighted by a Gaussian about each person, mean over the frames that have people.

    Parameters
    ----------
    trajectories, speeds
        Aligned; rows without a speed are left out.
    grid
        At whose cell centres the mean is taken.
    fwhm_m
        Full width at half maximum.
    """
    across, up = _gaussians(trajectories, grid, fwhm_m)
    total, n = np.zeros(grid.shape), 0
    for index in range(len(trajectories.frames)):
        rows = trajectories.rows_in(index)
        rows = rows[speeds.is_defined[rows]]
        if not len(rows):
            continue
        weights = up[:, rows] @ across[:, rows].T
        # far from everybody the weights may vanish: then the frame has no speed there
        weighted = (up[:, rows] * speeds.speed[rows]) @ across[:, rows].T
        total += np.divide(weighted, weights, out=np.full(grid.shape, np.nan), where=weights > 0)
        n += 1
    return Profile(grid=grid, values=total / n if n else np.full(grid.shape, np.nan))


def _gaussians(trajectories: Trajectories, grid: Grid, fwhm_m: float) -> tuple[Floats, Floats]:
    """Return each person's Gaussian at the centres of columns and of rows, shape (columns or rows, n)."""
    sigma = fwhm_m / FWHM_PER_SIGMA
    out = []
    for first, n, position in (
        (grid.x0, grid.n_columns, trajectories.x),
        (grid.y0, grid.n_rows, trajectories.y),
    ):
        centre = first + (np.arange(n) + 0.5) * grid.cell_m
        apart = (centre[:, None] - position) / sigma
        out.append(np.exp(-0.5 * apart**2) / (np.sqrt(2.0 * np.pi) * sigma))
    return out[0], out[1]


def _overlaps(cells: VoronoiCells, grid: Grid) -> tuple[np.ndarray, np.ndarray, Floats]:
    """Return grid cell (flat), Voronoi cell and shared ground in m2 of every pair that touches."""
    west = grid.x0 + np.arange(grid.n_columns) * grid.cell_m
    south = grid.y0 + np.arange(grid.n_rows) * grid.cell_m
    left, bottom = np.meshgrid(west, south)
    boxes = shapely.box(
        left.ravel(), bottom.ravel(), left.ravel() + grid.cell_m, bottom.ravel() + grid.cell_m
    )
    who, where = shapely.STRtree(boxes).query(cells.polygon, predicate="intersects")
    return where, who, shapely.area(shapely.intersection(cells.polygon[who], boxes[where]))
