"""Sets that no other beats in every objective, and how robust a set is over uncertain factors."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def find_pareto(values: Floats) -> npt.NDArray[np.bool_]:
    """Return which rows no other row beats.

    Parameters
    ----------
    values
        (sets, objectives), lower is better. A row beats another when it is nowhere worse and somewhere better.
    """
    worse_nowhere = (values[:, None, :] <= values[None, :, :]).all(axis=2)
    better_somewhere = (values[:, None, :] < values[None, :, :]).any(axis=2)
    return np.asarray(~(worse_nowhere & better_somewhere).any(axis=0), np.bool_)


def rank_fronts(values: Floats) -> npt.NDArray[np.int64]:
    """Return the front of each row: 0 where nothing beats it, 1 where only front 0 does, and so on."""
    fronts = np.full(len(values), -1, np.int64)
    front = 0
    while (fronts < 0).any():
        left = np.flatnonzero(fronts < 0)
        fronts[left[find_pareto(values[left])]] = front
        front += 1
    return fronts


def compute_regret(values: Floats) -> Floats:
    """Return how much worse each set is than the best of those tested, in each state of the world.

    Parameters
    ----------
    values
        (sets, states), lower is better. Regret of noisy values is biased upwards: the best is a minimum of means.
    """
    return np.asarray(values - values.min(axis=0), np.float64)


def minimax_regret(values: Floats) -> Floats:
    """Return the largest regret of each set over all states, (sets,) (Savage 1951)."""
    return np.asarray(compute_regret(values).max(axis=1), np.float64)


def satisficing_share(values: Floats, *, threshold: float) -> Floats:
    """Return the share of states in which each set is at or below a threshold, (sets,) (Starr 1963)."""
    return np.asarray((values <= threshold).mean(axis=1), np.float64)
