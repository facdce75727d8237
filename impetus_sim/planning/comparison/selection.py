"""Which options of a comparison may still be best: KN++ on the replicates that all of them have.

A pure function of the results in index order, so that a study that was killed, or has other workers, drops the
same options after the same replicates. What was dropped keeps the replicates it has; those left are paired from the
first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from impetus_sim.planning.comparison.evaluate import MetricColumn
from impetus_sim.planning.comparison.knpp import screen

SELECTION_METHOD = (
    "KN++ (Kim and Nelson 2006) on paired replicates: an option is dropped when another beats it by more than a "
    "boundary that closes in with the replicates; the option chosen is within the asked share of the baseline's "
    "mean of the best with the stated confidence; probability of best and regret are among those not dropped"
)
"""How replicates were spent, as printed beside them."""


@dataclass(kw_only=True)
class Selection:
    """Options under selection; rows are those of the comparison, the baseline first.

    Parameters
    ----------
    n_options
        How many there are.
    precision
        Differences below this share of the baseline's mean do not matter.
    confidence
        That the option chosen is the best, but for such differences.
    """

    n_options: int
    precision: float
    confidence: float
    candidates: tuple[int, ...] = ()
    dropped_after: dict[int, int] = field(default_factory=dict)
    looks: list[dict[str, Any]] = field(default_factory=list)
    is_decided: bool = False

    def __post_init__(self) -> None:
        self.candidates = tuple(range(self.n_options))

    @property
    def running(self) -> list[int]:
        """Rows that get further replicates: what may be best, and the baseline, with which all are compared."""
        return sorted({0, *self.candidates})

    def look(self, column: MetricColumn, *, rows: Sequence[int], replicates: int) -> None:
        """Drop what cannot be best any more.

        Parameters
        ----------
        column
            The metric to decide by, of the options `rows`, paired.
        rows
            Rows of the comparison that the column holds, 0 first; others that were running failed too often.
        replicates
            Of every running option so far.
        """
        values, _ = column.restrict()
        signed = np.zeros((self.n_options, values.shape[1]))
        signed[list(rows)] = -values if column.better == "higher" else values
        left = tuple(row for row in self.candidates if row in rows)
        indifference = self.precision * abs(float(values[0].mean()))
        if indifference > 0.0 and values.shape[1] > 1:
            found = screen(signed, left, indifference=indifference, confidence=self.confidence)
            left, self.is_decided = found.left, found.is_decided
        for row in set(self.candidates) - set(left):
            self.dropped_after[row] = replicates
        self.candidates = left
        self.looks.append({"replicates": replicates, "left": list(left), "indifference": indifference})

    def to_row(self, names: Sequence[str]) -> dict[str, Any]:
        """Return candidates left and looks, by name, as plain values."""
        return {
            "left": [names[row] for row in self.candidates],
            "is_decided": self.is_decided,
            "looks": [{**look, "left": [names[row] for row in look["left"]]} for look in self.looks],
        }
