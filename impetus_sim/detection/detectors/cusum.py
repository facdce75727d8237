"""Cumulative sums of readings, to both sides: small lasting shifts, as soon as can be.

Page 1954, Biometrika 41:100. With a slack of 0.5 and a limit of 5 standard deviations the mean run is 465 readings
without a shift and 38, 10.4 and 4.01 after shifts of 0.5, 1 and 2 (Montgomery, Statistical Quality Control).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from impetus_sim.detection.base import Floats
from impetus_sim.detection.baseline import Baseline, BaselineSpec
from impetus_sim.detection.kernels.cusum import step_cusum
from impetus_sim.registry import register
from impetus_sim.scenario.quantities import Number, limits


class CusumSpec(BaselineSpec):
    """The sums of a stream.

    Parameters
    ----------
    slack
        Taken from each reading, standard deviations: half of the shift that is to be found soonest.
    limit
        Alarm above this sum, standard deviations.
    """

    slack: Annotated[Number, limits(low=0.0)] = 0.5
    limit: Annotated[Number, limits(above=0.0)] = 5.0


@register("detectors", "cusum")
class Cusum(Baseline):
    """Score: the greater sum over the limit; both begin anew after an alarm."""

    Spec = CusumSpec

    def columns(self) -> dict[str, Any]:
        """Return the sums too."""
        return {**super().columns(), "high": "f8", "low": "f8"}

    def observe(self, time_s: float, values: Floats) -> Floats:
        """Add to the sums of each stream that spoke."""
        z, memory, s = self.standardise(time_s, values), self.memory, self.spec
        scores = np.zeros(len(values))
        for k in np.flatnonzero(np.isfinite(z)):
            memory.high[k], memory.low[k] = step_cusum(z[k], float(s.slack), memory.high[k], memory.low[k])
            scores[k] = max(memory.high[k], memory.low[k]) / s.limit
            if scores[k] >= 1.0:
                memory.high[k] = memory.low[k] = 0.0
        return scores
