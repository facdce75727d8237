"""Exponentially weighted moving average of readings: drifts that no single reading shows.

Roberts 1959; with weight 0.1 and limits of 2.814 standard deviations of the average the mean run between false
alarms is about 500 readings (Lucas and Saccucci 1990, Technometrics 32:1).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from impetus_sim.detection.base import Floats
from impetus_sim.detection.baseline import Baseline, BaselineSpec
from impetus_sim.registry import register
from impetus_sim.scenario.quantities import Number, Share, limits


class EwmaSpec(BaselineSpec):
    """The average of a stream.

    Parameters
    ----------
    weight
        Of the newest reading.
    limit
        Alarm when the average is off by this many of its own standard deviations.
    """

    weight: Annotated[Share, limits(above=0.0)] = 0.1
    limit: Annotated[Number, limits(above=0.0)] = 2.814


@register("detectors", "ewma")
class Ewma(Baseline):
    """Score: the distance of the average from usual over the limit; it begins anew after an alarm."""

    Spec = EwmaSpec

    def columns(self) -> dict[str, Any]:
        """Return the averages too."""
        return {**super().columns(), "average": "f8"}

    def observe(self, time_s: float, values: Floats) -> Floats:
        """Move the average of each stream that spoke."""
        z, average, weight = self.standardise(time_s, values), self.memory.average, float(self.spec.weight)
        spoke = np.isfinite(z)
        average[spoke] += weight * (z[spoke] - average[spoke])
        limit = self.spec.limit * np.sqrt(weight / (2.0 - weight))
        scores = np.where(spoke, np.abs(average) / limit, 0.0)
        average[scores >= 1.0] = 0.0
        return scores
