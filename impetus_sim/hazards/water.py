"""What water does to people and cars: hazard classes, footing, walking speed, safe speed of driving.

Sources
-------
Hazard classes H1 to H6: Smith, Davey and Cox (2014), Flood hazard, WRL technical report 2014/07. Footing: Cox,
Shand and Blacka (2010), Australian Rainfall and Runoff project 10: adults keep their footing below depth x speed of
0.6 m2/s, none above 1.2, in depths up to 1.2 m. Walking: Li, Song, Zhang and Bode (2026), Acta Polytechnica CTU
Proceedings 57, 226: at 0.35 m women lose 44.8 % and men 38.6 % of their speed, with ever smaller losses at 0.60
and 0.90 m. Driving: Pregnolato, Ford, Wilkinson and Dawson (2017), Transportation Research D 55, 67.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

CLASSES: Final = (
    ("H1", 0.3, 2.0, 0.3),
    ("H2", 0.5, 2.0, 0.6),
    ("H3", 1.2, 2.0, 0.6),
    ("H4", 2.0, 2.0, 1.0),
    ("H5", 4.0, 4.0, 4.0),
)
"""Class, and its largest depth in m, speed in m/s and product of both in m2/s; H6 is beyond all."""
MOST_DEPTH_M: Final = 1.2
"""Deeper still water floats adults."""
LEAST_PRODUCT_M2_S, MOST_PRODUCT_M2_S = 0.6, 1.2
"""Depth x speed at which the first and the last adult lose their footing."""
SLOWED_PER_M: Final = -math.log(1.0 - 0.5 * (0.386 + 0.448)) / 0.35
"""Decay of walking speed with depth that meets the mean loss at 0.35 m, 1/m."""
LEAST_FACTOR: Final = 0.1
CAR_CLOSED_M: Final = 0.3
"""Depth at which no car passes."""
EMERGENCY_CLOSED_M: Final = 0.6
"""Depth at which no emergency vehicle passes."""
M_S_PER_KM_H: Final = 1.0 / 3.6


def hazard_class(depth_m: float, speed_m_s: float) -> str:
    """Return the hazard class of water."""
    for name, depth, speed, product in CLASSES:
        if depth_m <= depth and speed_m_s <= speed and depth_m * speed_m_s <= product + 1e-12:
            return name
    return "H6"


def loses_footing(depth_m: Floats, speed_m_s: Floats, bears: Floats) -> npt.NDArray[np.bool_]:
    """Return who cannot stand, bool (n,).

    Parameters
    ----------
    bears
        float64 (n,) in (0, 1): the share of people who lose their footing sooner.
    """
    limit = LEAST_PRODUCT_M2_S + (MOST_PRODUCT_M2_S - LEAST_PRODUCT_M2_S) * bears
    return (depth_m > MOST_DEPTH_M) | (depth_m * speed_m_s > limit)


def walking_factor(depth_m: Floats) -> Floats:
    """Return the share of their speed at which people walk in still water."""
    return np.maximum(np.exp(-SLOWED_PER_M * depth_m), LEAST_FACTOR)


def safe_car_speed_m_s(depth_m: npt.ArrayLike) -> Floats:
    """Return the speed at which cars keep control in water, m/s; 0 from `CAR_CLOSED_M` on."""
    w = 1000.0 * np.asarray(depth_m, np.float64)
    km_h = 0.0009 * w**2 - 0.5529 * w + 86.9448
    return np.where(w >= 1000.0 * CAR_CLOSED_M, 0.0, km_h * M_S_PER_KM_H)
