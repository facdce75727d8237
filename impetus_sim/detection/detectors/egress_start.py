"""People have begun to leave a place all at once: the start of an egress, from counts at its exits.

Each counter has a CUSUM of the log-likelihood ratio of its counts: so many more a second as an egress brings,
against the busiest background that is usual at this time of the week. Counts are taken for negative binomial,
since people come in groups. The statistic is the sum of the CUSUMs of all counters, none of which can raise an
alarm alone where there are several: doors that one group uses, and counters that fail, do not look like an egress.

References: deviation of counts at exits from a baseline as the sign of an egress is the method of the Evacuation
Optimiser of the IMPETUS project. Sum of local CUSUMs: Mei 2010, Biometrika 97(2):419-433.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import numpy.typing as npt

from impetus_sim.detection.base import Detector, DetectorSpec, Floats
from impetus_sim.detection.kernels.counts import sum_of_cusums
from impetus_sim.registry import register
from impetus_sim.scenario.quantities import FixedNumber, FixedSeconds, Number, PerSecond, Share, limits

BIN_S = 1800.0
"""Time of the day by which backgrounds differ; working days and weekends differ too."""
MINUTE_S = 60.0
DAY_S = 86400.0
WORKING_DAYS = 5
N_BINS = 2 * int(DAY_S / BIN_S)
LEAST_PER_S = 0.005
"""Lowest background of a counter, people per second."""
GROWTH = 1.5
"""A background that was busy of late may still grow by this factor."""
LEAST_COUNTED = 10
"""Counts in a quarter of an hour that tell something of their scatter."""
MARGIN = 1.1
"""Of the threshold above the highest statistic of all but a few days of a clean record."""


class EgressStartSpec(DetectorSpec):
    """What an egress is against, and when it is taken for certain.

    Parameters
    ----------
    usual
        Busiest background of a counter, people per second, where no record is learned from.
    fano
        Variance over mean of its counts, where no record is learned from.
    more
        What an egress adds at a counter at least, people per second.
    busiest
        Quantile of the counts of one minute that is taken for the busiest background at a time of the week.
    threshold
        Evidence at which it alarms, nats; a record that is learned from can raise it.
    tolerated
        Share of the days of the record that may have a statistic above the threshold: surges that are as high as an
        egress, and would hide one if the threshold were above them all.
    alone
        Share of it that one counter can give.
    memory
        Time over which the level of late is taken.
    lag
        Time just before a reading that is left out of it: an egress must be found within this.
    every
        Time between two readings of a counter.
    """

    usual: PerSecond = 0.3
    fano: Annotated[FixedNumber, limits(low=1.0, high=1000.0)] = 3.0
    more: Annotated[PerSecond, limits(above=0.0)] = 1.0
    busiest: Annotated[Share, limits(above=0.0)] = 0.995
    threshold: Annotated[Number, limits(above=0.0)] = 14.0
    tolerated: Share = 0.1
    alone: Annotated[Share, limits(above=0.0)] = 0.7
    memory: Annotated[FixedSeconds, limits(above=0.0)] = 300.0
    lag: Annotated[FixedSeconds, limits(above=0.0)] = 90.0
    every: Annotated[FixedSeconds, limits(above=0.0)] = 5.0


@register("detectors", "egress_start")
class EgressStart(Detector):
    """Score: the sum of evidence over the threshold, at every counter that gives more than its share."""

    Spec = EgressStartSpec
    says = "egress"

    def __init__(self, name: str, spec: Any, streams: Any, *, week_s: float = 0.0) -> None:
        super().__init__(name, spec, streams, week_s=week_s)
        n = len(self.streams)
        self.usual = np.full((N_BINS, n), float(spec.usual))
        self.fano = np.full(n, float(spec.fano))
        self.threshold = float(spec.threshold)

    def columns(self) -> dict[str, Any]:
        """Return evidence and level of each counter, the latest readings and how many there were."""
        width = max(1, round(self.spec.lag / self.spec.every))
        return {"sum": "f8", "level": "f8", "ring": ("f8", width), "n": "i8"}

    def fit(self, times_s: Floats, values: Floats) -> None:
        """Learn backgrounds, scatter and threshold from a record without an egress."""
        every = float(self.spec.every)
        bins = self._bins(times_s)
        per_minute = min(max(1, round(MINUTE_S / every)), len(values))
        minutes = len(values) // per_minute
        busy, _ = _mean_and_variance(values[: minutes * per_minute].reshape(minutes, per_minute, -1))
        busy_bins = bins[: minutes * per_minute : per_minute]
        for bin_ in range(N_BINS):
            here = np.isin(busy_bins, _neighbours(bin_))
            for k in range(len(self.streams)):
                seen = busy[here, k]
                seen = seen[np.isfinite(seen)]
                if len(seen):
                    self.usual[bin_, k] = np.quantile(seen, self.spec.busiest) / every
        self.fano = _fano(values, max(1, round(BIN_S / 2.0 / every)))
        self.threshold = float(self.spec.threshold)
        saved = {name: column.copy() for name, column in self.memory.columns.items()}
        sums = self._sums(times_s, values)
        self.memory.load(saved)
        days = np.asarray(times_s // DAY_S, np.int64)
        highest = [float(sums[days == day].max()) for day in np.unique(days)]
        self.threshold = max(self.threshold, MARGIN * float(np.quantile(highest, 1.0 - self.spec.tolerated)))

    def observe(self, time_s: float, values: Floats) -> Floats:
        """Add one reading of every counter."""
        if np.isnan(values).all():
            return np.zeros(len(values))
        return self._scores(self._sums(np.array([time_s]), values[None]))[0]

    def observe_all(self, times_s: Floats, values: Floats) -> Floats:
        """Return the scores of a record: that of the sum at every counter, float64 (m, n)."""
        return np.repeat(self._sums(times_s, values)[:, None] / self.threshold, values.shape[1], axis=1)

    def _scores(self, sums: Floats) -> Floats:
        # At the counters that gave at least an even share of the sum.
        own = self.memory.sum
        gives = own * len(own) >= own.sum()
        return np.where(gives, sums[:, None] / self.threshold, 0.0)

    def _sums(self, times_s: Floats, values: Floats) -> Floats:
        s, memory, every = self.spec, self.memory, float(self.spec.every)
        out = np.empty(len(values))
        alone = 1.0 if len(self.streams) == 1 else float(s.alone)
        sum_of_cusums(
            np.ascontiguousarray(values, np.float64),
            self.usual[self._bins(times_s)] * every,
            float(s.more) * every,
            self.fano,
            np.inf if alone == 1.0 else alone * self.threshold,
            LEAST_PER_S * every,
            GROWTH,
            min(1.0, every / float(s.memory)),
            memory.sum,
            memory.level,
            memory.ring,
            memory.n,
            out,
        )
        return out

    def _bins(self, times_s: Floats) -> npt.NDArray[np.int64]:
        at = np.asarray(times_s) + self.week_s
        is_weekend = (at // DAY_S).astype(np.int64) % 7 >= WORKING_DAYS
        return np.asarray(
            (at % DAY_S // BIN_S).astype(np.int64) + np.where(is_weekend, N_BINS // 2, 0), np.int64
        )


def _neighbours(bin_: int) -> list[int]:
    # A surge may come half an hour sooner or later than it was seen to.
    half = N_BINS // 2
    day, slot = divmod(bin_, half)
    return [day * half + (slot + step) % half for step in (-1, 0, 1)]


def _fano(values: Floats, block: int) -> Floats:
    # Median over blocks of variance over mean, of the blocks in which enough was counted; 1 where there is none.
    block = min(block, len(values))
    n_blocks = len(values) // block
    mean, variance = _mean_and_variance(values[: n_blocks * block].reshape(n_blocks, block, -1))
    out = np.ones(values.shape[1])
    for k in range(len(out)):
        enough = mean[:, k] * block >= LEAST_COUNTED
        if enough.any():
            out[k] = max(1.0, float(np.median(variance[enough, k] / mean[enough, k])))
    return out


def _mean_and_variance(parts: Floats) -> tuple[Floats, Floats]:
    # Of the readings that are there, along the middle axis; nan where there are none, or one for the variance.
    is_there = np.isfinite(parts)
    n = is_there.sum(axis=1)
    mean = np.where(is_there, parts, 0.0).sum(axis=1) / np.where(n > 0, n, np.nan)
    off = np.where(is_there, parts - mean[:, None], 0.0)
    return mean, (off**2).sum(axis=1) / np.where(n > 1, n - 1, np.nan)
