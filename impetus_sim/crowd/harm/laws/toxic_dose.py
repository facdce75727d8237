"""Asphyxiant gases: the fractional effective dose against how differently people bear it.

At a dose of 1 half of the people are incapacitated, at 0.3 about one in nine, at 3 about seven in eight: a
lognormal distribution with the median 1 and a standard deviation of ln of 1 (ISO 13571:2012, where 11.4 % at
0.3 is stated). The estimates count people who reached a dose of 3 (low), 1 (central) and 0.3 (high).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import model_validator

from impetus_sim.crowd.harm.law import Conditions, Floats, HarmLaw
from impetus_sim.registry import register
from impetus_sim.scenario.draw import highest, lowest
from impetus_sim.scenario.quantities import Number, limits
from impetus_sim.scenario.spec import Spec, refuse


class ToxicDoseSpec(Spec):
    """Limits of the fractional effective dose.

    Parameters
    ----------
    high_from, central_from, low_from
        A person is a casualty in the high, central and low estimate from this dose.
    """

    high_from: Annotated[Number, limits(above=0.0)] = 0.3
    central_from: Annotated[Number, limits(above=0.0)] = 1.0
    low_from: Annotated[Number, limits(above=0.0)] = 3.0

    @model_validator(mode="after")
    def _check(self) -> ToxicDoseSpec:
        for less, more in (("high_from", "central_from"), ("central_from", "low_from")):
            if highest(getattr(self, less)) > lowest(getattr(self, more)):
                refuse(f"{more} is less than {less}", key=more, allowed="high, central, low in this order")
        return self


@register("harm_laws", "toxic_dose")
class ToxicDose(HarmLaw):
    """Casualties by the dose of asphyxiant gases."""

    Spec = ToxicDoseSpec
    dose_unit = "FED"
    is_of_gases = True
    caution = (
        "counts people with a fractional effective dose of 0.3 (high), 1 (central) or 3 (low); ISO 13571"
    )

    def add(self, dose: Floats, conditions: Conditions) -> Floats:
        """Take over the dose so far."""
        return np.maximum(dose, conditions.gas_dose)

    def chances(self, dose: Floats) -> tuple[Floats, Floats, Floats]:
        """Return 0 or 1 by whether the dose has been reached."""
        s = self.spec
        low, central, high = (
            (dose >= d).astype(np.float64) for d in (s.low_from, s.central_from, s.high_from)
        )
        return low, central, high
