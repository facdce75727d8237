"""Clusters in time of posts or counts: the scan statistic over windows of several lengths.

The evidence of a window is the log-likelihood ratio of a higher rate inside it against the usual one,
n ln(n / m) - (n - m) for n counts where m are usual, if n > m (Kulldorff 1997; the temporal case is Naus's scan).
For counts more scattered than Poisson's it is divided by the Fano factor (quasi-likelihood).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import BeforeValidator, Field

from impetus_sim.detection.base import Detector, DetectorSpec, Floats
from impetus_sim.registry import register
from impetus_sim.scenario.quantities import FixedCount, FixedNumber, Number, limits

HOURS = 168
HOUR_S = 3600.0
LEAST_MEAN = 1e-3


class PoissonScanSpec(DetectorSpec):
    """Counts against a usual rate.

    Parameters
    ----------
    usual
        Count of one reading without incidents, where no record is learned from.
    fano
        Variance over mean of counts, where no record is learned from.
    windows
        Lengths of the windows, in readings.
    limit
        Alarm at this evidence, nats: false alarms are about exp(-limit) for each window and reading.
    """

    usual: Annotated[FixedNumber, limits(above=0.0)] = 1.0
    fano: Annotated[FixedNumber, limits(low=1.0)] = 1.0
    windows: Annotated[
        tuple[Annotated[FixedCount, limits(low=1, high=10_000)], ...],
        BeforeValidator(lambda raw: [raw] if isinstance(raw, int) else raw),
        Field(min_length=1),
    ] = (1, 3, 10)
    limit: Annotated[Number, limits(above=0.0)] = 10.0


def scan_evidence(n: Floats, mean: Floats) -> Floats:
    """Return the evidence of counts against their means, nats; 0 where they are not higher."""
    ratio = np.maximum(n, mean) / mean
    return np.asarray(np.where(n > mean, n * np.log(ratio) - (n - mean), 0.0), np.float64)


@register("detectors", "poisson_scan")
class PoissonScan(Detector):
    """Score: the highest evidence of all windows that end now, over the limit."""

    Spec = PoissonScanSpec

    def __init__(self, name: str, spec: Any, streams: Any, *, week_s: float = 0.0) -> None:
        super().__init__(name, spec, streams, week_s=week_s)
        self._usual = np.full((HOURS, len(self.streams)), float(spec.usual))
        self._fano = np.full(len(self.streams), float(spec.fano))

    def columns(self) -> dict[str, Any]:
        """Return the latest counts, what was usual then, and how many there were."""
        n = max(int(w) for w in self.spec.windows)
        return {"counts": ("f8", n), "means": ("f8", n), "n": "i8"}

    def fit(self, times_s: Floats, values: Floats) -> None:
        """Learn rates by the hour of the week, and scatter within hours."""
        hours = self._hours(times_s)
        for k in range(len(self.streams)):
            there = np.isfinite(values[:, k])
            overall = float(values[there, k].mean()) if there.any() else LEAST_MEAN
            off, mean = 0.0, 0.0
            for hour in range(HOURS):
                seen = values[there & (hours == hour), k]
                self._usual[hour, k] = max(float(seen.mean()) if len(seen) else overall, LEAST_MEAN)
                off += float(((seen - self._usual[hour, k]) ** 2).sum())
                mean += float(seen.sum())
            self._fano[k] = max(1.0, off / mean) if mean else 1.0

    def observe(self, time_s: float, values: Floats) -> Floats:
        """Add a count to each stream that spoke, and scan its windows."""
        memory = self.memory
        spoke = np.isfinite(values)
        usual = self._usual[int(self._hours(np.array([time_s]))[0])]
        for columns, new in ((memory.counts, values), (memory.means, usual)):
            columns[spoke, 1:] = columns[spoke, :-1]
            columns[spoke, 0] = new[spoke]
        memory.n[spoke] += 1
        best = np.zeros(len(values))
        for window in self.spec.windows:
            full = spoke & (memory.n >= window)
            n, mean = memory.counts[:, :window].sum(axis=1), memory.means[:, :window].sum(axis=1)
            found = scan_evidence(n[full], mean[full]) / self._fano[full]
            best[full] = np.maximum(best[full], found)
        return best / self.spec.limit

    def _hours(self, times_s: Floats) -> Any:
        return ((times_s + self.week_s) // HOUR_S % HOURS).astype(np.int64)
