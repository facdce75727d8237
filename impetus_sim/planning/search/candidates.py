"""Candidates and sets: variants of a scenario that may be combined, with what they cost.

Two variants exclude each other when both change the same key. What a set costs, the staff it binds and the time
until it stands follow from the interventions that it adds or changes, and from what the variants say themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any, Protocol

from impetus_sim import registry
from impetus_sim.errors import InvalidInputError

Choice = tuple[str, int]
"""Name of a candidate, and number of the setting of what it may vary."""
MOST_SETS = 5_000
"""So many feasible sets are listed one by one; more are left to a guided search."""


class VariedVariant(Protocol):
    """What a candidate asks of a variant."""

    @property
    def change(self) -> Mapping[str, Any]:
        """Keys that it changes, nested."""

    @property
    def vary(self) -> Mapping[str, Sequence[Any]]:
        """Dotted keys and the values to choose among."""

    @property
    def cost(self) -> float:
        """What it costs besides its interventions."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A variant that may be part of a set.

    Parameters
    ----------
    name, title
        Of the variant.
    change
        Keys that it changes, nested.
    settings
        Dotted key to value, one mapping for each combination of what it varies; one empty mapping for none.
    cost
        What it costs besides its interventions.
    """

    name: str
    title: str
    change: Mapping[str, Any]
    settings: tuple[Mapping[str, Any], ...]
    cost: float


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
    """What a set takes."""

    cost: float
    staff: int
    lead_time_s: float

    def is_within(self, limits: Limits) -> bool:
        """Tell whether it keeps all limits."""
        return (
            (limits.budget is None or self.cost <= limits.budget)
            and (limits.staff is None or self.staff <= limits.staff)
            and (limits.lead_time_s is None or self.lead_time_s <= limits.lead_time_s)
        )


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


BASELINE = "baseline"


def list_candidates(variants: Mapping[str, Any], names: Sequence[str] = ()) -> list[Candidate]:
    """Return the candidates among a scenario's variants.

    Parameters
    ----------
    variants
        By name.
    names
        Those that count; all when empty.

    Raises
    ------
    InvalidInputError
        When one is unknown, or there is none.
    """
    unknown = [name for name in names if name not in variants]
    if unknown:
        raise InvalidInputError(f"no variant '{unknown[0]}'", hint=f"the scenario has {', '.join(variants)}")
    chosen = names or tuple(variants)
    if not chosen:
        raise InvalidInputError(
            "the scenario has no variants to choose among",
            hint="write each measure that could be taken as a variant, with its cost",
        )
    return [
        Candidate(
            name=name,
            title=variants[name].title or name.replace("_", " "),
            change=variants[name].change,
            settings=tuple(_settings(variants[name].vary)),
            cost=float(variants[name].cost),
        )
        for name in chosen
    ]


def _settings(vary: Mapping[str, Sequence[Any]]) -> Iterator[Mapping[str, Any]]:
    for values in product(*vary.values()):
        yield dict(zip(vary, values, strict=True))


def find_clashes(candidates: Sequence[Candidate]) -> set[frozenset[str]]:
    """Return the pairs of candidates that change a key both."""
    keys = {candidate.name: set(_leaves(candidate.change)) for candidate in candidates}
    for candidate in candidates:
        keys[candidate.name] |= {key for setting in candidate.settings for key in setting}
    return {
        frozenset((a.name, b.name))
        for a, b in combinations(candidates, 2)
        if any(_overlap(x, y) for x in keys[a.name] for y in keys[b.name])
    }


def _leaves(change: Mapping[str, Any], path: str = "") -> Iterator[str]:
    for key, value in change.items():
        here = f"{path}.{key}" if path else str(key)
        if isinstance(value, Mapping) and value and "kind" not in value:
            yield from _leaves(value, here)
        else:
            yield here


def _overlap(a: str, b: str) -> bool:
    return a == b or a.startswith(f"{b}.") or b.startswith(f"{a}.")


def list_choices(candidates: Sequence[Candidate]) -> Iterator[tuple[Choice, ...]]:
    """Yield every combination without clashes, the smaller ones first; the first is empty."""
    clashes = find_clashes(candidates)
    for size in range(len(candidates) + 1):
        for group in combinations(candidates, size):
            names = [candidate.name for candidate in group]
            if any(frozenset(pair) in clashes for pair in combinations(names, 2)):
                continue
            yield from (
                tuple(zip(names, numbers, strict=True))
                for numbers in product(*(range(len(candidate.settings)) for candidate in group))
            )


def build_set(base: Any, choices: Sequence[Choice], candidates: Mapping[str, Candidate]) -> InterventionSet:
    """Return the set of some choices.

    Parameters
    ----------
    base
        The baseline scenario.
    choices
        Without clashes.
    candidates
        By name.
    """
    scenario = base
    cost = 0.0
    for name, number in choices:
        candidate = candidates[name]
        scenario = scenario.with_(**candidate.change)
        if candidate.settings[number]:
            scenario = scenario.with_(**candidate.settings[number])
        cost += candidate.cost
    return InterventionSet(
        name="+".join(_name(candidates[name], number) for name, number in choices) or BASELINE,
        choices=tuple(choices),
        scenario=scenario,
        effort=measure_effort(base, scenario, cost),
    )


def _name(candidate: Candidate, number: int) -> str:
    return candidate.name if len(candidate.settings) == 1 else f"{candidate.name}.{number + 1}"


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


def list_sets(base: Any, candidates: Sequence[Candidate], limits: Limits) -> list[InterventionSet]:
    """Return every set within the limits, the baseline first.

    Raises
    ------
    InvalidInputError
        When there are more than `MOST_SETS`.
    """
    by_name = {candidate.name: candidate for candidate in candidates}
    sets: list[InterventionSet] = []
    for n_seen, choices in enumerate(list_choices(candidates)):
        if n_seen == MOST_SETS:
            raise InvalidInputError(
                f"more than {MOST_SETS} combinations of {len(candidates)} variants",
                hint="name fewer with --candidate, or lower the number of values that they vary",
            )
        made = build_set(base, choices, by_name)
        if made.effort.is_within(limits):
            sets.append(made)
    return sets
