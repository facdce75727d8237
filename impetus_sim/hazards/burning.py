"""Laws of fire: growth, burning out, smoke and gases given off, burns.

Sources
-------
Growth: NFPA 92 (2021), Q = alpha t^2, 1055 kW after 600, 300, 150 and 75 s. Burning out: EN 1991-1-2 annex E, from
70 % of the fuel on; 250 kW/m2 and 780 MJ/m2 for dwellings. Yields, heat of combustion, radiant share: C/VM2 (New
Zealand, 2012) for fires before flashover, from memory. Extinction of soot: Mulholland and Croarkin (2000), Fire and
Materials 24, 227: 8.7 m2/g. Oxygen: Huggett (1980), 13.1 MJ/kg. Visibility: Jin (1978), 3 / K for reflecting and
8 / K for lit signs. Burns: TNO Green Book (CPR 16E, 1989), from memory.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from impetus_sim.hazards.probit import Probit
from impetus_sim.world.injuries import Severity

Floats = npt.NDArray[np.float64]

TRUCK_KW: Final = 1055.0
"""Heat release at which growth times are stated (1000 Btu/s)."""
GROWTH_TIME_S: Final = MappingProxyType({"slow": 600.0, "medium": 300.0, "fast": 150.0, "ultrafast": 75.0})
DECAYS_FROM: Final = 0.7
"""Share of the fuel that is burnt when the fire begins to die down."""
OUT_BELOW: Final = 0.01
"""Share of its peak at which a dying fire is out."""
BUILDING_KW_M2: Final = 250.0
BUILDING_MJ_M2: Final = 780.0
HEAT_OF_COMBUSTION_MJ_KG: Final = 20.0
SOOT_YIELD: Final = 0.07
CO_YIELD: Final = 0.04
CO2_YIELD: Final = 1.5
OXYGEN_MJ_KG: Final = 13.1
SOOT_M2_KG: Final = 8700.0
M3_PER_KG: Final = MappingProxyType({"co": 24.055 / 28.010, "co2": 24.055 / 44.009, "o2": 24.055 / 31.998})
"""Of gases at 20 degrees and 101.325 kPa."""
HARMLESS_KW_M2: Final = 1.6
"""Heat that people bear without end (API 521: 1.58 kW/m2 for continuous exposure)."""
FIRST_DEGREE: Final = Probit(-39.83, 3.0186)
SECOND_DEGREE: Final = Probit(-43.14, 3.0186)
LETHAL: Final = Probit(-36.38, 2.56)
"""Over the sum of I^(4/3) dt, with I in W/m2 and t in s."""
IMMEDIATE_FROM: Final = 0.5
"""Share of the lethal dose at which burns need treatment soon, a chosen value."""
BURN_LAWS: Final = (
    (Severity.MINOR, FIRST_DEGREE),
    (Severity.DELAYED, SECOND_DEGREE),
    (Severity.IMMEDIATE, LETHAL.at_share_of_dose(IMMEDIATE_FROM)),
    (Severity.DEAD, LETHAL),
)


def alpha_kw_s2(growth: str) -> float:
    """Return the growth coefficient of ``slow``, ``medium``, ``fast`` or ``ultrafast``."""
    return TRUCK_KW / GROWTH_TIME_S[growth] ** 2


def heat_release_kw(growth: str, seconds: float, *, peak_kw: float, burnt_share: float) -> float:
    """Return the heat release so long after ignition: t-squared, a peak, then falling with the fuel left."""
    grown = min(alpha_kw_s2(growth) * seconds**2, peak_kw)
    return grown * min(1.0, max(0.0, 1.0 - burnt_share) / (1.0 - DECAYS_FROM))


def thermal_dose_rate(flux_kw_m2: Floats) -> Floats:
    """Return how the dose of burns grows, (W/m2)^(4/3); nothing below `HARMLESS_KW_M2`."""
    return np.where(flux_kw_m2 > HARMLESS_KW_M2, (1000.0 * flux_kw_m2) ** (4.0 / 3.0), 0.0)


def visibility_m(extinction: npt.ArrayLike, *, is_lit: bool = False) -> Floats:
    """Return how far signs are seen through smoke, m; inf in clear air."""
    with np.errstate(divide="ignore"):
        return np.asarray((8.0 if is_lit else 3.0) / np.asarray(extinction, np.float64))
