"""Smoke on the ground as an extinction coefficient per grid cell.

Hazards emit into it; it spreads by diffusion within the walls and thins out by mixing upwards. A simple
stated law for coloured smoke in the open; fire and plume models come with their own hazards.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.kernels import diffusion
from impetus_sim.world.ground import Ground

CELL_M = 1.0
DIFFUSIVITY_M2_S = 0.6
"""Turbulent diffusivity in light wind at the ground, order of magnitude 0.1 to 1 m2/s (Pasquill class D over
tens of metres)."""
DECAY_PER_S = 0.01
"""Thinning by mixing above head height: time constant 100 s."""
STEP_S = 0.25
"""Explicit diffusion is stable for D dt / cell^2 below 0.25."""


class SmokeField:
    """Extinction coefficient, 1/m, on a 1 m grid; empty until something emits.

    The table has one row per grid cell once smoke exists, none before.
    """

    def __init__(self, ground: Ground) -> None:
        self.x0, self.y0, self.cell = ground.x0, ground.y0, CELL_M
        step = max(1, round(CELL_M / ground.cell))
        inside = ground.inside
        rows, columns = -(-inside.shape[0] // step), -(-inside.shape[1] // step)
        padded = np.zeros((rows * step, columns * step), np.uint8)
        padded[: inside.shape[0], : inside.shape[1]] = inside
        share = padded.reshape(rows, step, columns, step).mean(axis=(1, 3))
        self.cell = ground.cell * step
        self.open = (share >= 0.5).astype(np.uint8)
        self.table = Table("smoke", 0, {"extinction": "f8"})
        self._spare = np.zeros((rows, columns))

    @property
    def is_present(self) -> bool:
        """Whether anything has been emitted in this run."""
        return len(self.table) > 0

    @property
    def extinction(self) -> npt.NDArray[np.float64]:
        """Extinction coefficient, float64 (rows, columns), 1/m; a view into the table."""
        return self.table.extinction.reshape(self.open.shape)

    def emit(self, x: float, y: float, amount: float) -> None:
        """Add an amount (1/m times m2) to the cell at (x, y)."""
        if not self.is_present:
            self.table.load({"extinction": np.zeros(self.open.size)})
        row = min(self.open.shape[0] - 1, max(0, int((y - self.y0) / self.cell)))
        column = min(self.open.shape[1] - 1, max(0, int((x - self.x0) / self.cell)))
        self.extinction[row, column] += amount / self.cell**2

    def spread(self, seconds: float) -> None:
        """Diffuse and thin for some seconds, in steps of at most `STEP_S`."""
        if not self.is_present:
            return
        steps = max(1, int(np.ceil(seconds / STEP_S)))
        field = self.extinction
        for _ in range(steps):
            diffusion.diffuse(
                field, self.open, DIFFUSIVITY_M2_S * seconds / steps / self.cell**2, self._spare
            )
            np.multiply(self._spare, 1.0 - DECAY_PER_S * seconds / steps, out=field)

    def at(self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the extinction coefficient at points, 1/m."""
        if not self.is_present:
            return np.zeros(len(x))
        rows = np.clip(((y - self.y0) / self.cell).astype(np.intp), 0, self.open.shape[0] - 1)
        columns = np.clip(((x - self.x0) / self.cell).astype(np.intp), 0, self.open.shape[1] - 1)
        return self.extinction[rows, columns]
