"""Water on streets and ground: bathtubs that fill to a level, over an area or a terrain.

Model: docs/models/flood.md. Water stands level and is where it can reach from its source through cells that are
lower (connected bathtub); its speed is stated, not computed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from impetus_sim.arrays import Table

EVERYWHERE = -1
"""Source of water that stands wherever its ground is lower."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Basin:
    """Ground that one flood can cover.

    Parameters
    ----------
    x0, y0, cell_m
        South-west corner and side of the cells, m.
    elevation_m
        float64 (rows, columns), south to north; nan where water never is.
    source
        Flat index of the cell from which water spreads to the four beside each, or `EVERYWHERE`.
    """

    x0: float
    y0: float
    cell_m: float
    elevation_m: Floats
    source: int = EVERYWHERE

    def fill(self, level_m: float) -> Floats:
        """Return the depth at a level, m, shape of `elevation_m`."""
        depth = np.nan_to_num(level_m - self.elevation_m, nan=0.0)
        is_wet = depth > 0.0
        if self.source != EVERYWHERE:
            parts, _ = ndimage.label(is_wet)
            own = parts.ravel()[self.source]
            is_wet &= (parts == own) & (own > 0)
        return np.where(is_wet, depth, 0.0)

    def cells(self, x: Floats, y: Floats) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
        """Return the flat cell of each point, and which points lie on the basin."""
        rows = np.floor((y - self.y0) / self.cell_m).astype(np.intp)
        columns = np.floor((x - self.x0) / self.cell_m).astype(np.intp)
        n_rows, n_columns = self.elevation_m.shape
        inside = (rows >= 0) & (rows < n_rows) & (columns >= 0) & (columns < n_columns)
        return np.where(inside, rows * n_columns + columns, 0), inside


class FloodField:
    """All floods of a run; built only for runs with a hazard that needs it.

    The table ``floods`` has one row per flood that has begun: level_m, speed_m_s, cause (event), key.
    """

    def __init__(self) -> None:
        self.table = Table("floods", 0, {"level_m": "f8", "speed_m_s": "f8", "cause": "i8", "key": "S64"})
        self._basins: dict[str, Basin] = {}
        self._filled: dict[str, tuple[float, Floats]] = {}

    @property
    def is_present(self) -> bool:
        """Whether a flood has begun."""
        return len(self.table) > 0

    @property
    def names(self) -> list[str]:
        """Names of all basins, whether or not a flood has begun there."""
        return list(self._basins)

    def add_basin(self, name: str, basin: Basin) -> None:
        """Make a basin known (by its hazard, before the run)."""
        self._basins[name] = basin

    def begin(self, name: str, cause: int) -> None:
        """Note that a flood begins, dry as yet."""
        self.table.append({"level_m": -np.inf, "speed_m_s": 0.0, "cause": cause, "key": name.encode()})

    def set_level(self, name: str, level_m: float, speed_m_s: float) -> None:
        """Set how high a flood that has begun stands, and how fast it flows."""
        rows = self.table.key == name.encode()
        self.table.level_m[rows], self.table.speed_m_s[rows] = level_m, speed_m_s

    def raster(self, name: str) -> tuple[Basin, Floats]:
        """Return a basin and the depth on it now, m; all dry before it begins."""
        rows = np.flatnonzero(self.table.key == name.encode())
        level = float(self.table.level_m[rows[0]]) if len(rows) else -np.inf
        basin = self._basins[name]
        held = self._filled.get(name)
        if held is None or held[0] != level:
            held = level, basin.fill(level)
            self._filled[name] = held
        return basin, held[1]

    def depth_at(self, x: Floats, y: Floats) -> Floats:
        """Return the depth of water at points, float64 (n,), m: of the deepest flood."""
        return self.flow_at(x, y)[0]

    def flow_at(self, x: Floats, y: Floats, *, name: str = "") -> tuple[Floats, Floats]:
        """Return depth and speed of water at points, m and m/s: of the deepest flood, or of one alone."""
        x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
        depth, speed = np.zeros(len(x)), np.zeros(len(x))
        for row in range(len(self.table)):
            key = self.table.key[row].decode()
            if name not in ("", key):
                continue
            basin, held = self.raster(key)
            cells, inside = basin.cells(x, y)
            here = np.where(inside, held.ravel()[cells], 0.0)
            deeper = here > depth
            depth[deeper], speed[deeper] = here[deeper], self.table.speed_m_s[row]
        return depth, speed

    def cause_at(self, x: Floats, y: Floats) -> npt.NDArray[np.int64]:
        """Return the event of the deepest flood at points, -1 where it is dry."""
        depth, cause = np.zeros(len(x)), np.full(len(x), -1, np.int64)
        for row in range(len(self.table)):
            basin, held = self.raster(self.table.key[row].decode())
            cells, inside = basin.cells(x, y)
            here = np.where(inside, held.ravel()[cells], 0.0)
            deeper = here > depth
            depth[deeper], cause[deeper] = here[deeper], self.table.cause[row]
        return cause
