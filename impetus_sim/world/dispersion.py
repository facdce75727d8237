"""How wide and high a Gaussian plume is: the curves of Briggs (1973), and their inverse.

Source: G. A. Briggs (1973), Diffusion estimation for small emissions, ATDL contribution 79, NOAA, Oak Ridge; as
tabled by Hanna, Briggs and Hosker (1982), Handbook on Atmospheric Diffusion, DOE/TIC-11223. They rest on
measurements between 100 m and 10 km.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from impetus_sim.world.weather import STABILITIES

Floats = npt.NDArray[np.float64]


class Curve(NamedTuple):
    """sigma = a x (1 + b x)^p, with x the distance travelled, m."""

    a: float
    b: float
    p: float

    def at(self, x: npt.ArrayLike) -> Floats:
        """Return sigma at distances, m."""
        x = np.asarray(x, np.float64)
        return np.asarray(self.a * x * (1.0 + self.b * x) ** self.p)


RURAL_Y: Final = tuple(Curve(a, 1e-4, -0.5) for a in (0.22, 0.16, 0.11, 0.08, 0.06, 0.04))
RURAL_Z: Final = (
    Curve(0.20, 0.0, 0.0),
    Curve(0.12, 0.0, 0.0),
    Curve(0.08, 2e-4, -0.5),
    Curve(0.06, 1.5e-3, -0.5),
    Curve(0.03, 3e-4, -1.0),
    Curve(0.016, 3e-4, -1.0),
)
URBAN_Y: Final = tuple(Curve(a, 4e-4, -0.5) for a in (0.32, 0.32, 0.22, 0.16, 0.11, 0.11))
URBAN_Z: Final = (
    Curve(0.24, 1e-3, 0.5),
    Curve(0.24, 1e-3, 0.5),
    Curve(0.20, 0.0, 0.0),
    Curve(0.14, 3e-4, -0.5),
    Curve(0.08, 1.5e-3, -0.5),
    Curve(0.08, 1.5e-3, -0.5),
)
MOST_M: Final = 1e7
"""Virtual distance of a sigma that a curve never reaches; there it grows no more."""
_HALVINGS: Final = 80


def curves(stability: str, *, is_urban: bool) -> tuple[Curve, Curve]:
    """Return the curves of sigma_y and sigma_z of a class (A to F)."""
    k = STABILITIES.index(stability)
    return (URBAN_Y[k], URBAN_Z[k]) if is_urban else (RURAL_Y[k], RURAL_Z[k])


def virtual_distance(curve: Curve, sigma: npt.ArrayLike) -> Floats:
    """Return the distance at which a curve has a value, m: where a puff of that size would have come from.

    Each curve rises, so that halving an interval finds it to the last digits.
    """
    sigma = np.asarray(sigma, np.float64)
    low, high = np.zeros(sigma.shape), np.full(sigma.shape, MOST_M)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        is_short = curve.at(middle) < sigma
        low, high = np.where(is_short, middle, low), np.where(is_short, high, middle)
    return np.where(sigma <= 0.0, 0.0, high)


def plume_concentration(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    z: npt.ArrayLike,
    *,
    rate_kg_s: float,
    wind_m_s: float,
    height_m: float,
    stability: str,
    is_urban: bool,
) -> Floats:
    """Return the concentration of a steady plume over reflecting ground, kg/m3; 0 upwind.

    Parameters
    ----------
    x, y, z
        Downwind, across, and above the ground, m.
    rate_kg_s, height_m
        Of the source.
    """
    x, y, z = (np.asarray(v, np.float64) for v in (x, y, z))
    across, up = curves(stability, is_urban=is_urban)
    downwind = np.maximum(x, 1e-6)
    sy, sz = across.at(downwind), up.at(downwind)
    vertical = np.exp(-((z - height_m) ** 2) / (2 * sz**2)) + np.exp(-((z + height_m) ** 2) / (2 * sz**2))
    there = rate_kg_s / (2 * math.pi * wind_m_s * sy * sz) * np.exp(-(y**2) / (2 * sy**2)) * vertical
    return np.where(x > 0.0, there, 0.0)
