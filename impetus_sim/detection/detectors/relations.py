"""Signals of a plant that no longer fit together: the residuals of relations learned from a clean record."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from impetus_sim.detection.base import Detector, DetectorSpec, Floats, require_whole_rows
from impetus_sim.detection.regression import Relations, fit_relations
from impetus_sim.errors import InvalidInputError
from impetus_sim.registry import register
from impetus_sim.scenario.quantities import Number, limits

_STEP_TOLERANCE = 0.01
"""Steps that differ by less than this share are alike."""


class RelationsSpec(DetectorSpec):
    """Every stream is predicted from all others; it needs a record without incidents.

    Parameters
    ----------
    factor
        Alarm at this multiple of the farthest residual that is usual (the 99.9 % quantile).
    """

    factor: Annotated[Number, limits(above=0.0)] = 1.5


@register("detectors", "relations")
class RelationsDetector(Detector):
    """Score: the residual over its limit, of each stream that is off."""

    Spec = RelationsSpec
    says = "cyber"

    def __init__(self, name: str, spec: Any, streams: Any, *, week_s: float = 0.0) -> None:
        super().__init__(name, spec, streams, week_s=week_s)
        self.model: Relations | None = None
        self._step_s = np.nan
        self.memory.last[:] = self.memory.last_s[:] = np.nan

    def columns(self) -> dict[str, Any]:
        """Return the values of the step before, and when that was."""
        return {"last": "f8", "last_s": "f8"}

    def fit(self, times_s: Floats, values: Floats) -> None:
        """Learn the relations; rows with a gap serve nothing."""
        whole = require_whole_rows(self.name, values)
        times_s, values = times_s[whole], values[whole]
        steps = np.diff(times_s)
        self._step_s = float(np.median(steps))
        follows = np.concatenate([[False], np.abs(steps / self._step_s - 1.0) < _STEP_TOLERANCE])
        self.model = fit_relations(times_s + self.week_s, values, follows)

    def observe(self, time_s: float, values: Floats) -> Floats:
        """Predict each stream from the others; nothing is said where one lacks, now or a step before."""
        if self.model is None:
            raise InvalidInputError(
                f"detector '{self.name}' has not learned", hint="give it a record without incidents"
            )
        memory = self.memory
        before, step_s = memory.last.copy(), time_s - float(memory.last_s[0])
        memory.last[:] = values
        memory.last_s[:] = time_s
        is_step = abs(step_s / self._step_s - 1.0) < _STEP_TOLERANCE
        if not is_step or not (np.isfinite(values).all() and np.isfinite(before).all()):
            return np.zeros(len(values))
        times = np.array([time_s + self.week_s])
        return self.model.ratios(times, values[None], before[None])[0] / float(self.spec.factor)
