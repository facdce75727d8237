"""Rows of a channel or a field in the order of time, across segments, only those asked for read from the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from impetus_sim.recording import schema
from impetus_sim.recording.source import Source

Array = npt.NDArray[Any]


class ChannelReader:
    """Reads single rows; which times there are is read once.

    Parameters
    ----------
    source
        Where the segments come from.
    segments
        Their numbers, ascending.
    key
        Group within a segment: one of `schema.CHANNELS`, or ``fields/<name>``.
    """

    def __init__(self, source: Source, segments: Sequence[int], key: str) -> None:
        self._source = source
        self._key = key
        held = [(number, source.read_segment(number, self._read_ticks)) for number in segments]
        self._segments = [(number, len(ticks)) for number, ticks in held if ticks is not None and len(ticks)]
        self.ticks: npt.NDArray[np.int64] = np.concatenate(
            [np.zeros(0, np.int64), *(ticks for _, ticks in held if ticks is not None)]
        )
        """Tick of each row, ascending, shape (rows,)."""

    def _read_ticks(self, segment: h5py.Group) -> npt.NDArray[np.int64] | None:
        return segment[self._key][schema.TICK][:] if self._key in segment else None

    def read(self, rows: Sequence[int], names: Sequence[str]) -> dict[str, Array]:
        """Return columns of some rows, by ascending index in `ticks`; names that are not recorded are left out."""
        wanted = np.asarray(rows, np.int64)
        parts: dict[str, list[Array]] = {}
        first = 0
        for number, n_rows in self._segments:
            mine = (wanted[(first <= wanted) & (wanted < first + n_rows)] - first).tolist()
            if mine:
                found = self._source.read_segment(number, self._taking(mine, names))
                for name, array in found.items():
                    parts.setdefault(name, []).append(array)
            first += n_rows
        return {name: np.concatenate(held) for name, held in parts.items()}

    def _taking(self, rows: list[int], names: Sequence[str]) -> Callable[[h5py.Group], dict[str, Array]]:
        def take(segment: h5py.Group) -> dict[str, Array]:
            group = segment[self._key]
            return {name: _take_rows(group[name], rows) for name in names if name in group}

        return take

    @property
    def names(self) -> list[str]:
        """Names of the columns, those of the first segment that has the channel."""
        if not self._segments:
            return []
        return self._source.read_segment(
            self._segments[0][0], lambda segment: [name for name in segment[self._key] if name != schema.TICK]
        )


def _take_rows(dataset: h5py.Dataset, rows: list[int]) -> Array:
    if 2 * len(rows) > rows[-1] - rows[0] + 1:  # close together: one read
        return np.asarray(dataset[rows[0] : rows[-1] + 1][np.asarray(rows) - rows[0]])
    return np.stack([dataset[row] for row in rows])
