"""Which job a free crew takes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Protocol

from impetus_sim.infrastructure.repair.plan import Job, Outlook, Place, best_order


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What a crew chooses from: the jobs that it can do now, those of all crews, and its own place."""

    jobs: Sequence[Job]
    waiting: Sequence[Job]
    place: Place
    outlook: Outlook
    serves_hospital: frozenset[int]
    """Assets without which a hospital is not what it should be."""


class Rule(Protocol):
    """Returns the job that a crew takes."""

    def __call__(self, choice: Choice) -> Job: ...


def nearest_first(choice: Choice) -> Job:
    """Take the job that is reached first."""
    return min(choice.jobs, key=lambda job: (choice.outlook.travel_h(choice.place, job.place), job.asset))


def people_per_hour(choice: Choice) -> Job:
    """Take the job that returns service to the most people for each hour of driving and work."""
    return min(choice.jobs, key=lambda job: (-_ratio(choice, job), job.asset))


def hospitals_first(choice: Choice) -> Job:
    """Take what hospitals need first, and then as `people_per_hour`."""
    return min(
        choice.jobs,
        key=lambda job: (job.asset not in choice.serves_hospital, -_ratio(choice, job), job.asset),
    )


def optimised(choice: Choice) -> Job:
    """Take the first job of the sequence with few predicted person-hours without service that the crew can do."""
    order = best_order(choice.waiting, choice.outlook)
    return next(job for job in order if job in choice.jobs)


def _ratio(choice: Choice, job: Job) -> float:
    hours = choice.outlook.travel_h(choice.place, job.place) + job.work_h
    people = choice.outlook.unserved([job.asset])
    return people / hours if hours > 0.0 else float("inf") if people else 0.0


RULES: Final = MappingProxyType(
    {
        "people_per_hour": people_per_hour,
        "hospitals_first": hospitals_first,
        "nearest_first": nearest_first,
        "optimised": optimised,
    }
)
"""Name to rule, as scenarios name them."""
