"""The space of a guided search: sets as points that an optimiser can cross and change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from impetus_sim.planning.search.candidates import Candidate, Choice, Dial, find_clashes

if TYPE_CHECKING:
    from optuna.trial import Trial

NONE: Final = ""


@dataclass(frozen=True, kw_only=True)
class Space:
    """Groups of candidates that exclude each other: of each group one is taken, or none.

    Parameters
    ----------
    groups
        Every candidate stands in one of them.
    clashes
        Pairs of names that exclude each other, those of different groups too.
    """

    groups: tuple[tuple[Candidate, ...], ...]
    clashes: frozenset[frozenset[str]]

    @classmethod
    def of(cls, candidates: Sequence[Candidate]) -> Space:
        """Return the space of some candidates; each joins the first group in which it clashes with all."""
        clashes = find_clashes(candidates)
        groups: list[list[Candidate]] = []
        for candidate in candidates:
            for group in groups:
                if all(frozenset((candidate.name, other.name)) in clashes for other in group):
                    group.append(candidate)
                    break
            else:
                groups.append([candidate])
        return cls(groups=tuple(map(tuple, groups)), clashes=frozenset(clashes))

    def read(self, trial: Trial) -> tuple[Choice, ...]:
        """Return what a trial of the optimiser stands for."""
        taken = []
        for number, group in enumerate(self.groups):
            name = trial.suggest_categorical(_group(number), [NONE, *(each.name for each in group)])
            for candidate in group:
                values = [_suggest(trial, candidate, dial) for dial in candidate.dials]
                if candidate.name == name:
                    taken.append(candidate.choose(values))
        return tuple(taken)

    def count_clashes(self, choices: Sequence[Choice]) -> int:
        """Return how many pairs of choices exclude each other."""
        names = [choice.candidate.name for choice in choices]
        return sum(frozenset(pair) in self.clashes for pair in combinations(names, 2))

    def list_starts(self) -> Iterator[Mapping[str, Any]]:
        """Yield the points to begin with: nothing, and each candidate alone (its dials left open)."""
        nothing = {_group(number): NONE for number in range(len(self.groups))}
        yield nothing
        for number, group in enumerate(self.groups):
            for candidate in group:
                yield nothing | {_group(number): candidate.name}


def _group(number: int) -> str:
    return f"group {number}"


def _suggest(trial: Trial, candidate: Candidate, dial: Dial) -> Any:
    name = f"{candidate.name}: {dial.key}"
    if dial.draw is not None:
        return dial.at(trial.suggest_float(name, 0.0, 1.0))
    if all(isinstance(value, int | float) for value in dial.values):
        return dial.values[trial.suggest_int(name, 0, len(dial.values) - 1)]
    return dial.values[trial.suggest_categorical(name, list(range(len(dial.values))))]
