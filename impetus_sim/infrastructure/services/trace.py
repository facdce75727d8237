"""Changes of the dependency layer with what led to each, within a batch and across batches.

What led to a change is kept as a code: the id of an event of the world, -1 for nothing, or -2 - k for change k of
the present batch, until the caller says which event that became.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from impetus_sim.infrastructure.change import NO_CAUSE, Change

_FIRST_CODE = -2


class Trace:
    """The changes of one batch.

    Parameters
    ----------
    kept
        Returns the arrays, int64, in which codes outlive the batch; they are given the ids of events by `name`.
    """

    def __init__(self, kept: Callable[[], Iterable[npt.NDArray[np.int64]]]) -> None:
        self._kept = kept
        self.changes: list[Change] = []

    def begin(self) -> None:
        """Begin a batch; codes of one that nobody named become -1."""
        if self.changes:
            self.name([NO_CAUSE] * len(self.changes))
        self.changes = []

    def add(self, at_us: int, kind: str, subject: str, code: int, data: dict[str, Any]) -> int:
        """Add a change that follows from what `code` stands for, and return its own code."""
        by_event, in_batch = (code, -1) if code > _FIRST_CODE else (NO_CAUSE, _FIRST_CODE - code)
        self.changes.append(
            Change(
                at_us=at_us, kind=kind, subject=subject, cause=by_event, cause_in_batch=in_batch, data=data
            )
        )
        return _FIRST_CODE - (len(self.changes) - 1)

    def name(self, event_ids: Sequence[int]) -> None:
        """Put the ids of events in the place of codes of this batch.

        Raises
        ------
        ValueError
            When there are not as many ids as changes.
        """
        if len(event_ids) != len(self.changes):
            raise ValueError(f"{len(event_ids)} ids of events for {len(self.changes)} changes")
        ids = np.asarray(event_ids, np.int64)
        for codes in self._kept():
            rows = np.flatnonzero(codes <= _FIRST_CODE)
            codes[rows] = ids[_FIRST_CODE - codes[rows]]
        self.changes = []
