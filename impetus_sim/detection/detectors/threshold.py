"""Alarms at a limit: a bang heard, a concentration over a limit, too many people on a place."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import model_validator

from impetus_sim.detection.base import Detector, DetectorSpec, Floats
from impetus_sim.registry import register
from impetus_sim.scenario.quantities import Number, Seconds, limits
from impetus_sim.scenario.spec import refuse


class ThresholdSpec(DetectorSpec):
    """A limit that a reading must not reach.

    Parameters
    ----------
    above
        Alarm at this value or above; or
    below
        at this value or below.
    divide_by
        What readings are divided by first: the area in view in m2 makes people in view a density.
    lasts
        Only once it has been so for this time, s.
    """

    above: Number | None = None
    below: Number | None = None
    divide_by: Annotated[Number, limits(above=0.0)] = 1.0
    lasts: Seconds = 0.0

    @model_validator(mode="after")
    def _check_limit(self) -> ThresholdSpec:
        if (self.above is None) == (self.below is None):
            refuse("a limit is missing" if self.above is None else "two limits", allowed="above or below")
        return self


@register("detectors", "threshold")
class Threshold(Detector):
    """Score 1 at the limit, 2 at as far beyond it as it is from zero; below 1 until it has lasted."""

    Spec = ThresholdSpec

    def columns(self) -> dict[str, Any]:
        """Return since when the limit has been reached, s; nan for not now."""
        return {"since_s": "f8"}

    def __init__(self, name: str, spec: Any, streams: Any, *, week_s: float = 0.0) -> None:
        super().__init__(name, spec, streams, week_s=week_s)
        self.memory.since_s[:] = np.nan

    def observe(self, time_s: float, values: Floats) -> Floats:
        """Compare with the limit; a stream that says nothing changes nothing."""
        s, since = self.spec, self.memory.since_s
        limit = float(s.above if s.above is not None else s.below)
        beyond = (values / s.divide_by - limit) / (abs(limit) or 1.0)
        scores = np.maximum(1.0 + (beyond if s.above is not None else -beyond), 0.0)
        spoke = ~np.isnan(values)
        is_beyond = spoke & (scores >= 1.0)
        since[spoke & ~is_beyond] = np.nan
        since[is_beyond & np.isnan(since)] = time_s
        is_brief = is_beyond & (time_s - since < s.lasts)
        scores[is_brief] = np.nextafter(1.0, 0.0)
        return np.where(spoke, scores, 0.0)
