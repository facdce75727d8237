"""Paired statistics on common random numbers: how far two options differ, and how sure that is.

Replicate r of every option has the same random numbers, so the difference within a replicate is due to
the option; its spread, not the spread of the outcomes, decides how many runs are needed.

Sources: Law (2015), Simulation Modeling and Analysis, 5th ed., ch. 10-11 (paired t, common random
numbers, sequential stopping); Royston and Parmar (2013), BMC Med. Res. Methodol. 13:152 (restricted mean).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from impetus_sim.analysis.bootstrap import (
    Floats,
    compute_bca_interval,
    compute_percentile_interval,
)

MIN_REPLICATES = 10
"""Fewest replicates before a stopping rule is looked at: sequential rules undercover with fewer."""


@dataclass(frozen=True, kw_only=True)
class MeanInterval:
    """A mean with its t interval; the ends are infinite when there is one value only.

    Parameters
    ----------
    n
        Number of replicates.
    mean, low, high
        In the unit of the values.
    sd
        Standard deviation of one replicate; 0 for a single value.
    """

    n: int
    mean: float
    low: float
    high: float
    sd: float

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return 0.5 * (self.high - self.low)


@dataclass(frozen=True, kw_only=True)
class PairedDifference:
    """Option minus baseline over paired replicates.

    Parameters
    ----------
    interval
        Mean difference with its t interval.
    bootstrap_low, bootstrap_high
        BCa bootstrap interval of the same mean.
    is_identical
        Every difference is exactly 0: the option changed nothing that this metric sees.
    correlation
        Pearson correlation of option and baseline; None when either does not vary.
    variance_ratio
        (var a + var b) / var(a - b): how many times more independent runs would be needed for the same
        interval. None when the differences do not vary (the ratio is then not defined).
    variance_ratio_low, variance_ratio_high
        Percentile bootstrap interval of the ratio.
    """

    interval: MeanInterval
    bootstrap_low: float
    bootstrap_high: float
    is_identical: bool
    correlation: float | None
    variance_ratio: float | None
    variance_ratio_low: float | None
    variance_ratio_high: float | None

    @property
    def is_distinguishable(self) -> bool:
        """Whether the t interval leaves out 0."""
        return self.interval.low > 0.0 or self.interval.high < 0.0


def compute_mean_interval(values: Floats, *, confidence: float = 0.95) -> MeanInterval:
    """Return the mean of the replicates with its t interval.

    Parameters
    ----------
    values
        One finite number per replicate, shape (n,), n at least 1.
    confidence
        Between 0 and 1.
    """
    n = len(values)
    mean = float(np.mean(values))
    if n < 2:
        return MeanInterval(n=n, mean=mean, low=-math.inf, high=math.inf, sd=0.0)
    if not np.any(values != values[0]):
        only = float(values[0])  # exactly: the mean of equal numbers may be off by a rounding
        return MeanInterval(n=n, mean=only, low=only, high=only, sd=0.0)
    sd = float(np.std(values, ddof=1))
    half = float(stdtrit(n - 1, 0.5 * (1.0 + confidence))) * sd / math.sqrt(n)
    return MeanInterval(n=n, mean=mean, low=mean - half, high=mean + half, sd=sd)


def compute_paired_difference(
    option: Floats,
    baseline: Floats,
    *,
    resamples: npt.NDArray[np.intp],
    confidence: float = 0.95,
) -> PairedDifference:
    """Compare an option with its baseline, replicate by replicate.

    Parameters
    ----------
    option, baseline
        One finite number per replicate, same order, shape (n,).
    resamples
        Which replicates form each bootstrap resample, shape (n_resamples, n), from `draw_resamples`.
    confidence
        Of every interval.
    """
    differences = option - baseline
    interval = compute_mean_interval(differences, confidence=confidence)
    bootstrap = (interval.low, interval.high)
    ratio: float | None = None
    ratio_interval: tuple[float | None, float | None] = (None, None)
    if len(differences) > 1:
        bootstrap = compute_bca_interval(differences, resamples, confidence=confidence)
        ratio = compute_variance_ratio(option, baseline)
    if ratio is not None:
        resampled = _resample_variance_ratio(option, baseline, resamples)
        ratio_interval = compute_percentile_interval(resampled, confidence=confidence)
    return PairedDifference(
        interval=interval,
        bootstrap_low=bootstrap[0],
        bootstrap_high=bootstrap[1],
        is_identical=not np.any(differences),
        correlation=compute_correlation(option, baseline),
        variance_ratio=ratio,
        variance_ratio_low=ratio_interval[0],
        variance_ratio_high=ratio_interval[1],
    )


def compute_correlation(a: Floats, b: Floats) -> float | None:
    """Return the Pearson correlation, or None when either sample does not vary."""
    if len(a) < 2 or not np.any(a != a[0]) or not np.any(b != b[0]):
        return None
    da, db = a - a.mean(), b - b.mean()
    return float(np.clip(np.sum(da * db) / math.sqrt(np.sum(da**2) * np.sum(db**2)), -1.0, 1.0))


def compute_variance_ratio(a: Floats, b: Floats) -> float | None:
    """Return (var a + var b) / var(a - b), or None when the differences do not vary."""
    differences = a - b
    if len(a) < 2 or not np.any(differences != differences[0]):
        return None
    return float((np.var(a, ddof=1) + np.var(b, ddof=1)) / np.var(differences, ddof=1))


def _resample_variance_ratio(a: Floats, b: Floats, resamples: npt.NDArray[np.intp]) -> Floats:
    drawn_a, drawn_b = a[resamples], b[resamples]
    spread = np.var(drawn_a - drawn_b, axis=1)
    usable = spread > 0.0  # a resample of one replicate n times has no spread
    return (np.var(drawn_a[usable], axis=1) + np.var(drawn_b[usable], axis=1)) / spread[usable]


def restrict(values: Floats, is_censored: npt.NDArray[np.bool_]) -> tuple[Floats, float | None]:
    """Cut off durations at the shortest time to which a censored run was followed.

    A run that ended with people inside only says 'longer than'. The mean of the values cut off at a
    common limit (restricted mean) can be compared; the mean over finished runs cannot.

    Parameters
    ----------
    values
        Durations, or the time followed where censored; any shape.
    is_censored
        Same shape.

    Returns
    -------
    The values, and the limit (None when nothing is censored: the values are then unchanged).
    """
    if not is_censored.any():
        return values, None
    limit = float(values[is_censored].min())
    return np.minimum(values, limit), limit


def is_precise_enough(*, n: int, half_width: float | None, baseline_mean: float, precision: float) -> bool:
    """Tell whether a paired difference is known well enough to stop.

    True when there are at least `MIN_REPLICATES` pairs and the half-width of the interval is at most
    `precision` times the size of the baseline's mean.
    """
    if n < MIN_REPLICATES or half_width is None:
        return False
    return half_width <= precision * abs(baseline_mean)
