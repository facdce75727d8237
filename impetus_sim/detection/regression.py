"""Each signal from all others: a plant's own relations, learned from a record without incidents.

A signal is predicted by ridge regression from the products of pairs of all other signals at the same time (pump
curves, head losses and valves that open are nearly of this form where states are 0 or 1), from levels, flows and
states a step before (tanks fill by what flows), and from the time of the day. How far off is usual is taken from
blocks of the record that were left out of the fit.

Reference: the idea of watching a plant by the residuals of a model of it is that of the entry with the highest
published score in the BATADAL competition (Housh and Ohar 2018, Water Research 139:132); theirs is an EPANET model
with estimated demands, this one is learned.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

RIDGE = 3.0
"""Penalty on squared weights of standardised products."""
FOLDS = 6
"""Blocks of the record, each left out once."""
USUAL = 0.999
"""Quantile of the residuals left out that counts as the farthest usual one."""
CONSTANT_OFF = 0.01
"""A signal that never moved is at its limit when it is off by this share of its value (or of 1)."""
DAY_S = 86400.0
_BLOCK = 2048


@dataclass(frozen=True, kw_only=True)
class Relations:
    """A fitted model; arrays over n signals, of which k moved in the record.

    Parameters
    ----------
    moving
        Columns of the signals that moved, int64 (k,).
    mean, scale
        Of these, float64 (k,).
    weights
        From features to standardised signals, float64 (features, k).
    usual
        Farthest usual residual, standardised, float64 (k,).
    constant
        Values of the signals that did not move, nan for the others, float64 (n,).
    """

    moving: npt.NDArray[np.int64]
    mean: Floats
    scale: Floats
    weights: Floats
    usual: Floats
    constant: Floats

    def ratios(self, times_s: Floats, values: Floats, before: Floats) -> Floats:
        """Return how far off each signal is as a multiple of the farthest usual residual, float64 (m, n).

        Parameters
        ----------
        times_s
            Of the day, or with any whole number of days added, float64 (m,).
        values, before
            Signals at these times and a step before, float64 (m, n).
        """
        now, past = self._standardised(values), self._standardised(before)
        off = np.abs(now - build_features(now, past, times_s) @ self.weights) / self.usual
        out = np.abs(values - self.constant) / (CONSTANT_OFF * np.maximum(np.abs(self.constant), 1.0))
        out[:, self.moving] = off
        return out

    def _standardised(self, values: Floats) -> Floats:
        return (values[:, self.moving] - self.mean) / self.scale


def fit_relations(times_s: Floats, values: Floats, follows: Flags) -> Relations:
    """Fit the relations of a record without incidents.

    Parameters
    ----------
    times_s
        As of `Relations.ratios`, float64 (m,).
    values
        Signals, float64 (m, n), all finite.
    follows
        Whether the row before is the step before, bool (m,); other rows serve as that only.
    """
    moving = np.flatnonzero(values.std(axis=0) > 0.0)
    constant = values[0].copy()
    constant[moving] = np.nan
    mean, scale = values[:, moving].mean(axis=0), values[:, moving].std(axis=0)
    z = (values[:, moving] - mean) / scale
    rows = np.flatnonzero(follows & (np.arange(len(z)) > 0))
    now, past, times = z[rows], z[rows - 1], times_s[rows]
    fold = np.arange(len(rows)) * FOLDS // len(rows)
    own = [features_of(k, len(moving)) for k in range(len(moving))]
    grams = [_gram(now[fold == f], past[fold == f], times[fold == f]) for f in range(FOLDS)]
    product = np.sum([gram for gram, _ in grams], axis=0)
    target = np.sum([aim for _, aim in grams], axis=0)
    off = np.empty_like(now)
    for f, (gram, aim) in enumerate(grams):
        weights = _solve(product - gram, target - aim, own)
        left_out = fold == f
        off[left_out] = (
            now[left_out] - build_features(now[left_out], past[left_out], times[left_out]) @ weights
        )
    usual = np.quantile(np.abs(off), USUAL, axis=0)
    floor = np.finfo(np.float64).eps * 1e6
    return Relations(
        moving=moving,
        mean=mean,
        scale=scale,
        weights=_solve(product, target, own),
        usual=np.maximum(usual, floor),
        constant=constant,
    )


def build_features(now: Floats, past: Floats, times_s: Floats) -> Floats:
    """Return what a signal is predicted from, float64 (m, features).

    1, the signals, their squares and products, those of a step before, and two harmonics of the day.

    Parameters
    ----------
    now, past
        Standardised signals, float64 (m, k).
    times_s
        float64 (m,).
    """
    first, second = np.triu_indices(now.shape[1])
    angle = 2.0 * np.pi * times_s[:, None] / DAY_S
    day = [np.sin(angle), np.cos(angle), np.sin(2.0 * angle), np.cos(2.0 * angle)]
    return np.hstack([np.ones((len(now), 1)), now, now[:, first] * now[:, second], past, *day])


def features_of(signal: int, k: int) -> npt.NDArray[np.intp]:
    """Return the features that do not hold a signal itself, of k signals: all from which it may be predicted."""
    first, second = np.triu_indices(k)
    now = np.arange(k) != signal
    pairs = (first != signal) & (second != signal)
    return np.flatnonzero(np.concatenate([[True], now, pairs, np.ones(k + 4, bool)]))


def _gram(now: Floats, past: Floats, times_s: Floats) -> tuple[Floats, Floats]:
    n_features = build_features(now[:1], past[:1], times_s[:1]).shape[1]
    gram, aim = np.zeros((n_features, n_features)), np.zeros((n_features, now.shape[1]))
    for at in range(0, len(now), _BLOCK):
        part = slice(at, at + _BLOCK)
        features = build_features(now[part], past[part], times_s[part])
        gram += features.T @ features
        aim += features.T @ now[part]
    return gram, aim


def _solve(gram: Floats, aim: Floats, own: list[npt.NDArray[np.intp]]) -> Floats:
    # One inverse for all signals: that without the features of a signal follows from it by its Schur complement.
    ridged = gram.copy()
    ridged[np.diag_indices_from(ridged)] += RIDGE
    inverse = np.linalg.inv(ridged)
    weights = np.zeros_like(aim)
    for signal, used in enumerate(own):
        left_out = np.setdiff1d(np.arange(len(gram)), used)
        target = aim[:, signal].copy()
        target[left_out] = 0.0
        all_of_it = inverse @ target
        held = np.linalg.solve(inverse[np.ix_(left_out, left_out)], all_of_it[left_out])
        weights[used, signal] = (all_of_it - inverse[:, left_out] @ held)[used]
    return weights
