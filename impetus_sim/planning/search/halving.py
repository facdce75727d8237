"""Paired successive halving: few runs for every set, more for those that stay, all on common random numbers.

Karnin, Koren and Somekh (2013), Almost optimal exploration in multi-armed bandits (sequential halving), here with
paired replicates: in each round every set that is left gets the same further replicates, and the better half stays.
What differs between two sets on one replicate is then due to the sets, so that few replicates tell many apart.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Evaluate = Callable[[Sequence[int], int], Floats]
"""From sets and a number of replicates to values (sets, replicates), lower is better; nan where a run failed."""


@dataclass(frozen=True, kw_only=True)
class Round:
    """One round: the sets that were in it, replicates of each by its end, and those that stayed."""

    sets: tuple[int, ...]
    replicates: int
    kept: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Halving:
    """How the runs were spent.

    Parameters
    ----------
    rounds
        In order.
    order
        All sets, best first: those that stayed longest, among equals by their mean.
    n_runs
        Runs made.
    """

    rounds: tuple[Round, ...]
    order: tuple[int, ...]
    n_runs: int


def halve(
    n_sets: int,
    *,
    n_runs: int,
    evaluate: Evaluate,
    n_final: int = 4,
    always: Sequence[int] = (),
    already: int = 0,
) -> Halving:
    """Spend runs on sets by paired successive halving.

    Parameters
    ----------
    n_sets
        How many.
    n_runs
        Runs at most, at least one for each set that has none already.
    evaluate
        Makes the runs that are not made yet.
    n_final
        Sets that are left for the last round, which gets what runs remain.
    always
        Sets that stay in every round, such as the baseline.
    already
        Replicates of every set that were made before; they count in the means and not among the runs.

    Raises
    ------
    ValueError
        When there are fewer runs than sets.
    """
    if already == 0 and n_runs < n_sets:
        raise ValueError(f"{n_runs} runs cannot look at {n_sets} sets once")
    left = list(range(n_sets))
    n_halvings = max(0, math.ceil(math.log2(max(1.0, n_sets / n_final))))
    spent, replicates = 0, already
    rounds: list[Round] = []
    dropped: list[list[int]] = []
    for k in range(n_halvings + 1):
        is_last = k == n_halvings
        share = (n_runs - spent) if is_last else (n_runs - spent) // (n_halvings + 1 - k)
        more = max(share // len(left), 1 if replicates == 0 else 0)
        spent += more * len(left)
        replicates += more
        means = evaluate(left, replicates).mean(axis=1)
        ranked = [left[i] for i in np.lexsort((np.array(left), np.where(np.isnan(means), np.inf, means)))]
        kept = ranked if is_last else ranked[: max(n_final, math.ceil(len(left) / 2))]
        kept = kept + [one for one in always if one in ranked and one not in kept]
        rounds.append(Round(sets=tuple(left), replicates=replicates, kept=tuple(sorted(kept))))
        dropped.append([one for one in ranked if one not in kept])
        left = sorted(kept)
        order = ranked
    best = [one for one in order if one in left]
    return Halving(
        rounds=tuple(rounds),
        order=(*best, *(one for group in reversed(dropped) for one in group)),
        n_runs=spent,
    )
