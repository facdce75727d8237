"""Readings that leave the plane in which all streams together usually lie: residuals of principal components."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from impetus_sim.detection.base import Detector, DetectorSpec, Floats, require_whole_rows
from impetus_sim.errors import InvalidInputError
from impetus_sim.registry import register
from impetus_sim.scenario.quantities import FixedCount, Share, limits

LEAST_SPREAD = 1e-9


class PcaSpec(DetectorSpec):
    """All streams together; it needs a record without incidents.

    Parameters
    ----------
    components
        Principal components that span what is usual; one less than there are streams at most.
    window
        Readings over which squared residuals are averaged.
    usual
        Share of the readings of the record that are below the alarm.
    """

    components: Annotated[FixedCount, limits(low=1, high=1000)] = 12
    window: Annotated[FixedCount, limits(low=1, high=10_000)] = 12
    usual: Annotated[Share, limits(above=0.0)] = 0.98


@register("detectors", "pca")
class Pca(Detector):
    """Mean squared residual of a stream, scaled by its own in the record, over the limit of the worst."""

    Spec = PcaSpec

    def __init__(self, name: str, spec: Any, streams: Any, *, week_s: float = 0.0) -> None:
        super().__init__(name, spec, streams, week_s=week_s)
        self._limit = np.nan

    def columns(self) -> dict[str, Any]:
        """Return the latest squared residuals and how many there were."""
        return {"squares": ("f8", int(self.spec.window)), "n": "i8"}

    def fit(self, times_s: Floats, values: Floats) -> None:
        """Learn the plane, the scatter around it, and the limit."""
        del times_s
        values = values[require_whole_rows(self.name, values)]
        self._mean, self._scale = values.mean(axis=0), values.std(axis=0)
        self._scale = np.where(self._scale > 0.0, self._scale, 1.0)
        z = (values - self._mean) / self._scale
        k = min(int(self.spec.components), z.shape[1] - 1)
        self._axes = np.linalg.svd(z, full_matrices=False)[2][:k].T
        off = z - z @ self._axes @ self._axes.T
        self._spread = np.maximum(off.std(axis=0), LEAST_SPREAD)
        sums = np.cumsum(np.vstack([np.zeros(z.shape[1]), (off / self._spread) ** 2]), axis=0)
        window = min(int(self.spec.window), len(z))
        means = (sums[window:] - sums[:-window]) / window
        self._limit = max(float(np.quantile(means.max(axis=1), float(self.spec.usual))), LEAST_SPREAD)

    def observe(self, time_s: float, values: Floats) -> Floats:
        """Judge all streams together; nothing is said where one lacks."""
        del time_s
        if np.isnan(self._limit):
            raise InvalidInputError(
                f"detector '{self.name}' has not learned", hint="give it a record without incidents"
            )
        memory = self.memory
        if not np.isfinite(values).all():
            return np.zeros(len(values))
        z = (values - self._mean) / self._scale
        off = (z - z @ self._axes @ self._axes.T) / self._spread
        memory.squares[:, int(memory.n[0]) % memory.squares.shape[1]] = off**2
        memory.n[:] = memory.n + 1
        n = min(int(memory.n[0]), memory.squares.shape[1])
        return np.asarray(memory.squares.sum(axis=1) / n / self._limit, np.float64)
