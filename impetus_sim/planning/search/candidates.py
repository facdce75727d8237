"""Candidates: variants of a scenario that may be combined, and what each of them may vary.

Two variants exclude each other when both change the same key.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any, Final, Protocol

from impetus_sim.errors import InvalidInputError
from impetus_sim.planning.ranges import require_range
from impetus_sim.scenario.draw import Draw

LEVELS: Final = 5
"""Values of a range that are tried where every set is looked at; a guided search takes any value of it."""
_DIGITS: Final = 3


class VariedVariant(Protocol):
    """What a candidate asks of a variant."""

    @property
    def change(self) -> Mapping[str, Any]:
        """Keys that it changes, nested."""

    @property
    def vary(self) -> Mapping[str, Any]:
        """Dotted keys, and the values or the range to choose from."""

    @property
    def cost(self) -> float:
        """What it costs besides its interventions."""


@dataclass(frozen=True, kw_only=True)
class Dial:
    """One key that a candidate may set.

    Parameters
    ----------
    key
        Dotted key of the scenario.
    values
        What it may take; of a range its levels.
    draw
        The range; None where `values` are all there is.
    """

    key: str
    values: tuple[Any, ...]
    draw: Draw | None = None

    @classmethod
    def from_range(cls, key: str, draw: Draw) -> Dial:
        """Return the dial of a range, with evenly spaced levels from end to end."""
        dial = cls(key=key, values=(), draw=draw)
        levels = dict.fromkeys(dial.at(level / (LEVELS - 1)) for level in range(LEVELS))
        return cls(key=key, values=tuple(levels), draw=draw)

    def at(self, place: float) -> Any:
        """Return the value at a place between 0 and 1 of the range, as exact as it can be acted on.

        Whole numbers stay whole; others are rounded to a thousandth of the range or finer.
        """
        if self.draw is None:
            return self.values[min(int(place * len(self.values)), len(self.values) - 1)]
        low, high = self.draw.low, self.draw.high
        value = low + place * (high - low)
        if self.draw.integer:
            return round(value)
        finest = _DIGITS - math.floor(math.log10(high - low)) if high > low else _DIGITS
        return min(max(round(value, finest), low), high)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A variant that may be part of a set.

    Parameters
    ----------
    name, title
        Of the variant.
    change
        Keys that it changes, nested.
    dials
        What it may vary.
    cost
        What it costs besides its interventions.
    """

    name: str
    title: str
    change: Mapping[str, Any]
    dials: tuple[Dial, ...]
    cost: float

    @property
    def has_ranges(self) -> bool:
        """Whether one of its dials is a range."""
        return any(dial.draw is not None for dial in self.dials)

    @property
    def n_settings(self) -> int:
        """Settings that are tried where every set is looked at."""
        return math.prod(len(dial.values) for dial in self.dials)

    def list_choices(self) -> Iterator[Choice]:
        """Yield it in each of these settings."""
        for values in product(*(dial.values for dial in self.dials)):
            yield self.choose(values)

    def choose(self, values: Sequence[Any]) -> Choice:
        """Return it with a value for each of its dials."""
        setting = dict(zip((dial.key for dial in self.dials), values, strict=True))
        return Choice(candidate=self, setting=setting, label=self._label(setting))

    def _label(self, setting: Mapping[str, Any]) -> str:
        if self.has_ranges:
            told = ", ".join(f"{key.rpartition('.')[2]}={_plain(value)}" for key, value in setting.items())
            return f"{self.name}({told})"
        if self.n_settings == 1:
            return self.name
        settings = list(product(*(dial.values for dial in self.dials)))
        return f"{self.name}.{settings.index(tuple(setting.values())) + 1}"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A candidate in one setting.

    Parameters
    ----------
    candidate
        Which.
    setting
        Dotted key to value.
    label
        Such as ``open_gate``, ``warn_early.2`` (the second of its settings) or ``warn_early(delay=23.4)``.
    """

    candidate: Candidate
    setting: Mapping[str, Any]
    label: str


def _plain(value: Any) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def list_candidates(base: Any, names: Sequence[str] = ()) -> list[Candidate]:
    """Return the candidates among a scenario's variants.

    Parameters
    ----------
    base
        The scenario.
    names
        Variants that count; all when empty.

    Raises
    ------
    InvalidInputError
        When one is unknown, there is none, or one varies a key over what is no range there.
    """
    variants: Mapping[str, VariedVariant] = base.variants
    unknown = [name for name in names if name not in variants]
    if unknown:
        raise InvalidInputError(f"no variant '{unknown[0]}'", hint=f"the scenario has {', '.join(variants)}")
    chosen = names or tuple(variants)
    if not chosen:
        raise InvalidInputError(
            "the scenario has no variants to choose among",
            hint="write each measure that could be taken as a variant, with its cost",
        )
    return [_read_candidate(base, name) for name in chosen]


def _read_candidate(base: Any, name: str) -> Candidate:
    variant = base.variants[name]
    changed = base.with_(**variant.change) if variant.change else base
    return Candidate(
        name=name,
        title=variant.title or name.replace("_", " "),
        change=variant.change,
        dials=tuple(_read_dial(changed, name, key, values) for key, values in variant.vary.items()),
        cost=float(variant.cost),
    )


def _read_dial(changed: Any, name: str, key: str, values: Any) -> Dial:
    if isinstance(values, list | tuple):
        return Dial(key=key, values=tuple(values))
    return Dial.from_range(key, require_range(changed, key, values, what=f"variants.{name}.vary"))


def find_clashes(candidates: Sequence[Candidate]) -> set[frozenset[str]]:
    """Return the pairs of candidates that change a key both."""
    keys = {candidate.name: list_keys(candidate) for candidate in candidates}
    return {
        frozenset((a.name, b.name))
        for a, b in combinations(candidates, 2)
        if any(overlap(x, y) for x in keys[a.name] for y in keys[b.name])
    }


def list_keys(candidate: Candidate) -> set[str]:
    """Return the dotted keys that a candidate changes."""
    return {*_leaves(candidate.change), *(dial.key for dial in candidate.dials)}


def _leaves(change: Mapping[str, Any], path: str = "") -> Iterator[str]:
    for key, value in change.items():
        here = f"{path}.{key}" if path else str(key)
        if isinstance(value, Mapping) and value and "kind" not in value:
            yield from _leaves(value, here)
        else:
            yield here


def overlap(a: str, b: str) -> bool:
    """Tell whether two dotted keys are the same, or one holds the other."""
    return a == b or a.startswith(f"{b}.") or b.startswith(f"{a}.")


def list_choices(candidates: Sequence[Candidate]) -> Iterator[tuple[Choice, ...]]:
    """Yield every combination without clashes, the smaller ones first; the first is empty."""
    clashes = find_clashes(candidates)
    for size in range(len(candidates) + 1):
        for group in combinations(candidates, size):
            if any(frozenset((a.name, b.name)) in clashes for a, b in combinations(group, 2)):
                continue
            yield from product(*(candidate.list_choices() for candidate in group))
