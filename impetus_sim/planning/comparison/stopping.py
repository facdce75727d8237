"""When a comparison has seen enough: a fixed number of replicates, or an interval that is tight enough."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from impetus_sim.analysis.paired import MIN_REPLICATES
from impetus_sim.errors import InvalidInputError

FIRST_BATCH = MIN_REPLICATES
"""Replicates before the rule is looked at for the first time."""

NEXT_BATCH = 5
"""Replicates added at a time. Fixed, so that the number of workers cannot change where a study stops."""


@dataclass(frozen=True, kw_only=True)
class StoppingRule:
    """How many replicates a study runs.

    Parameters
    ----------
    replicates
        Exactly so many; None for the precision rule.
    precision
        Stop when the half-width of the paired difference of the primary metric is at most this share of
        the baseline's mean, for every option.
    confidence
        Of every interval.
    max_replicates
        The precision rule stops here in any case.
    select
        Look for the best option only (KN++, `planning.comparison.knpp`): options that cannot be best any more get
        no further replicates, and the study stops when one is left or all left differ by less than `precision`.
    """

    replicates: int | None = None
    precision: float = 0.05
    confidence: float = 0.95
    max_replicates: int = 50
    select: bool = False

    def __post_init__(self) -> None:
        if self.replicates is not None and self.replicates < 2:
            raise InvalidInputError(
                f"replicates is {self.replicates}; allowed: 2 or more",
                hint="one run cannot say how sure a difference is; 20 is a fair start",
            )
        if self.select and self.replicates is not None:
            raise InvalidInputError(
                "select was given together with a fixed number of replicates",
                hint="selection decides how many each option gets; give max_replicates instead",
            )
        if self.select and self.confidence <= 0.5:
            raise InvalidInputError(f"confidence is {self.confidence:g}; allowed with select: above 0.5")
        if not 0.0 < self.confidence < 1.0:
            raise InvalidInputError(f"confidence is {self.confidence:g}; allowed: above 0 and below 1")
        if not 0.0 < self.precision < float("inf"):
            raise InvalidInputError(f"precision is {self.precision:g}; allowed: above 0, such as 0.05")
        if self.replicates is None and self.max_replicates < FIRST_BATCH:
            raise InvalidInputError(
                f"max_replicates is {self.max_replicates}; allowed: {FIRST_BATCH} or more",
                hint="for fewer runs, give --replicates",
            )

    @property
    def is_fixed(self) -> bool:
        """Whether the number of replicates is given."""
        return self.replicates is not None

    def counts(self) -> Iterator[int]:
        """Yield the numbers of replicates after which the study is looked at, in rising order."""
        if self.replicates is not None:
            yield self.replicates
            return
        n = FIRST_BATCH
        while n < self.max_replicates:
            yield n
            n += NEXT_BATCH
        yield self.max_replicates

    def to_row(self) -> dict[str, Any]:
        """Return the rule as plain values; what does not apply is None."""
        row = asdict(self)
        if self.is_fixed:
            row["precision"] = row["max_replicates"] = None
        return row
