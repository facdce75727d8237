"""One factor wherever there is smoke: for verification, and for a speed known from elsewhere.

Source: NIST TN 1822, test Verif.2.5 (Ronchi, Kuligowski, Reneke, Peacock and Nilsson 2013): any stated law; with a
factor of 0.5 a corridor of 100 m takes 160 s at 1.25 m/s.
"""

from __future__ import annotations

import numpy as np

from impetus_sim.crowd.harm.smoke_law import Floats, SmokeSpeedLaw, SmokeSpeedSpec
from impetus_sim.registry import register
from impetus_sim.scenario.quantities import PerMetre, Share


class ConstantSpec(SmokeSpeedSpec):
    """One factor.

    Parameters
    ----------
    at_factor
        The factor.
    above
        Smoke thinner than this changes nothing, 1/m.
    """

    at_factor: Share = 0.5
    above: PerMetre = 0.0


@register("smoke_speed_laws", "constant")
class Constant(SmokeSpeedLaw):
    """The same factor in any smoke."""

    Spec = ConstantSpec

    def compute(self, extinction: Floats, free_speed: Floats) -> Floats:
        """Return the factor where extinction exceeds the threshold."""
        del free_speed
        return np.where(extinction > self.spec.above, self.spec.at_factor, 1.0)
