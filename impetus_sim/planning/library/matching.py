"""How far observed counts are from each situation of a library, and how far that is by chance alone.

Counts are made alike in spread, 2 sqrt(count + 3/8) (Anscombe 1948), and turned so that their scatter between
replicates of one situation is 1 in every direction: the pooled covariance of replicates, shrunk towards its
diagonal (Schaefer and Strimmer 2005). Squared distances of replicates to the mean of their situation would then
follow a chi-square; since counts are neither normal nor equally scattered, two reference sets are taken from the
library itself in its place, and p-values are ranks in them (conformal, Vovk et al. 2005): exact for exchangeable
situations.

- as a replicate: distance of each run to the nearest mean, its own situation's taken without it;
- as a neighbour: distance of each run to the nearest mean of another situation: how far a situation is from the
  library that was drawn from the same ranges but is not in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LEAST_P: Final = 0.05
"""Of a p-value below which counts do not look like what it speaks of."""

LEAST_VARIANCE: Final = 0.1
"""Of a count between replicates, on the scale where that of a Poisson count is 1: counters that never vary in the
library are not exact to the last person."""

SCALES: Final = tuple(float(2**k) for k in range(0, 13))
"""Among which the scale of distances is chosen."""


def equalize(counts: Floats) -> Floats:
    """Return counts on a scale where a Poisson count has variance 1."""
    return np.asarray(2.0 * np.sqrt(np.maximum(counts, 0.0) + 0.375), np.float64)


@dataclass(frozen=True, kw_only=True)
class Matcher:
    """Situations in the coordinates in which replicates scatter alike.

    Parameters
    ----------
    runs
        Every replicate, float64 (situations, replicates, counts), turned.
    turn
        From `equalize`d counts to these coordinates, float64 (counts, counts).
    """

    runs: Floats
    turn: Floats

    @classmethod
    def build(cls, signatures: Floats) -> Matcher:
        """Learn the scatter of replicates.

        Parameters
        ----------
        signatures
            Counts, float64 (situations, replicates, counts); two replicates or more, none missing.
        """
        alike = equalize(signatures)
        residuals = alike - alike.mean(axis=1, keepdims=True)
        covariance = _shrink(residuals)
        turn = np.linalg.inv(np.linalg.cholesky(covariance)).T
        return cls(runs=alike @ turn, turn=turn)

    @property
    def n_replicates(self) -> int:
        """Replicates of each situation."""
        return int(self.runs.shape[1])

    @cached_property
    def means(self) -> Floats:
        """Mean of each situation, float64 (situations, counts)."""
        return np.asarray(self.runs.mean(axis=1), np.float64)

    def distances(self, counts: Floats) -> Floats:
        """Return squared distances of counts (counts,) to each situation, float64 (situations,).

        A replicate of a situation is about as far from it as there are counts.
        """
        return self._squared(equalize(counts)[None, :] @ self.turn)[0]

    @cached_property
    def between_runs(self) -> Floats:
        """Squared distances of every run to every situation, float64 (situations, replicates, situations).

        Each run's own situation is taken without it.
        """
        n, r = len(self.runs), self.n_replicates
        squared = self._squared(self.runs.reshape(n * r, -1)).reshape(n, r, n)
        own = (self.runs - self.means[:, None]) * r / (r - 1)  # to the mean of the others
        rows = np.arange(n)
        squared[rows, :, rows] = np.sum(own**2, axis=2) / (1.0 + 1.0 / (r - 1))
        return squared

    @cached_property
    def to_others(self) -> Floats:
        """The same with a run's own situation infinitely far."""
        squared = self.between_runs.copy()
        rows = np.arange(len(squared))
        squared[rows, :, rows] = np.inf
        return squared

    def p_as_replicate(self, nearest: float) -> float:
        """Return how often a run of a situation of the library is as far from its nearest mean, or farther."""
        return _rank(self.between_runs.min(axis=2), nearest)

    def p_as_neighbour(self, nearest: float) -> float:
        """Return how often a run of a situation that is not in the library is as far from it, or farther."""
        return _rank(self.to_others.min(axis=2), nearest)

    def is_rare(self, p: float) -> bool:
        """Tell whether counts do not look like what a p-value speaks of.

        In a library of few runs no rank is as low as `LEAST_P`: there, what is farther than all of them is rare.
        """
        n = self.runs.shape[0] * self.n_replicates
        return p < LEAST_P or p * (1.0 + n) < 1.5

    def _squared(self, points: Floats) -> Floats:
        squared = (
            np.sum(points**2, axis=1)[:, None]
            + np.sum(self.means**2, axis=1)[None, :]
            - 2.0 * points @ self.means.T
        )
        return np.asarray(np.maximum(squared, 0.0) / (1.0 + 1.0 / self.n_replicates), np.float64)


def weigh(squared: Floats, scale: float) -> Floats:
    """Return how much each situation counts, exp(-squared / 2 scale), sum 1; along the last axis."""
    closest = squared.min(axis=-1, keepdims=True)
    weights = np.exp(-0.5 * (squared - closest) / scale)
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True), np.float64)


def weigh_quantiles(values: Floats, weights: Floats, levels: Sequence[float]) -> list[float]:
    """Return quantiles of weighted values (values,): the least value up to which a share of the weight lies."""
    order = np.argsort(values, kind="stable")
    places = np.searchsorted(np.cumsum(weights[order]), np.asarray(levels) - 1e-12)
    return [float(value) for value in values[order][np.minimum(places, len(values) - 1)]]


def choose_scale(matcher: Matcher, values: Floats) -> float:
    """Return the scale that foretells outcomes of situations left out best.

    Parameters
    ----------
    matcher
        Of the library.
    values
        Mean outcome, float64 (situations, options). The error is that of the outcomes and of their differences
        between options, each as a share of its variance.
    """
    contrasts = values - values.mean(axis=1, keepdims=True)
    errors = []
    for scale in SCALES:
        weights = weigh(matcher.to_others, scale)
        errors.append(sum(_error(weights @ told, told) for told in (values, contrasts)))
    return SCALES[int(np.argmin(errors))]


def _error(foretold: Floats, values: Floats) -> float:
    spread = float(values.var(axis=0).mean())
    return float(np.mean((foretold - values[:, None]) ** 2)) / spread if spread > 0.0 else 0.0


def _rank(reference: Floats, value: float) -> float:
    return (1.0 + float(np.count_nonzero(reference >= value))) / (1.0 + reference.size)


def _shrink(residuals: Floats) -> Floats:
    # pooled covariance of residuals (situations, replicates, counts), towards its diagonal
    n_situations, n_replicates, n_counts = residuals.shape
    flat = residuals.reshape(-1, n_counts)
    freedom = n_situations * (n_replicates - 1)
    covariance = flat.T @ flat / freedom
    variances = np.maximum(np.diag(covariance), LEAST_VARIANCE)
    scale = np.sqrt(variances)
    correlation = covariance / np.outer(scale, scale)
    alike = flat / scale
    n = len(flat)
    of_products = (alike**2).T @ alike**2 / n - (alike.T @ alike / n) ** 2
    off = ~np.eye(n_counts, dtype=bool)
    noise = float(of_products[off].sum()) / freedom
    total = float((correlation[off] ** 2).sum())
    shrinkage = min(1.0, max(0.0, noise / total)) if total > 0.0 else 1.0
    shrunk = np.where(off, correlation * (1.0 - shrinkage), 1.0)
    return np.asarray(shrunk * np.outer(scale, scale), np.float64)
