"""A verification case: what is run, what is expected, and what came out."""

from __future__ import annotations

from collections.abc import Callable
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
    """

    model: str
    person_steps: int = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Outcome of a case: the number that is judged, and the words for it."""

    value: float
    text: str


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
        Runs the case.
    """

    id: str
    standard: str
    title: str
    source: str
    low: float
    high: float
    expected: str
    run: Callable[[Effort], Measured]


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
