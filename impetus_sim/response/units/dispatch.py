"""Whom to send: pure rules over who is available and how far they are.

The nearest unit by travel time is the usual rule of dispatch centres; covering stations left empty by units of
others is move-up (Kolesar and Walker 1974, Operations Research 22: 249-274).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
DISPATCH_RULES: Final = ("nearest_by_time", "nearest_by_distance")


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A unit that could be sent: its row, time until it has set out, time of the way, and the straight line."""

    unit: int
    ready_s: float
    travel_s: float
    away_m: float


def choose_unit(rule: str, candidates: Sequence[Candidate]) -> Candidate | None:
    """Return whom to send; None where nobody can get there. Of equals the first by row.

    Parameters
    ----------
    rule
        Of `DISPATCH_RULES`.
    """
    able = [one for one in candidates if np.isfinite(one.travel_s)]
    if not able:
        return None
    if rule == "nearest_by_distance":
        return min(able, key=lambda one: (one.away_m, one.unit))
    return min(able, key=lambda one: (one.ready_s + one.travel_s, one.unit))


def order_waiting(priority: Sequence[int], asked: Sequence[int]) -> list[int]:
    """Return the positions of waiting missions in the order in which they are served.

    By priority, 0 first; of one priority first come, first served.
    """
    return sorted(range(len(priority)), key=lambda k: (priority[k], asked[k], k))


def find_gaps(homes: Sequence[int], posts: Sequence[int]) -> list[tuple[int, list[int]]]:
    """Return the stations left empty, with those who could cover each.

    Parameters
    ----------
    homes
        Station of every unit of one kind that is on duty.
    posts
        Station at which each of them waits or to which it is on its way free; -1 for one that is not free.

    Returns
    -------
    Empty stations, ascending, each with the positions of units at stations that hold two at least.
    """
    free = [post for post in posts if post >= 0]
    empty = sorted(set(homes) - set(free))
    spare = [k for k, post in enumerate(posts) if post >= 0 and free.count(post) > 1]
    return [(station, spare) for station in empty] if spare else []
