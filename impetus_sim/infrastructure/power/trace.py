"""What led to each change of a power grid, also where tables grow and shrink."""

from __future__ import annotations

from impetus_sim.infrastructure.change import NO_CAUSE
from impetus_sim.infrastructure.services.trace import Trace


class GridTrace(Trace):
    """Changes of one batch, which may also be dropped."""

    def forget(self) -> None:
        """Let codes that nobody named become -1, and drop the batch."""
        for codes in self._kept():
            codes[codes < NO_CAUSE] = NO_CAUSE
        self.changes = []
