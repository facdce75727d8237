"""A detector and the streams that it watches in a run: which it is about, and when it keeps quiet."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.detection.base import Detector, Floats
from impetus_sim.errors import InvalidInputError
from impetus_sim.world.streams import STREAM_KINDS, Streams


class Watch:
    """One detector at work.

    Parameters
    ----------
    detector
        Built for these streams.
    rows
        Of the streams, int64 (n,), ascending.
    ticks_of
        From seconds to ticks.
    """

    def __init__(
        self, detector: Detector, rows: npt.NDArray[np.int64], *, ticks_of: Callable[[float], int]
    ) -> None:
        self.detector = detector
        self.rows = rows
        self._quiet_ticks = ticks_of(float(detector.spec.quiet))
        self.raised = Table(f"detector_{detector.name}_raised", len(rows), {"tick": "i8"})
        self.raised.tick[:] = -1

    @property
    def tables(self) -> list[Table]:
        """All state; -1 for streams about which no alert was raised."""
        return [*self.detector.tables, self.raised]

    def observe(self, tick: int, time_s: float, values: Floats) -> list[tuple[int, float]]:
        """Return which of its streams an alert is raised about now, ascending, each with the score."""
        scores = self.detector.observe(time_s, values)
        raised = self.raised.tick
        is_free = (raised < 0) | (tick - raised >= self._quiet_ticks)
        due = np.flatnonzero((scores >= 1.0) & is_free)
        raised[due] = tick
        return [(int(k), float(scores[k])) for k in due]


def find_streams(patterns: Sequence[str], streams: Streams) -> npt.NDArray[np.int64]:
    """Return the rows of the streams that patterns name, ascending, int64 (n,).

    Parameters
    ----------
    patterns
        Kinds, or ids with ``*`` and ``?``.

    Raises
    ------
    InvalidInputError
        When one fits no stream.
    """
    found: set[int] = set()
    for pattern in patterns:
        names = streams.kinds if pattern in STREAM_KINDS else streams.ids
        rows = [row for row, name in enumerate(names) if fnmatchcase(name, pattern)]
        if not rows:
            known = sorted({*streams.ids, *streams.kinds})
            near = difflib.get_close_matches(pattern, known, n=1)
            hint = f"did you mean '{near[0]}'" if near else f"one of {', '.join(known[:20]) or 'none'}"
            raise InvalidInputError(f"streams: '{pattern}' fits no stream", hint=hint)
        found.update(rows)
    return np.array(sorted(found), np.int64)
