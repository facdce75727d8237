"""Intervention sets: combinations of candidates within the limits that they must keep."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from impetus_sim.errors import InvalidInputError
from impetus_sim.planning.comparison.effort import Effort, Limits, measure_effort
from impetus_sim.planning.search.candidates import Candidate, Choice, list_choices

MOST_SETS: Final = 5_000
"""So many combinations are looked at one by one; more are left to a guided search."""
BASELINE: Final = "baseline"


@dataclass(frozen=True, kw_only=True)
class InterventionSet:
    """A combination of candidates, each in one setting.

    Parameters
    ----------
    name
        Such as ``warn_early+open_gate`` or ``warn_early.2``; ``baseline`` for nothing.
    choices
        What it is made of.
    scenario
        The baseline with all of it.
    effort
        What it takes.
    """

    name: str
    choices: tuple[Choice, ...]
    scenario: Any
    effort: Effort


def name_set(choices: Sequence[Choice]) -> str:
    """Return the name of the set of some choices."""
    return "+".join(choice.label for choice in choices) or BASELINE


def build_set(base: Any, choices: Sequence[Choice]) -> InterventionSet:
    """Return the set of some choices.

    Parameters
    ----------
    base
        The baseline scenario.
    choices
        Without clashes.
    """
    scenario = base
    for choice in choices:
        scenario = scenario.with_(**choice.candidate.change)
        if choice.setting:
            scenario = scenario.with_(**choice.setting)
    return InterventionSet(
        name=name_set(choices),
        choices=tuple(choices),
        scenario=scenario,
        effort=measure_effort(base, scenario, math.fsum(choice.candidate.cost for choice in choices)),
    )


def has_few_sets(candidates: Sequence[Candidate]) -> bool:
    """Tell whether there are `MOST_SETS` combinations or fewer."""
    return all(n_seen < MOST_SETS for n_seen, _ in enumerate(list_choices(candidates)))


def list_sets(base: Any, candidates: Sequence[Candidate], limits: Limits) -> list[InterventionSet]:
    """Return every set within the limits, the baseline first.

    Raises
    ------
    InvalidInputError
        When there are more than `MOST_SETS`.
    """
    if not has_few_sets(candidates):
        raise InvalidInputError(
            f"more than {MOST_SETS} combinations of {len(candidates)} variants",
            hint="search them guided, name fewer with --candidate, or vary fewer values",
        )
    built = (build_set(base, choices) for choices in list_choices(candidates))
    return [each for each in built if each.effort.is_within(limits)]
