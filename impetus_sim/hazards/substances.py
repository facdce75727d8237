"""Toxic substances: how concentration and time make a dose, and what a dose does.

Toxic load = C^n t, with C in ppm and t in minutes; its probit gives the chance of death. Chlorine:
-8.29 + 0.92 ln(C^2 t); ammonia: -35.9 + 1.85 ln(C^2 t) (as in CCPS 2000, Guidelines for Chemical Process
Quantitative Risk Analysis, 2nd edition; written down from memory of it). Other sources differ by several
times in the dose.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from impetus_sim.hazards.probit import Probit

MOLAR_VOLUME_M3_KMOL: Final = 24.055
"""Of an ideal gas at 20 degrees Celsius and 101.325 kPa."""
S_PER_MINUTE: Final = 60.0
PPM: Final = 1e6

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Substance:
    """A toxic gas.

    Parameters
    ----------
    molar_kg_kmol
        Molar mass.
    exponent
        n of the toxic load.
    lethal
        Probit of death over the toxic load, ppm^n min.
    """

    molar_kg_kmol: float
    exponent: float
    lethal: Probit

    def ppm(self, kg_m3: Floats) -> Floats:
        """Return volume parts per million of a concentration."""
        return kg_m3 * (MOLAR_VOLUME_M3_KMOL / self.molar_kg_kmol * PPM)

    def load_rate(self, kg_m3: Floats) -> Floats:
        """Return how the toxic load grows, ppm^n min per second."""
        return np.asarray(self.ppm(kg_m3) ** self.exponent / S_PER_MINUTE)


SUBSTANCES: Final = MappingProxyType(
    {
        "chlorine": Substance(molar_kg_kmol=70.906, exponent=2.0, lethal=Probit(-8.29, 0.92)),
        "ammonia": Substance(molar_kg_kmol=17.031, exponent=2.0, lethal=Probit(-35.9, 1.85)),
    }
)
