"""Gases and particles in the wind: Gaussian puffs over the whole city, whatever ground people stand on.

Model: docs/models/plume.md. A release is a row of puffs; each moves with the wind and grows by Briggs's curves.
Where neighbours of a row have grown far beyond the distance between them, two become one. The material is neutral:
no dense gas, no rise of warm gas; buildings do not steer it. Indoors, a well-mixed box follows the air outside.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.kernels.compile import fit_threads
from impetus_sim.rng import stable_hash
from impetus_sim.world.dispersion import curves, virtual_distance
from impetus_sim.world.kernels.puffs import REACH, add_concentration
from impetus_sim.world.weather import STABILITIES, Weather

STEP_S: Final = 1.0
"""Time between two moves of the puffs."""
BREATHING_M: Final = 1.5
"""Height above the ground at which people breathe."""
MERGED_WITHIN: Final = 0.5
"""Neighbours of a row become one puff when they are nearer than this share of the smaller sigma_y: a row whose
spacing stays below one sigma_y adds up to the plume to 1e-8 (Poisson's sum)."""
MOST_TRAVELLED_M: Final = 20_000.0
"""Puffs are dropped after this way: twice the range of Briggs's measurements."""

_MERGED: Final = ("x", "y", "z", "sigma_y_m", "sigma_z_m", "path_m", "path_y_m", "path_z_m")
LEAST_CELL_M: Final = 2.0
MOST_CELLS_A_SIDE: Final = 200
"""Cells of the raster that is recorded: 2 m, or a 200th of a larger city."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Release:
    """What is released, as far as its way through the air goes.

    Parameters
    ----------
    decay_per_s
        Share lost by decay or reaction, 1/s.
    deposition_m_s
        Velocity at which it settles on the ground.
    air_changes_per_s
        By which indoor air follows the air outside.
    """

    decay_per_s: float = 0.0
    deposition_m_s: float = 0.0
    air_changes_per_s: float = 1.0 / 3600.0


class PlumeField:
    """All puffs of a run, and the air in buildings; built only for runs with a hazard that needs it.

    The table ``puffs`` has one row per puff: release (`rng.stable_hash` of the name), mass_kg, x, y, z of its
    centre, sigma_y_m, sigma_z_m, path_m (way travelled), path_y_m, path_z_m (distances at which the curves of its
    stability have its size), stability.
    One table per release, ``indoor_<name>``, has a row per building once something was released.
    """

    def __init__(self, weather: Weather) -> None:
        self.weather = weather
        columns = dict.fromkeys(("mass_kg", *_MERGED), "f8")
        self.puffs = Table("puffs", 0, {"release": "u4", **columns, "stability": "u1"})
        self.boxes = np.zeros((0, 3))
        """Places whose indoor air is followed: x, y, z, m; set before the run."""
        self._releases: dict[str, Release] = {}
        self._indoor: dict[str, Table] = {}

    @property
    def tables(self) -> list[Table]:
        """All state."""
        return [self.puffs, *self._indoor.values()]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the releases, in the order of the names."""
        return tuple(sorted(self._releases))

    @property
    def is_present(self) -> bool:
        """Whether there is a puff, or air indoors that followed one."""
        return len(self.puffs) > 0 or any(len(table) for table in self._indoor.values())

    def add_release(self, name: str, release: Release) -> None:
        """Make a release known (by its hazard, before the run)."""
        self._releases[name] = release
        self._releases = dict(sorted(self._releases.items()))
        self._indoor = {key: Table(f"indoor_{key}", 0, {"kg_m3": "f8"}) for key in self._releases}

    def emit(
        self, name: str, mass_kg: float, x: float, y: float, z: float, *, sigma_m: float, time_s: float
    ) -> None:
        """Add one puff that is as wide and high as `sigma_m` at first."""
        stability = self.weather.at(time_s).stability
        across, up = curves(stability, is_urban=self.weather.is_urban)
        self.puffs.append(
            {
                "release": stable_hash(name),
                "mass_kg": mass_kg,
                "x": x,
                "y": y,
                "z": z,
                "sigma_y_m": sigma_m,
                "sigma_z_m": sigma_m,
                "path_m": 0.0,
                "path_y_m": float(virtual_distance(across, sigma_m)),
                "path_z_m": float(virtual_distance(up, sigma_m)),
                "stability": STABILITIES.index(stability),
            }
        )
        indoor = self._indoor[name]
        if not len(indoor) and len(self.boxes):
            indoor.load({"kg_m3": np.zeros(len(self.boxes))})

    def move(self, seconds: float, *, time_s: float) -> None:
        """Move and grow the puffs for some seconds from `time_s` on, then let indoor air follow."""
        if len(self.puffs):
            self._blow(seconds, time_s)
        for name, indoor in self._indoor.items():
            if len(indoor):
                self._seep(name, indoor.kg_m3, seconds)

    def concentration_at(
        self,
        x: Floats,
        y: Floats,
        z: Floats | float = BREATHING_M,
        *,
        release: str | None = None,
    ) -> Floats:
        """Return the concentration outdoors at points after the last move, float64 (n,), kg/m3.

        Parameters
        ----------
        x, y, z
            Points, float64 (n,), m above the ground; one height for all where `z` is a number.
        release
            Of this one alone; all together when left out.
        """
        x, y = np.ascontiguousarray(x, np.float64), np.ascontiguousarray(y, np.float64)
        out = np.zeros(len(x))
        p = self.puffs
        rows = np.flatnonzero(
            np.ones(len(p), bool) if release is None else p.release == np.uint32(stable_hash(release))
        )
        if not len(rows) or not len(x):
            return out
        puff_x, puff_y = p.x[rows], p.y[rows]
        sigma_y, sigma_z = p.sigma_y_m[rows], p.sigma_z_m[rows]
        reach = REACH * sigma_y
        box = np.array(
            [(puff_x - reach).min(), (puff_y - reach).min(), (puff_x + reach).max(), (puff_y + reach).max()]
        )
        heights = np.broadcast_to(np.asarray(z, np.float64), x.shape).copy()
        fit_threads(len(x))
        add_concentration(
            x, y, heights, p.mass_kg[rows], puff_x, puff_y, p.z[rows], sigma_y, sigma_z, box, out
        )
        return out

    def raster(self, bounds: tuple[float, float, float, float]) -> tuple[float, Floats]:
        """Return the side of the cells, m, and the concentration of all releases at breathing height at their
        middles, float64 (rows, columns), kg/m3; rows go north from the south-west corner of `bounds`.
        """
        x0, y0, x1, y1 = bounds
        cell = max(LEAST_CELL_M, (x1 - x0) / MOST_CELLS_A_SIDE, (y1 - y0) / MOST_CELLS_A_SIDE)
        rows, columns = max(1, math.ceil((y1 - y0) / cell)), max(1, math.ceil((x1 - x0) / cell))
        y, x = np.mgrid[0:rows, 0:columns] + 0.5
        held = self.concentration_at((x0 + cell * x).ravel(), (y0 + cell * y).ravel())
        return cell, held.reshape(rows, columns)

    def indoor_at(self, name: str, boxes: npt.NDArray[np.intp]) -> Floats:
        """Return the concentration of a release in boxes, by their rows, kg/m3."""
        indoor = self._indoor[name]
        return indoor.kg_m3[boxes] if len(indoor) else np.zeros(len(boxes))

    def _blow(self, seconds: float, time_s: float) -> None:
        p, wind = self.puffs, self.weather.at(time_s)
        now = STABILITIES.index(wind.stability)
        changed = np.flatnonzero(p.stability != now)
        across, up = curves(wind.stability, is_urban=self.weather.is_urban)
        if len(changed):  # go on from the same size along the curves of the new class
            p.path_y_m[changed] = virtual_distance(across, p.sigma_y_m[changed])
            p.path_z_m[changed] = virtual_distance(up, p.sigma_z_m[changed])
            p.stability[changed] = now
        east, north = wind.velocity
        way = wind.speed_m_s * seconds
        p.x[:] += east * seconds
        p.y[:] += north * seconds
        p.sigma_y_m[:] += across.at(p.path_y_m + way) - across.at(p.path_y_m)
        p.sigma_z_m[:] += up.at(p.path_z_m + way) - up.at(p.path_z_m)
        p.path_m[:] += way
        p.path_y_m[:] += way
        p.path_z_m[:] += way
        p.mass_kg[:] *= self._share_left(seconds)
        if (p.path_m > MOST_TRAVELLED_M).any():
            p.keep(p.path_m <= MOST_TRAVELLED_M)
        self._merge()

    def _merge(self) -> None:
        # Rows stand in the order of release, so that neighbours of one release follow each other.
        p = self.puffs
        keep = np.ones(len(p), bool)
        sigma_y = p.sigma_y_m
        for release in np.unique(p.release):
            rows = np.flatnonzero(p.release == release)
            a, b = rows[:-1], rows[1:]
            apart = np.hypot(p.x[b] - p.x[a], p.y[b] - p.y[a])
            last = -1
            for k in np.flatnonzero(apart <= MERGED_WITHIN * np.minimum(sigma_y[a], sigma_y[b])).tolist():
                if k > last:
                    self._join(int(a[k]), int(b[k]))
                    keep[b[k]] = False
                    last = k + 1
        if not keep.all():
            p.keep(keep)

    def _join(self, a: int, b: int) -> None:
        p = self.puffs
        mass = float(p.mass_kg[a] + p.mass_kg[b])
        share = float(p.mass_kg[b]) / mass if mass > 0.0 else 0.5
        for name in _MERGED:
            column = p.columns[name]
            column[a] += share * (column[b] - column[a])
        p.mass_kg[a] = mass

    def _share_left(self, seconds: float) -> Floats:
        # What decay and settling leave; a puff settles by its mean concentration at the ground.
        p, rate = self.puffs, np.zeros(len(self.puffs))
        sigma_z = p.sigma_z_m
        for name, release in self._releases.items():
            mine = p.release == np.uint32(stable_hash(name))
            at_ground = math.sqrt(2.0 / math.pi) / sigma_z[mine]
            at_ground *= np.exp(-0.5 * (p.z[mine] / sigma_z[mine]) ** 2)
            rate[mine] = release.decay_per_s + release.deposition_m_s * at_ground
        return np.exp(-rate * seconds)

    def _seep(self, name: str, indoor: Floats, seconds: float) -> None:
        outside = self.concentration_at(*self.boxes.T, release=name)
        release = self._releases[name]
        kept = math.exp(-release.air_changes_per_s * seconds)
        indoor[:] = (indoor * kept + outside * (1.0 - kept)) * math.exp(-release.decay_per_s * seconds)
