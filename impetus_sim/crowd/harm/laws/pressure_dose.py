"""Crowd turbulence: how long and how far crowd pressure was above its onset, in a dense crowd.

Crowd pressure is local density times the variance of velocities; above 0.02 /s2 people are pushed about in
sudden waves, and may fall (Helbing, Johansson and Al-Abideen 2007, Phys. Rev. E 75:046109). The dose is the
time above the onset, weighted by pressure over onset. That turbulence leads to falls is observed; how many
people are hurt by a dose is not known: the three limits (one minute and ten at the onset, and their geometric
mean, rounded) are assumptions.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import model_validator

from impetus_sim.crowd.harm.law import Conditions, Floats, HarmLaw
from impetus_sim.registry import register
from impetus_sim.scenario.draw import highest, lowest
from impetus_sim.scenario.quantities import Number, PerSquareMetre, Seconds, limits
from impetus_sim.scenario.spec import Spec, refuse


class PressureDoseSpec(Spec):
    """Weighted time above a pressure.

    Parameters
    ----------
    onset
        Crowd pressure at which turbulence begins, 1/s2.
    least_density
        Thinner crowds walk at different speeds without touching: their variance does not count, people/m2.
    most_weight
        The weight of a second is pressure over onset, at most this.
    high_after, central_after, low_after
        A person is a casualty in the high, central and low estimate after this dose, s.
    """

    onset: Annotated[Number, limits(above=0.0, high=10.0)] = 0.02
    least_density: Annotated[PerSquareMetre, limits(high=20.0)] = 4.0
    most_weight: Annotated[Number, limits(low=1.0, high=100.0)] = 5.0
    high_after: Annotated[Seconds, limits(above=0.0)] = 60.0
    central_after: Annotated[Seconds, limits(above=0.0)] = 200.0
    low_after: Annotated[Seconds, limits(above=0.0)] = 600.0

    @model_validator(mode="after")
    def _check(self) -> PressureDoseSpec:
        for sooner, later in (("high_after", "central_after"), ("central_after", "low_after")):
            if highest(getattr(self, sooner)) > lowest(getattr(self, later)):
                refuse(
                    f"{later} is less than {sooner}", key=later, allowed="high, central, low in this order"
                )
        return self


@register("harm_laws", "pressure_dose")
class PressureDose(HarmLaw):
    """Casualties by the time in crowd turbulence."""

    Spec = PressureDoseSpec
    dose_unit = "s"
    caution = (
        "counts people who were in crowd turbulence for a minute (high), 200 s (central) or 10 min (low), weighted "
        "by pressure; the limits are assumptions"
    )

    def add(self, dose: Floats, conditions: Conditions) -> Floats:
        """Add the weighted time above the onset."""
        s = self.spec
        is_turbulent = (conditions.pressure > s.onset) & (conditions.density > s.least_density)
        weight = np.minimum(conditions.pressure / s.onset, s.most_weight)
        return dose + conditions.seconds * np.where(is_turbulent, weight, 0.0)

    def chances(self, dose: Floats) -> tuple[Floats, Floats, Floats]:
        """Return 0 or 1 by whether the dose has been reached."""
        s = self.spec
        low, central, high = (
            (dose >= d).astype(np.float64) for d in (s.low_after, s.central_after, s.high_after)
        )
        return low, central, high
