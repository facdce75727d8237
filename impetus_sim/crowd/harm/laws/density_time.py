"""Time in a crush: seconds at a density at which people cannot move or breathe freely.

Sources: Fruin (1993), The causes and prevention of crowd disasters: near 7 people/m2 a crowd becomes like a
fluid, and most deaths are by compressive asphyxia; Still (2014), Introduction to Crowd Science: risk from 5
people/m2, severe at 6 to 7. Times: a person held so tight that breathing stops loses consciousness after
about 30 s and is in mortal danger after about 6 min (Still, in press interviews after Seoul 2022; not a
measured curve). The central time is the geometric mean of these two, rounded.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import model_validator

from impetus_sim.crowd.harm.law import Conditions, Floats, HarmLaw
from impetus_sim.registry import register
from impetus_sim.scenario.draw import highest, lowest
from impetus_sim.scenario.quantities import PerSquareMetre, Seconds, limits
from impetus_sim.scenario.spec import Spec, refuse


class DensityTimeSpec(Spec):
    """Time above a density.

    Parameters
    ----------
    density
        Time counts above it, people/m2.
    high_after, central_after, low_after
        A person is a casualty in the high, central and low estimate after this long, s.
    """

    density: Annotated[PerSquareMetre, limits(above=0.0, high=20.0)] = 7.0
    high_after: Annotated[Seconds, limits(above=0.0)] = 30.0
    central_after: Annotated[Seconds, limits(above=0.0)] = 100.0
    low_after: Annotated[Seconds, limits(above=0.0)] = 360.0

    @model_validator(mode="after")
    def _check(self) -> DensityTimeSpec:
        for sooner, later in (("high_after", "central_after"), ("central_after", "low_after")):
            if highest(getattr(self, sooner)) > lowest(getattr(self, later)):
                refuse(
                    f"{later} is sooner than {sooner}", key=later, allowed="high, central, low in this order"
                )
        return self


@register("harm_laws", "density_time")
class DensityTime(HarmLaw):
    """Casualties by the time spent above a critical density."""

    Spec = DensityTimeSpec
    dose_unit = "s"
    caution = (
        "counts people held for 30 s (high), 100 s (central) or 6 min (low) above the critical density; "
        "an assumption from expert statements, not a measured curve"
    )

    def add(self, dose: Floats, conditions: Conditions) -> Floats:
        """Add the time above the critical density."""
        return dose + conditions.seconds * (conditions.density > self.spec.density)

    def chances(self, dose: Floats) -> tuple[Floats, Floats, Floats]:
        """Return 0 or 1 by whether the time has passed."""
        s = self.spec
        low, central, high = (
            (dose >= t).astype(np.float64) for t in (s.low_after, s.central_after, s.high_after)
        )
        return low, central, high
