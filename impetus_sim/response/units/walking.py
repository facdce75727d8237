"""How fast a crew walks through people.

Weidmann (1993), Transporttechnik der Fussgaenger, ETH IVT 90, in the form of Kladek: v = v0 (1 - exp(-1.913 (1 /
rho - 1 / 5.4))), with the density rho of the people around and v0 = 1.34 m/s. At the densest a crew still makes 0.1
m/s, since people let it through (chosen). Where a wall lies between, the way is longer than the straight line by
the usual detour of streets.
"""

from __future__ import annotations

import math
from typing import Final

FREE_SPEED_M_S: Final = 1.34
GAMMA_PER_M2: Final = 1.913
JAM_PER_M2: Final = 5.4
LEAST_SPEED_M_S: Final = 0.1
STEP_S: Final = 2.0
"""A crew looks around and goes on so often."""
AROUND_M: Final = 3.0
"""People within this distance are around it."""
DETOUR: Final = 1.4
"""Way on streets over the straight line, Boscoe, Henry, Zdeb (2012), Prof. Geographer 64: 1.42 (recalled)."""


def walking_speed(density: float) -> float:
    """Return the speed of a crew among people of a density, 1/m2, m/s."""
    if density <= 0.0:
        return FREE_SPEED_M_S
    share = 1.0 - math.exp(-GAMMA_PER_M2 * (1.0 / density - 1.0 / JAM_PER_M2))
    return max(LEAST_SPEED_M_S, FREE_SPEED_M_S * share)
