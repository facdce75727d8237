"""Fractional effective dose of asphyxiant gases.

    d FED / dt = 4.607e-7 CO^1.036 HV + 1 / (60 exp(8.13 - 0.54 (20.9 - O2)))     per second
    HV = exp(h CO2 + 2.0004) / 7.1,  h = 0.193

CO in ppm, CO2 and O2 in percent. CO: Stewart's uptake for light work; CO2 quickens breathing and so the
uptake of CO; little oxygen harms by itself. Without CO2 the factor is 1, and air without missing oxygen adds
nothing, as in FDS.

Sources: Purser (2016), Combustion toxicity, SFPE Handbook, 5th ed., ch. 62; NIST TN 1822, test Verif.2.6. FDS
and the handbook print h = 0.1903, which makes the factor 0.5 % smaller at 2 % CO2.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

CO_RATE_PER_S = 4.607e-7
CO_EXPONENT = 1.036
HYPERVENTILATION_OFFSET = 2.0004
HYPERVENTILATION_SCALE = 7.1
OXYGEN_OFFSET, OXYGEN_SLOPE = 8.13, 0.54


def dose_rate(co_ppm: Floats, co2_percent: Floats, o2_deficit: Floats, *, hyperventilation: float) -> Floats:
    """Return the growth of the dose, 1/s, shape (n,).

    Parameters
    ----------
    co_ppm, co2_percent
        Concentrations, shape (n,).
    o2_deficit
        Percent of oxygen missing from fresh air (20.9 - O2), shape (n,).
    hyperventilation
        h above.
    """
    breathing = np.exp(hyperventilation * co2_percent + HYPERVENTILATION_OFFSET) / HYPERVENTILATION_SCALE
    from_co = CO_RATE_PER_S * co_ppm**CO_EXPONENT * np.where(co2_percent > 0.0, breathing, 1.0)
    from_oxygen = np.exp(OXYGEN_SLOPE * o2_deficit - OXYGEN_OFFSET) / 60.0
    return from_co + np.where(o2_deficit > 0.0, from_oxygen, 0.0)
