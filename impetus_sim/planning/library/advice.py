"""What to do after a match: the expected outcome of each option, which is best, and what acting on it may cost.

The situations are weighed by their distance from what was counted (`matching.weigh`). The scale of the weights is
the one that foretells situations left out best, so that a library that is coarse says less. Intervals are those of
single outcomes about the weighted mean, as wide as outcomes of situations left out scatter about theirs, in shares
of the weighted spread (locally weighted conformal intervals, Lei et al. 2018).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

N_DRAWS: Final = 400
INTERVAL: Final = 0.90
N_NEAREST: Final = 10
"""Situations near the match whose regrets, each when left out, stand for that of the match."""


@dataclass(frozen=True, kw_only=True)
class Foresight:
    """What weighted situations say of one metric.

    Parameters
    ----------
    means, spreads
        Expected outcome, and standard deviation of single outcomes, float64 (..., options).
    """

    means: Floats
    spreads: Floats


def foretell(weights: Floats, values: Floats) -> Foresight:
    """Return the weighted mean and spread of outcomes.

    Parameters
    ----------
    weights
        Of the situations, float64 (..., situations), sum 1 along the last axis.
    values
        Outcomes, float64 (situations, options, replicates).
    """
    centre = values.mean(axis=(0, 2))
    relative = values - centre[:, None]
    means = weights @ relative.mean(axis=2)
    within = values.var(axis=2, ddof=1).mean(axis=0)  # never surer than replicates of one situation
    variances = np.maximum(weights @ (relative**2).mean(axis=2) - means**2, within)
    return Foresight(means=means + centre, spreads=np.sqrt(variances))


def find_reach(left_out: Floats, values: Floats) -> Floats:
    """Return how far outcomes lie from what was foretold, in spreads: ends of the `INTERVAL`, float64 (2, options).

    Parameters
    ----------
    left_out
        Weights for every look at a situation, its own 0, float64 (situations, looks, situations).
    values
        Outcomes, float64 (situations, options, replicates).
    """
    foresight = foretell(left_out, values)
    spreads = np.where(foresight.spreads > 0.0, foresight.spreads, 1.0)
    errors = (values[:, None] - foresight.means[..., None]) / spreads[..., None]
    tail = 0.5 * (1.0 - INTERVAL)
    by_option = errors.transpose(2, 0, 1, 3).reshape(values.shape[1], -1)
    return np.asarray(np.quantile(by_option, [tail, 1.0 - tail], axis=1), np.float64)


@dataclass(frozen=True, kw_only=True)
class Advice:
    """Which option is best.

    Parameters
    ----------
    probability_best
        float64 (options,), sum 1.
    best
        Index of the option with the best expected outcome.
    expected_loss
        What that option is expected to lose against knowing the situation, in the unit of the metric.
    """

    probability_best: Floats
    best: int
    expected_loss: float


def advise(weights: Floats, values: Floats, *, is_lower_better: bool, seed: int) -> Advice:
    """Weigh the outcomes of situations.

    Parameters
    ----------
    weights
        Of the situations, sum 1.
    values
        Outcomes of the ranking metric, float64 (situations, options, replicates).
    is_lower_better
        Which side is better.
    seed
        Of the draws.

    Notes
    -----
    True means of a situation are drawn about those of its replicates. The covariance of options is pooled over the
    situations, since few replicates tell little of it.
    """
    signed = values if is_lower_better else -values
    n_situations, n_options, n_replicates = signed.shape
    means = signed.mean(axis=2)
    best = int(np.argmin(weights @ means))
    residuals = (signed - means[:, :, None]).transpose(0, 2, 1).reshape(-1, n_options)
    covariance = residuals.T @ residuals / (n_situations * (n_replicates - 1)) / n_replicates
    size, axes = np.linalg.eigh(covariance)
    draws = np.random.default_rng(seed).standard_normal((N_DRAWS, n_options))
    errors = (draws * np.sqrt(np.maximum(size, 0.0))) @ axes.T
    drawn = means[:, None, :] + errors[None, :, :]
    least = drawn.min(axis=2)
    winners = drawn == least[:, :, None]
    shares = (winners / winners.sum(axis=2, keepdims=True)).mean(axis=1)
    loss = (drawn[:, :, best] - least).mean(axis=1)
    return Advice(
        probability_best=np.asarray(weights @ shares, np.float64),
        best=best,
        expected_loss=float(weights @ loss),
    )


@dataclass(frozen=True, kw_only=True)
class Regrets:
    """What was lost by acting on a match, one entry for each look at a situation.

    Parameters
    ----------
    chosen, least
        Outcome of the option that was chosen, and of the best, where less is better.
    """

    chosen: Floats
    least: Floats

    @property
    def shares(self) -> Floats:
        """Loss as a share of the best outcome."""
        return share_lost(self.chosen, self.least)


def share_lost(chosen: Floats, least: Floats) -> Floats:
    """Return the loss as a share of the best outcome; 0 where nothing was lost, whatever the best is."""
    loss = chosen - least
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = loss / np.abs(least)
    return np.asarray(np.where(loss == 0.0, 0.0, shares), np.float64)


def score(weights: Floats, library: Floats, truth: Floats, *, is_lower_better: bool) -> Regrets:
    """Choose an option for every look by the weights, and score it by what is true.

    Parameters
    ----------
    weights
        float64 (situations, looks, situations of the library), sum 1 along the last axis.
    library
        Outcomes of the library's situations, float64 (situations, options, replicates).
    truth
        Those of the situations looked at.
    """
    sign = 1.0 if is_lower_better else -1.0
    best = np.argmin(weights @ (sign * library.mean(axis=2)), axis=2)
    means = sign * truth.mean(axis=2)
    return Regrets(
        chosen=np.take_along_axis(means, best, axis=1),
        least=np.repeat(means.min(axis=1)[:, None], best.shape[1], axis=1),
    )


def count_inside(weights: Floats, library: Floats, truth: Floats, reach: Floats) -> float:
    """Return the share of outcomes that lie in the intervals foretold.

    Parameters
    ----------
    weights, library, truth
        As in `score`.
    reach
        From `find_reach`.
    """
    foresight = foretell(weights, library)
    low, high = foresight.means + reach[0] * foresight.spreads, foresight.means + reach[1] * foresight.spreads
    is_inside = (truth[:, None] >= low[..., None]) & (truth[:, None] <= high[..., None])
    return float(is_inside.mean())
