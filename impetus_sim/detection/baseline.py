"""What a stream says when nothing goes on, and how far a reading is from it: the first stage of simple detectors.

Median and scaled median absolute deviation by the hour of the week where there is a record to learn from; else of
the first readings of the run, or as given. Counts are made even in scatter first by the transform of Anscombe 1948,
2 sqrt(x + 3/8), whose result has a variance near 1 for Poisson counts from about 4 on.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import model_validator

from impetus_sim.detection.base import Detector, DetectorSpec, Floats
from impetus_sim.scenario.quantities import FixedCount, Number, limits
from impetus_sim.scenario.spec import refuse

HOUR_S = 3600.0
WEEK_HOURS, DAY_HOURS = 168, 24
NORMAL_MAD = 1.4826
"""Standard deviation over median absolute deviation of a normal distribution."""
LEAST_READINGS = 12
"""Readings of an hour of the week below which that hour of all days is taken, and then the whole record."""
LEAST_SPREAD = 1e-9


class BaselineSpec(DetectorSpec):
    """What is usual; give mean and spread, a record to learn from, or let it learn from the first readings.

    Parameters
    ----------
    mean, spread
        What readings are without incidents, and their standard deviation; of transformed counts where `counts`.
    learn
        Readings of the run from which they are taken otherwise; nothing alarms until then.
    counts
        Whether readings are counts.
    """

    mean: Number | None = None
    spread: Annotated[Number, limits(above=0.0)] | None = None
    learn: Annotated[FixedCount, limits(low=5, high=10_000)] = 30
    counts: bool = False

    @model_validator(mode="after")
    def _check_both(self) -> BaselineSpec:
        if (self.mean is None) != (self.spread is None):
            refuse("one of mean and spread", allowed="both, or neither")
        return self


def anscombe(counts: Floats) -> Floats:
    """Return counts with a variance near 1."""
    return np.asarray(2.0 * np.sqrt(np.maximum(counts, 0.0) + 0.375), np.float64)


def robust_spread(values: Floats) -> tuple[float, float]:
    """Return the median and the scaled median absolute deviation; the standard deviation where that is 0."""
    middle = float(np.median(values))
    spread = NORMAL_MAD * float(np.median(np.abs(values - middle)))
    return middle, max(spread or float(values.std()), LEAST_SPREAD)


class Baseline(Detector):
    """A detector that judges how far readings are from usual, in standard deviations."""

    def __init__(self, name: str, spec: Any, streams: Any, *, week_s: float = 0.0) -> None:
        super().__init__(name, spec, streams, week_s=week_s)
        n = len(self.streams)
        self._mean = np.full((WEEK_HOURS, n), np.nan)
        self._spread = np.full((WEEK_HOURS, n), np.nan)
        if spec.mean is not None:
            self._mean[:], self._spread[:] = float(spec.mean), float(spec.spread)

    def columns(self) -> dict[str, Any]:
        """Return the first readings, how many, and what was learned from them."""
        return {"n_first": "i8", "first": ("f8", int(self.spec.learn)), "mean": "f8", "spread": "f8"}

    def fit(self, times_s: Floats, values: Floats) -> None:
        """Learn by the hour of the week."""
        if self.spec.mean is not None:
            return
        values, hours = self._even(values), self._hours(times_s)
        for k in range(len(self.streams)):
            there = np.isfinite(values[:, k])
            for hour in range(WEEK_HOURS):
                for alike in (hours == hour, hours % DAY_HOURS == hour % DAY_HOURS, True):
                    seen = values[there & alike, k]
                    if len(seen) >= LEAST_READINGS:
                        self._mean[hour, k], self._spread[hour, k] = robust_spread(seen)
                        break

    def standardise(self, time_s: float, values: Floats) -> Floats:
        """Return readings in standard deviations from usual, nan where silent or still learning, float64 (n,)."""
        values = self._even(values)
        hour = int(self._hours(np.array([time_s]))[0])
        mean, spread = self._mean[hour].copy(), self._spread[hour].copy()
        unknown = np.isnan(mean)
        if unknown.any():
            self._learn(np.where(unknown, values, np.nan))
            known = unknown & (self.memory.n_first == self.memory.first.shape[1]) & (self.memory.spread > 0.0)
            mean[known], spread[known] = self.memory.mean[known], self.memory.spread[known]
        return np.asarray((values - mean) / spread, np.float64)

    def _learn(self, values: Floats) -> None:
        memory, most = self.memory, self.memory.first.shape[1]
        for k in np.flatnonzero(np.isfinite(values)):
            n = int(memory.n_first[k])
            if n < most:
                memory.first[k, n] = values[k]
                memory.n_first[k] = n + 1
            elif memory.spread[k] == 0.0:
                memory.mean[k], memory.spread[k] = robust_spread(memory.first[k])

    def _even(self, values: Floats) -> Floats:
        return anscombe(values) if self.spec.counts else values

    def _hours(self, times_s: Floats) -> npt.NDArray[np.int64]:
        return np.asarray((times_s + self.week_s) // HOUR_S % WEEK_HOURS, np.int64)
