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
    """Which option is best, for one look or many.

    Parameters
    ----------
    best
        Index of the option with the best expected outcome, int (...).
    probability_best
        float64 (..., options), sum 1.
    expected_loss
        What the best option is expected to lose against knowing the situation, in the unit of the metric.
    """

    best: npt.NDArray[np.intp]
    probability_best: Floats
    expected_loss: Floats


def advise(weights: Floats, left_out: Floats, values: Floats, *, is_lower_better: bool) -> Advice:
    """Choose an option, and tell how sure that is from how wrong situations left out were foretold.

    Parameters
    ----------
    weights
        Of the situations, float64 (..., situations), sum 1 along the last axis.
    left_out
        Weights for every look at a situation, its own 0, float64 (situations, looks, situations).
    values
        Outcomes of the ranking metric, float64 (situations, options, replicates).
    is_lower_better
        Which side is better.

    Notes
    -----
    The true outcomes are taken to be those foretold plus the errors, of all options together, that were made in a
    situation left out, each as likely as the next. Errors of options go together, and between situations of the
    library they are larger than chance between replicates: both are in them.
    """
    means = values.mean(axis=2) * (1.0 if is_lower_better else -1.0)
    foretold = weights @ means
    best = np.argmin(foretold, axis=-1)
    errors = (means[:, None] - left_out @ means).reshape(-1, means.shape[1])
    drawn = foretold[..., None, :] + errors
    least = drawn.min(axis=-1, keepdims=True)
    winners = drawn == least
    chances = (winners / winners.sum(axis=-1, keepdims=True)).mean(axis=-2)
    chosen = np.take_along_axis(drawn, best[..., None, None], axis=-1)
    return Advice(best=best, probability_best=chances, expected_loss=(chosen - least)[..., 0].mean(axis=-1))


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
