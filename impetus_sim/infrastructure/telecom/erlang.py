"""Erlang's loss formula: the share of calls that find all lines taken.

Source: A. K. Erlang (1917), Solution of some problems in the theory of probabilities of significance in automatic
telephone exchanges; the recursion B(0) = 1, B(n) = a B(n-1) / (n + a B(n-1)) is numerically stable for every n.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from impetus_sim.errors import InvalidInputError

MOST_LINES: Final = 1_000_000


def blocked_share(
    offered_erlang: npt.NDArray[np.float64], lines: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Return the share of calls blocked (Erlang B) for each pair of offered traffic and lines.

    Parameters
    ----------
    offered_erlang
        float64 (n,), not negative.
    lines
        int64 (n,), not negative; no lines block every call.

    Raises
    ------
    InvalidInputError
        When traffic or lines are negative or not a number.
    """
    if not np.isfinite(offered_erlang).all() or (offered_erlang < 0.0).any() or (lines < 0).any():
        raise InvalidInputError("offered traffic and lines must be finite and not negative")
    blocked = np.ones(len(lines))
    for n in range(1, int(lines.max(initial=0)) + 1):
        more = n <= lines
        taken = offered_erlang[more] * blocked[more]
        blocked[more] = taken / (n + taken)
    return np.where(offered_erlang > 0.0, blocked, np.where(lines > 0, 0.0, 1.0))


def lines_needed(offered_erlang: float, most_blocked: float) -> int:
    """Return the fewest lines that block at most a share of the calls offered.

    Raises
    ------
    InvalidInputError
        When the traffic is negative or not finite, or the share is not between 0 and 1.
    """
    if not 0.0 <= offered_erlang < math.inf or not 0.0 < most_blocked < 1.0:
        raise InvalidInputError(
            f"{offered_erlang} Erlang with {most_blocked} blocked",
            hint="0 < share < 1 of traffic not below 0",
        )
    blocked, n = 1.0, 0
    while blocked > most_blocked and n < MOST_LINES:
        n += 1
        blocked = offered_erlang * blocked / (n + offered_erlang * blocked)
    return n
