"""Speed falls with visibility below 3 m, by the same amount per metre whoever walks.

Source: Fridolf, Nilsson, Frantzich, Ronchi and Arias (2018), Walking speed in smoke: representation in life safety
verifications: v = max(0.2, v0 - 0.34 (3 - visibility)) m/s for visibilities below 3 m. Visibility of reflecting
objects is 3 / K (Jin 1978).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np

from impetus_sim.crowd.harm.smoke_law import LEAST_SPEED_M_S, Floats, SmokeSpeedLaw, SmokeSpeedSpec
from impetus_sim.registry import register
from impetus_sim.scenario.quantities import Metres, MetresPerSecond, Number, PerSecond, limits


class FridolfSpec(SmokeSpeedSpec):
    """A straight line in visibility.

    Parameters
    ----------
    least_speed
        Smoke alone makes nobody slower than this, m/s.
    full_speed_from
        Visibility from which smoke does not slow, m.
    loss
        Speed lost per metre of visibility below that, 1/s.
    constant
        Visibility times extinction: 3 for reflecting objects, 8 for lit signs.
    """

    least_speed: MetresPerSecond = 0.2
    full_speed_from: Annotated[Metres, limits(above=0.0, high=100.0)] = 3.0
    loss: PerSecond = 0.34
    constant: Annotated[Number, limits(above=0.0, high=20.0)] = 3.0


@register("smoke_speed_laws", "fridolf")
class Fridolf(SmokeSpeedLaw):
    """A fixed loss of speed per metre of visibility."""

    Spec = FridolfSpec

    def compute(self, extinction: Floats, free_speed: Floats) -> Floats:
        """Return what is left of the free speed."""
        s = self.spec
        visible_m = s.constant / np.maximum(extinction, 1e-9)
        lost = s.loss * np.maximum(s.full_speed_from - visible_m, 0.0)
        return np.clip(1.0 - lost / np.maximum(free_speed, LEAST_SPEED_M_S), 0.0, 1.0)
