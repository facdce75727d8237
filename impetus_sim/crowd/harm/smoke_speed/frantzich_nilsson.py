"""Speed falls in a straight line with the extinction coefficient.

Source: Frantzich and Nilsson (2003), Utrymning genom tät rök, report 3126, Lund: v = 0.706 - 0.057 K m/s, measured
for K from 2 to 7 /m. As a factor, c = 1 - 0.057 K / 0.706 with the floor 0.1, as in FDS+Evac (Korhonen 2018).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np

from impetus_sim.crowd.harm.smoke_law import Floats, SmokeSpeedLaw, SmokeSpeedSpec
from impetus_sim.registry import register
from impetus_sim.scenario.quantities import Number, Share, limits


class FrantzichNilssonSpec(SmokeSpeedSpec):
    """A straight line.

    Parameters
    ----------
    speed_at_zero
        The line's value without smoke, m/s.
    slope
        Speed lost per 1/m of extinction, m2/s.
    least_factor
        Smallest factor.
    """

    speed_at_zero: Annotated[Number, limits(above=0.0, high=10.0)] = 0.706
    slope: Annotated[Number, limits(low=0.0, high=10.0)] = 0.057
    least_factor: Share = 0.1


@register("smoke_speed_laws", "frantzich_nilsson")
class FrantzichNilsson(SmokeSpeedLaw):
    """The default law."""

    Spec = FrantzichNilssonSpec

    def compute(self, extinction: Floats, free_speed: Floats) -> Floats:
        """Return 1 - slope K / speed_at_zero, not below the least factor."""
        del free_speed
        s = self.spec
        return np.clip(1.0 - s.slope * extinction / s.speed_at_zero, s.least_factor, 1.0)
