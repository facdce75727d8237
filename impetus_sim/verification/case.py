"""A verification case: what is run, what is expected, and what came out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How a case is run.

    Parameters
    ----------
    model
        Kind of the walking model.
    person_steps
        Person-steps of the random walks among random walls.
    thorough
        Also more seeds, where a case compares means.
    """

    model: str
    person_steps: int = 1_000_000
    thorough: bool = False


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Outcome of a case: the number that is judged, and the words for it."""

    value: float
    text: str


def worst(measured: Sequence[Measured]) -> Measured:
    """Return the worst of several, with the words of all."""
    return Measured(value=max(m.value for m in measured), text="; ".join(m.text for m in measured))


@dataclass(frozen=True, kw_only=True)
class Case:
    """One verification case.

    Parameters
    ----------
    id
        Short name, unique in its family.
    standard
        Guideline and test number, or ``law``.
    title, source
        What is tested; where set-up and band come from.
    low, high
        Band of the measured value, both ends included.
    expected
        The band in words, with its unit.
    run
        Runs the case. Cases that several guidelines share have the same one, which runs once.
    default_model
        The documented default for this case where no model is asked for; empty for the design set's.
    only_thorough
        Runs only when asked for: many seeds.
    needs_data
        Reads files below the folder IMPETUS_DATA; left out, and said to be, where that is not set.
    needs_package
        Reads files of an optional package; left out, and said to be, where that is not installed.
    """

    id: str
    standard: str
    title: str
    source: str
    low: float
    high: float
    expected: str
    run: Callable[[Effort], Measured]
    default_model: str = ""
    only_thorough: bool = False
    needs_data: bool = False
    needs_package: str = ""

    def also(self, id: str, standard: str, **changes: Any) -> Case:
        """Return the same case under the number of another guideline."""
        return dataclasses.replace(self, id=id, standard=standard, **changes)


@dataclass(frozen=True, kw_only=True)
class Result:
    """A case run with one model; `measured` is None when the run failed, and `text` says why."""

    case: Case
    model: str
    measured: float | None
    text: str
    passed: bool
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Return what ``--json`` prints."""
        return {
            "id": self.case.id,
            "standard": self.case.standard,
            "title": self.case.title,
            "source": self.case.source,
            "model": self.model,
            "measured": self.measured,
            "measured_text": self.text,
            "expected": self.case.expected,
            "low": self.case.low,
            "high": self.case.high,
            "passed": self.passed,
            "seconds": round(self.seconds, 3),
        }
