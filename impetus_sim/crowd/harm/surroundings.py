"""Density and crowd pressure about each person, on a grid with a Gaussian of radius 1 m.

Source: Helbing, Johansson and Al-Abideen (2007), Phys. Rev. E 75:046109. The sum is divided by the share of the
Gaussian on walkable ground, so that a crowd along a wall is as dense as in the open (as in `analysis.density`). The
velocity variance is that of the people near, both components together; at the paper's densities
(5 people/m2) some 16 people carry it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import correlate1d

from impetus_sim.arrays import Table
from impetus_sim.crowd.kernels.local_field import N_FIELDS, deposit, read_people, smooth
from impetus_sim.world.ground import Ground

RADIUS_M = 1.0
CELL_M = 0.5
REACH_M = 2.0
"""Where the Gaussian is cut off: 2 % of its height is left there; the weights are made to sum to 1."""
LEAST_ON_GROUND = 0.1
"""Smallest share divided by: in a slot of a few centimetres density means nothing."""


class Surroundings:
    """Computes what everybody has about them; allocates only when more ground is taken up than ever before."""

    def __init__(self, ground: Ground) -> None:
        self._x0, self._y0 = ground.x0, ground.y0
        reach = round(REACH_M / CELL_M)
        offsets = np.arange(-reach, reach + 1) * CELL_M
        weights = np.exp(-((offsets / RADIUS_M) ** 2))
        self._weights = weights / weights.sum()
        self._reach = reach
        share = _walkable_share(ground)
        smoothed = correlate1d(
            correlate1d(share, self._weights, axis=0, mode="constant"), self._weights, axis=1, mode="constant"
        )
        self._on_ground = np.maximum(smoothed, LEAST_ON_GROUND).astype(np.float32)
        self._buffers = np.zeros(0)

    def compute(
        self,
        people: Table,
        rows: npt.NDArray[np.int32],
        density: npt.NDArray[np.float64],
        pressure: npt.NDArray[np.float64],
    ) -> None:
        """Overwrite density (people/m2) and pressure (1/s2), float64 (people,), for `rows` (one at least).

        `people` has the columns x, y, vx and vy.
        """
        x, y = people.x, people.y
        left, bottom = x[rows].min(), y[rows].min()
        first_column = int((left - self._x0) / CELL_M) - self._reach - 1
        first_row = int((bottom - self._y0) / CELL_M) - self._reach - 1
        shape = (
            N_FIELDS,
            int((y[rows].max() - self._y0) / CELL_M) - first_row + self._reach + 2,
            int((x[rows].max() - self._x0) / CELL_M) - first_column + self._reach + 2,
        )
        size = shape[0] * shape[1] * shape[2]
        if len(self._buffers) < 2 * size:
            self._buffers = np.zeros(2 * size)
        fields, scratch = self._buffers[:size].reshape(shape), self._buffers[size : 2 * size].reshape(shape)
        x0, y0 = self._x0 + first_column * CELL_M, self._y0 + first_row * CELL_M
        deposit(x, y, people.vx, people.vy, rows, len(rows), x0, y0, CELL_M, fields)
        smooth(fields, self._weights, scratch, fields)
        read_people(
            x, y, rows, len(rows), x0, y0, CELL_M, fields, self._on_ground, self._x0, self._y0, density, pressure
        )  # fmt: skip


def _walkable_share(ground: Ground) -> npt.NDArray[np.float64]:
    """Return the walkable share of each cell of `CELL_M`, from the finer grid of the ground."""
    n_rows = int(np.ceil(ground.shape[0] * ground.cell / CELL_M)) + 1
    n_columns = int(np.ceil(ground.shape[1] * ground.cell / CELL_M)) + 1
    row = np.minimum(((np.arange(ground.shape[0]) + 0.5) * ground.cell / CELL_M).astype(np.intp), n_rows - 1)
    column = np.minimum(
        ((np.arange(ground.shape[1]) + 0.5) * ground.cell / CELL_M).astype(np.intp), n_columns - 1
    )
    flat = (row[:, None] * n_columns + column[None, :]).ravel()
    inside = np.bincount(flat, weights=ground.inside.ravel().astype(np.float64), minlength=n_rows * n_columns)
    cells = np.bincount(flat, minlength=n_rows * n_columns)
    return (inside / np.maximum(cells, 1)).reshape(n_rows, n_columns)
