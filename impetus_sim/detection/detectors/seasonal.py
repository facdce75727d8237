"""Readings far from what is usual at this hour of the week."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from impetus_sim.detection.base import Floats
from impetus_sim.detection.baseline import Baseline, BaselineSpec
from impetus_sim.registry import register
from impetus_sim.scenario.quantities import Number, limits


class SeasonalSpec(BaselineSpec):
    """One reading at a time.

    Parameters
    ----------
    limit
        Alarm at so many standard deviations, above or below.
    """

    limit: Annotated[Number, limits(above=0.0)] = 5.0


@register("detectors", "seasonal")
class Seasonal(Baseline):
    """Score: the distance from usual over the limit."""

    Spec = SeasonalSpec

    def observe(self, time_s: float, values: Floats) -> Floats:
        """Judge each reading by itself."""
        return np.nan_to_num(np.abs(self.standardise(time_s, values)) / self.spec.limit, nan=0.0)
