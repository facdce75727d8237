"""What led to each change of a power grid, also where tables grow and shrink."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from impetus_sim.infrastructure.change import NO_CAUSE
from impetus_sim.infrastructure.power.network import Ints
from impetus_sim.infrastructure.services.trace import Trace


class GridTrace(Trace):
    """Changes of one batch; the columns that keep codes are asked for anew each time.

    Parameters
    ----------
    columns
        Returns the columns in which codes outlive the batch, int64.
    """

    def __init__(self, columns: Callable[[], list[Ints]]) -> None:
        super().__init__()
        self._columns = columns

    def name(self, event_ids: Sequence[int]) -> None:
        """Put the ids of events in the place of codes of this batch."""
        self._kept = tuple(self._columns())
        super().name(event_ids)

    def forget(self) -> None:
        """Let codes that nobody named become -1, and drop the batch."""
        for codes in self._columns():
            codes[codes < NO_CAUSE] = NO_CAUSE
        self.changes = []
