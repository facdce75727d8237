"""Air that harms: asphyxiant gases that spread from a source, and areas in which smoke or gases are held steady.

Gases spread like smoke (`impetus_sim.world.smoke`): by diffusion within the walls, and thin by mixing
upwards. A steady area keeps its values for as long as its hazard lasts: for verification, and for air known
from a fire model.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from shapely.geometry.base import BaseGeometry

from impetus_sim.arrays import Table
from impetus_sim.kernels import diffusion
from impetus_sim.world.ground import Ground
from impetus_sim.world.smoke import CELL_M, DECAY_PER_S, DIFFUSIVITY_M2_S, STEP_S

FRESH_O2_PERCENT = 20.9
SPREADING = ("co_ppm", "co2_percent", "o2_deficit")
STEADY = ("steady_extinction", "steady_co_ppm", "steady_co2_percent", "steady_o2_deficit")

Floats = npt.NDArray[np.float64]


class Gases(NamedTuple):
    """Concentrations at points, shape (n,): ppm, percent, and percent of oxygen missing from fresh air."""

    co_ppm: Floats
    co2_percent: Floats
    o2_deficit: Floats


class AirField:
    """Smoke and gases per grid cell; built only for runs with a hazard that needs it.

    Two tables: ``air`` has one row per grid cell once something was emitted or set, none before;
    ``air_sources`` one row for each hazard that has begun (key, place, event).
    """

    def __init__(self, ground: Ground) -> None:
        step = max(1, round(CELL_M / ground.cell))
        inside = ground.inside
        rows, columns = -(-inside.shape[0] // step), -(-inside.shape[1] // step)
        padded = np.zeros((rows * step, columns * step), np.uint8)
        padded[: inside.shape[0], : inside.shape[1]] = inside
        share = padded.reshape(rows, step, columns, step).mean(axis=(1, 3))
        self._ground, self._step = ground, step
        self.cell = ground.cell * step
        self.open = (share >= 0.5).astype(np.uint8)
        self.table = Table("air", 0, dict.fromkeys((*SPREADING, *STEADY), "f8"))
        self.sources = Table("air_sources", 0, {"key": "S64", "x": "f8", "y": "f8", "cause": "i8"})
        self._spare = np.zeros((rows, columns))

    @property
    def is_present(self) -> bool:
        """Whether anything has been emitted or set in this run."""
        return len(self.table) > 0

    def add_source(self, key: str, x: float, y: float, cause: int) -> None:
        """Note a hazard that fouls the air, as the cause of what it does to people."""
        self.sources.append({"key": key.encode(), "x": x, "y": y, "cause": cause})

    def emit(self, x: float, y: float, **amounts: float) -> None:
        """Add amounts (units of the columns times m2) to the cell at (x, y)."""
        self._appear()
        row = min(self.open.shape[0] - 1, max(0, int((y - self._ground.y0) / self.cell)))
        column = min(self.open.shape[1] - 1, max(0, int((x - self._ground.x0) / self.cell)))
        for name, amount in amounts.items():
            self._grid(name)[row, column] += amount / self.cell**2

    def hold(self, area: BaseGeometry, **values: float) -> None:
        """Hold steady values in the cells of an area that people can stand on."""
        self._appear()
        cells = self._ground.cells_of(area, with_edges=True)
        rows, columns = np.divmod(cells, self._ground.shape[1])
        flat = np.unique((rows // self._step) * self.open.shape[1] + columns // self._step)
        for name, value in values.items():
            self.table.columns[f"steady_{name}"][flat] = value

    def spread(self, seconds: float) -> None:
        """Diffuse and thin the gases for some seconds."""
        steps = max(1, int(np.ceil(seconds / STEP_S)))
        for name in SPREADING:
            field = self._grid(name)
            if not field.any():
                continue
            for _ in range(steps):
                number = DIFFUSIVITY_M2_S * seconds / steps / self.cell**2
                diffusion.diffuse(field, self.open, number, self._spare)
                np.multiply(self._spare, 1.0 - DECAY_PER_S * seconds / steps, out=field)

    def extinction_at(self, x: Floats, y: Floats) -> Floats:
        """Return the extinction coefficient of steady smoke at points, 1/m."""
        return self.table.steady_extinction[self._cells(x, y)] if self.is_present else np.zeros(len(x))

    def gases_at(self, x: Floats, y: Floats) -> Gases:
        """Return the gases at points."""
        if not self.is_present:
            return Gases(np.zeros(len(x)), np.zeros(len(x)), np.zeros(len(x)))
        cells, held = self._cells(x, y), self.table.columns
        return Gases(*(held[name][cells] + held[f"steady_{name}"][cells] for name in SPREADING))

    def nearest_source(self, x: Floats, y: Floats) -> npt.NDArray[np.int64]:
        """Return the event of the nearest source for each point, -1 without any."""
        if not len(self.sources):
            return np.full(len(x), -1, np.int64)
        apart = np.hypot(x[:, None] - self.sources.x, y[:, None] - self.sources.y)
        return self.sources.cause[np.argmin(apart, axis=1)].astype(np.int64)

    def _appear(self) -> None:
        if not self.is_present:
            self.table.load({name: np.zeros(self.open.size) for name in self.table.columns})

    def _grid(self, name: str) -> Floats:
        return self.table.columns[name].reshape(self.open.shape)

    def _cells(self, x: Floats, y: Floats) -> npt.NDArray[np.intp]:
        rows = np.clip(((y - self._ground.y0) / self.cell).astype(np.intp), 0, self.open.shape[0] - 1)
        columns = np.clip(((x - self._ground.x0) / self.cell).astype(np.intp), 0, self.open.shape[1] - 1)
        return rows * self.open.shape[1] + columns
