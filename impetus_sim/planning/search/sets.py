"""Intervention sets: combinations of candidates, what they take, and the limits that they must keep.

What a set costs, the staff it binds and the time until it stands follow from the interventions that it adds or
changes, and from what its variants say themselves.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from impetus_sim import registry
from impetus_sim.errors import InvalidInputError
from impetus_sim.planning.search.candidates import Candidate, Choice, list_choices

MOST_SETS: Final = 5_000
"""So many combinations are looked at one by one; more are left to a guided search."""
BASELINE: Final = "baseline"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a set may cost at most; None for no limit.

    Parameters
    ----------
    budget
        EUR.
    staff
        Staff that its interventions bind together.
    lead_time_s
        Time until the slowest of its interventions stands, once ordered, s.
    """

    budget: float | None = None
    staff: int | None = None
    lead_time_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class Effort:
    """What a set takes: EUR, staff, and s until it stands."""

    cost: float
    staff: int
    lead_time_s: float

    def measure_excess(self, limits: Limits) -> float:
        """Return by how much it breaks the limits, as a sum of shares of them; 0 where it keeps all."""
        pairs = (
            (self.cost, limits.budget),
            (self.staff, limits.staff),
            (self.lead_time_s, limits.lead_time_s),
        )
        return math.fsum(
            (taken - limit) / (limit or 1.0) for taken, limit in pairs if limit is not None and taken > limit
        )

    def is_within(self, limits: Limits) -> bool:
        """Tell whether it keeps all limits."""
        return self.measure_excess(limits) == 0.0


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


def measure_effort(base: Any, scenario: Any, cost: float) -> Effort:
    """Return what a scenario takes beyond its baseline: that of interventions that are new or changed.

    Parameters
    ----------
    cost
        What variants cost besides.
    """
    added = [
        spec
        for name, spec in scenario.interventions.items()
        if name not in base.interventions or base.interventions[name] != spec
    ]
    return Effort(
        cost=cost + sum(_cost(spec) for spec in added),
        staff=sum(int(spec.staff) for spec in added),
        lead_time_s=max((float(spec.lead_time) for spec in added), default=0.0),
    )


def _cost(spec: Any) -> float:
    # what the scenario says, or else the typical cost of one use
    if spec.cost is not None:
        return float(spec.cost)
    return float(registry.catalogue("interventions")[spec.kind].terms.cost_eur)


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
