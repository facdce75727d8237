"""In which order broken assets are repaired: the sequence with few person-hours without service.

Scheduling with weights that depend on the whole set of what is still broken has no simple rule. Here a sequence is
built greedily and then improved by moving one job and swapping two, until neither helps or the budget is used up.
Crews take the next job of the sequence that they can do as soon as they are free (list scheduling, Graham 1966,
Bell System Technical Journal 45).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

Place = tuple[float, float]
BUDGET: Final = 2000
"""Sequences tried, at most: 8 jobs are searched to the end, 30 jobs in under a second."""
_TINY: Final = 1e-9


@dataclass(frozen=True, kw_only=True)
class Job:
    """A broken asset as a planner sees it: its row, where it is, the hours of work expected, and the skill."""

    asset: int
    place: Place
    work_h: float
    skill: str


@dataclass(frozen=True, kw_only=True)
class Hand:
    """A crew as a planner sees it: where and when it is free next, h from now, and what it can do."""

    place: Place
    free_h: float
    skills: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What a plan is judged by.

    Parameters
    ----------
    hands
        All crews.
    under_way
        Hours from now to assets (rows) that crews are at already.
    travel_h
        From a place to a place, h.
    unserved
        People without service while a set of rows is broken.
    """

    hands: tuple[Hand, ...]
    under_way: tuple[tuple[float, int], ...]
    travel_h: Callable[[Place, Place], float]
    unserved: Callable[[Collection[int]], float]


def person_hours(order: Sequence[Job], outlook: Outlook) -> float:
    """Return the person-hours without service until all jobs of a sequence are done.

    Jobs that no crew can do are left out: their loss is the same in every sequence.
    """
    places = [hand.place for hand in outlook.hands]
    free_h = [hand.free_h for hand in outlook.hands]
    done = list(outlook.under_way)
    for job in order:
        able = [k for k, hand in enumerate(outlook.hands) if job.skill in hand.skills]
        if not able:
            continue
        ends = {k: free_h[k] + outlook.travel_h(places[k], job.place) + job.work_h for k in able}
        crew = min(able, key=lambda k: (free_h[k], ends[k], k))
        places[crew], free_h[crew] = job.place, ends[crew]
        done.append((ends[crew], job.asset))
    broken, total, since = {asset for _, asset in done}, 0.0, 0.0
    for at_h, asset in sorted(done):
        total += outlook.unserved(broken) * (at_h - since)
        broken.discard(asset)
        since = at_h
    return total


def best_order(jobs: Sequence[Job], outlook: Outlook, *, budget: int = BUDGET) -> tuple[Job, ...]:
    """Return a sequence of all jobs with few person-hours without service.

    Parameters
    ----------
    budget
        Sequences tried in the improvement, at most.
    """
    order = _greedy(jobs, outlook)
    least = person_hours(order, outlook)
    n_tried, improved = 0, True
    while improved:
        improved = False
        for other in _neighbours(order):
            if n_tried >= budget:
                return order
            n_tried += 1
            hours = person_hours(other, outlook)
            if hours < least * (1.0 - _TINY):
                order, least, improved = other, hours, True
                break
    return order


def _greedy(jobs: Sequence[Job], outlook: Outlook) -> tuple[Job, ...]:
    """Take, again and again, the job that leaves the fewest person-hours if it comes next and the rest by ratio."""
    rest = sorted(jobs, key=lambda job: (-outlook.unserved([job.asset]) / max(job.work_h, _TINY), job.asset))
    order: list[Job] = []
    while rest:
        tails = [[*order, job, *(other for other in rest if other is not job)] for job in rest]
        hours = [person_hours(tail, outlook) for tail in tails]
        order.append(rest.pop(hours.index(min(hours))))
    return tuple(order)


def _neighbours(order: tuple[Job, ...]) -> Iterator[tuple[Job, ...]]:
    """Return the sequences in which one job stands elsewhere, and those in which two have changed places."""
    n = len(order)
    for k in range(n):
        without = order[:k] + order[k + 1 :]
        for at in range(n):
            if at != k:
                yield (*without[:at], order[k], *without[at:])
    for a, b in combinations(range(n), 2):
        if b - a > 1:  # neighbours changed places above
            yield (*order[:a], order[b], *order[a + 1 : b], order[a], *order[b + 1 :])
