"""How fast people on a link walk at a given density, as a table.

Weidmann (1993), Transporttechnik der Fussgänger, ETH IVT 90, in the form of Kladek:
v = v0 (1 - exp(-1.913 (1 / rho - 1 / rho_jam))), rho_jam = 5.4 persons/m2, v0 = 1.34 m/s. The table holds v / v0
and each person walks that share of their own free speed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

GAMMA_PER_M2 = 1.913
FREE_SPEED_M_S = 1.34
DENSITY_STEP = 0.01
LEAST_SHARE = 0.01
"""Nobody on a link stands still for ever: regularisation at jam density."""


@dataclass(frozen=True, kw_only=True)
class SpeedDensity:
    """Share of the free speed by density.

    share: float64 (n,), at densities 0, `DENSITY_STEP`, ... up to the jam density.
    free_speed: mean free speed that the relation was measured with, m/s.
    name: ``weidmann`` or ``measured``.
    """

    share: npt.NDArray[np.float64]
    free_speed: float
    name: str

    @property
    def jam_density(self) -> float:
        """Highest density of the table, persons/m2."""
        return (len(self.share) - 1) * DENSITY_STEP

    @property
    def densities(self) -> npt.NDArray[np.float64]:
        """Densities of the table, persons/m2."""
        return np.arange(len(self.share), dtype=np.float64) * np.float64(DENSITY_STEP)

    def at(self, density: npt.NDArray[np.float64] | float) -> npt.NDArray[np.float64]:
        """Return the share of the free speed at densities in persons/m2."""
        return np.asarray(np.interp(density, self.densities, self.share))

    @property
    def capacity(self) -> float:
        """The highest flow, persons per second and metre of width."""
        return float((self.densities * self.share).max() * self.free_speed)

    @property
    def critical_density(self) -> float:
        """Density of the highest flow, persons/m2."""
        return float(self.densities[np.argmax(self.densities * self.share)])


def weidmann(*, jam_density: float = 5.4) -> SpeedDensity:
    """Return Weidmann's relation.

    Parameters
    ----------
    jam_density
        Density at which nobody moves, persons/m2.
    """
    density = np.arange(round(jam_density / DENSITY_STEP) + 1) * DENSITY_STEP
    with np.errstate(divide="ignore"):
        share = 1.0 - np.exp(-GAMMA_PER_M2 * (1.0 / density - 1.0 / jam_density))
    return SpeedDensity(share=np.clip(share, LEAST_SHARE, 1.0), free_speed=FREE_SPEED_M_S, name="weidmann")


def from_points(
    density: npt.NDArray[np.float64],
    share: npt.NDArray[np.float64],
    *,
    jam_density: float,
    free_speed: float,
    name: str,
) -> SpeedDensity:
    """Return a relation through measured points; linear between them, to 1 at density 0 and 0 at the jam.

    Speed never rises with density: a point above the one before it is lowered to that.

    Parameters
    ----------
    density, share
        float64 (points,), ascending densities below the jam density.
    """
    falling = np.minimum.accumulate(np.minimum(share, 1.0))
    grid = np.arange(round(jam_density / DENSITY_STEP) + 1) * DENSITY_STEP
    points = np.concatenate([[0.0], density, [jam_density]])
    values = np.concatenate([[1.0], falling, [0.0]])
    table = np.clip(np.interp(grid, points, values), LEAST_SHARE, 1.0)
    return SpeedDensity(share=table, free_speed=free_speed, name=name)
