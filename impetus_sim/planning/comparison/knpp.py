"""KN++: the best of a few sets with a stated probability, by a fully sequential procedure on paired runs.

Kim and Nelson (2001, ACM TOMACS 11:251) with variances updated as runs come (KN++, Kim and Nelson 2006, Operations
Research 54:475). Common random numbers are allowed: the variances are those of paired differences. A set is dropped
as soon as another beats it by more than a boundary that closes in with the number of replicates; differences below
the indifference zone do not matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Screening:
    """What KN++ says after some replicates.

    Parameters
    ----------
    left
        Sets not dropped, by row.
    is_decided
        Whether one is left, or all that are left differ by less than the indifference zone.
    """

    left: tuple[int, ...]
    is_decided: bool


def screen(values: Floats, left: tuple[int, ...], *, indifference: float, confidence: float) -> Screening:
    """Return which sets are still in the running.

    Parameters
    ----------
    values
        (sets, replicates), paired along the columns, lower is better, two replicates or more.
    left
        Rows that were not dropped at earlier looks.
    indifference
        Differences below this do not matter, above 0.
    confidence
        Probability that the set chosen is within the indifference zone of the best, between 0.5 and 1.
    """
    n_sets, n = values.shape
    if len(left) == 1:
        return Screening(left=left, is_decided=True)
    # Bonferroni's share of the error for each comparison: with common random numbers sets are not independent
    eta = 0.5 * ((2.0 * (1.0 - confidence) / (n_sets - 1)) ** (-2.0 / (n - 1)) - 1.0)
    h2 = 2.0 * eta * (n - 1)
    dropped: set[int] = set()
    is_open = False
    for i, j in permutations(left, 2):
        difference = values[i] - values[j]
        variance = float(difference.var(ddof=1))
        boundary = max(0.0, 0.5 * indifference * (h2 * variance / indifference**2 - n))
        is_open |= boundary > 0.0
        if float(difference.sum()) > boundary:
            dropped.add(i)
    kept = tuple(one for one in left if one not in dropped)
    return Screening(left=kept, is_decided=len(kept) == 1 or not is_open)
