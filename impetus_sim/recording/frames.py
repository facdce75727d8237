"""Positions of a stretch of time: buffered as whole millimetres, coded as differences along time.

One column is one stay of one person inside, so people may come, go and come back. Every `KEY_EVERY`-th frame of the
recording stands once more as it is, as a key frame: any frame is decoded from the key frame before it, and an
overview reads key frames alone. Layout: `schema.README`.
"""

from __future__ import annotations

from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from impetus_sim.errors import RunFailedError
from impetus_sim.recording import schema
from impetus_sim.recording.encode import COMPRESSION

IntArray = npt.NDArray[np.int32]
FloatArray = npt.NDArray[np.float64]

MAX_OFFSET_MM = 2**30 - 1
"""Largest distance from a segment's origin (1 073 km): any difference of two such numbers fits 32 bits."""
KEY_EVERY = 10
"""Frames from one key frame to the next, and frames in one chunk of the file."""
_NEVER = -2
_CHUNK_COLUMNS = 16384  # with int32: 640 KiB a chunk
_KEY_CHUNK_COLUMNS = 65536  # one frame: 256 KiB a chunk


class FrameBuffer:
    """Frames not yet written. 13 bytes a person and frame, plus 8 bytes a row of the people's table.

    Parameters
    ----------
    first_index
        Frames that the recording holds already.
    """

    def __init__(self, first_index: int = 0) -> None:
        self._first_index = first_index
        self._ticks: list[int] = []
        self._columns: list[IntArray] = []
        self._x_mm: list[IntArray] = []
        self._y_mm: list[IntArray] = []
        self._state: list[npt.NDArray[np.uint8]] = []
        self._new_rows: list[IntArray] = []
        self._first_frame: list[IntArray] = []
        self._n_columns = 0
        self._column_of_row = np.empty(0, np.int32)
        self._seen_at_frame = np.empty(0, np.int32)
        self._origin_mm: tuple[int, int] | None = None
        self._worst_error_m = 0.0
        self.nbytes = 0

    def __len__(self) -> int:
        return len(self._ticks)

    @property
    def ticks(self) -> list[int]:
        """Ticks of the buffered frames."""
        return self._ticks

    def add(
        self,
        tick: int,
        rows: npt.NDArray[np.integer[Any]],
        x: FloatArray,
        y: FloatArray,
        state: npt.NDArray[np.uint8],
    ) -> None:
        """Keep one frame; the arrays are copied.

        Parameters
        ----------
        tick
            Time of the frame, later than the last one's.
        rows
            Table row of each person inside, strictly ascending, shape (n,).
        x, y
            Positions in metres, shape (n,).
        state
            State code of each person, shape (n,).

        Raises
        ------
        RunFailedError
            When a position is not finite, or too far from the others for 32 bits of millimetres.
        """
        held_rows: IntArray = np.asarray(rows, np.int32)
        if not len(rows) == len(x) == len(y) == len(state):
            raise ValueError(
                f"frame at tick {tick}: {len(rows)} rows, {len(x)} x, {len(y)} y, {len(state)} states"
            )
        if len(rows) and (rows[0] < 0 or np.any(np.diff(rows) <= 0)):
            raise ValueError(f"frame at tick {tick}: rows must be ascending, without repeats")
        x_mm, y_mm = self._quantise(tick, held_rows, np.asarray(x, np.float64), np.asarray(y, np.float64))
        columns = self._assign_columns(held_rows)
        self._ticks.append(int(tick))
        self._columns.append(columns)
        self._x_mm.append(x_mm)
        self._y_mm.append(y_mm)
        self._state.append(np.array(state, np.uint8))
        self.nbytes += 13 * len(rows)

    def _quantise(self, tick: int, rows: IntArray, x: FloatArray, y: FloatArray) -> tuple[IntArray, IntArray]:
        if self._origin_mm is None and len(rows) and np.isfinite(x[0]) and np.isfinite(y[0]):
            self._origin_mm = (round(x[0]) * schema.MM_PER_M, round(y[0]) * schema.MM_PER_M)
        coded = []
        for values, origin in zip((x, y), self._origin_mm or (0, 0), strict=True):
            rounded = np.rint(values * schema.MM_PER_M)
            offset = rounded - origin
            bad = ~(np.abs(offset) <= MAX_OFFSET_MM)
            if bad.any():
                row = int(np.flatnonzero(bad)[0])
                raise RunFailedError(
                    f"the person in row {rows[row]} is at ({x[row]:g}, {y[row]:g}) m at tick {tick}: not "
                    f"a finite number, or over {MAX_OFFSET_MM / 1e6:.0f} km from the segment's first person",
                    hint="this is a fault of the engine or of the map's coordinates; run with --check",
                )
            if len(values):
                worst = float(np.max(np.abs(values - rounded / schema.MM_PER_M)))
                self._worst_error_m = max(self._worst_error_m, worst)
            coded.append(offset.astype(np.int32))
        return coded[0], coded[1]

    def _assign_columns(self, rows: IntArray) -> IntArray:
        frame = len(self._ticks)
        if len(rows) and rows[-1] >= len(self._column_of_row):
            grown = int(rows[-1]) + 1 - len(self._column_of_row)
            self._column_of_row = np.append(self._column_of_row, np.zeros(grown, np.int32))
            self._seen_at_frame = np.append(self._seen_at_frame, np.full(grown, _NEVER, np.int32))
        came = rows[self._seen_at_frame[rows] != frame - 1]
        self._column_of_row[came] = np.arange(self._n_columns, self._n_columns + len(came), dtype=np.int32)
        self._n_columns += len(came)
        self._new_rows.append(came)
        self._first_frame.append(np.full(len(came), frame, np.int32))
        self._seen_at_frame[rows] = frame
        return self._column_of_row[rows]

    def write(self, group: h5py.Group) -> None:
        """Write all buffered frames into an empty group."""
        person_row = np.concatenate(self._new_rows)
        order = np.argsort(person_row, kind="stable")
        rank = np.empty(len(order), np.int32)
        rank[order] = np.arange(len(order), dtype=np.int32)
        columns = [rank[held] for held in self._columns]
        last_frame = np.zeros(len(order), np.int32)
        for frame, held in enumerate(columns):
            last_frame[held] = frame
        origin_x_mm, origin_y_mm = self._origin_mm or (0, 0)
        group.attrs["origin_x_mm"] = np.int64(origin_x_mm)
        group.attrs["origin_y_mm"] = np.int64(origin_y_mm)
        group.attrs["scale_m"] = 1 / schema.MM_PER_M
        group.attrs["worst_error_m"] = self._worst_error_m
        if (box := self._box_mm()) is not None:
            group.attrs[schema.BOX_KEY] = np.array(box, np.int64)
        group["tick"] = np.array(self._ticks, np.int64)
        group["person_row"] = person_row[order]
        group["first_frame"] = np.concatenate(self._first_frame)[order]
        group["last_frame"] = last_frame
        _write_matrix(group, "dx_mm", _differences(columns, self._x_mm, len(order)))
        _write_matrix(group, "dy_mm", _differences(columns, self._y_mm, len(order)))
        states = np.zeros((len(columns), len(order)), np.uint8)
        for frame, held in enumerate(columns):
            states[frame, held] = self._state[frame]
        _write_matrix(group, "state", states)
        self._write_keys(group, columns, len(order))

    def _write_keys(self, group: h5py.Group, columns: list[IntArray], n_columns: int) -> None:
        frames = np.arange(-self._first_index % KEY_EVERY, len(columns), KEY_EVERY)
        keys = group.create_group(schema.KEYS)
        keys["frame"] = frames
        for name, values in (("x_mm", self._x_mm), ("y_mm", self._y_mm), ("state", self._state)):
            matrix = np.zeros((len(frames), n_columns), np.uint8 if name == "state" else np.int32)
            for k, frame in enumerate(frames):
                matrix[k, columns[frame]] = values[frame]
            _write_matrix(keys, name, matrix, chunk=(1, _KEY_CHUNK_COLUMNS))

    def _box_mm(self) -> tuple[int, int, int, int] | None:
        if self._origin_mm is None:
            return None
        x0, y0 = self._origin_mm
        held_x = [values for values in self._x_mm if len(values)]
        held_y = [values for values in self._y_mm if len(values)]
        return (
            x0 + min(int(values.min()) for values in held_x),
            y0 + min(int(values.min()) for values in held_y),
            x0 + max(int(values.max()) for values in held_x),
            y0 + max(int(values.max()) for values in held_y),
        )


def _differences(columns: list[IntArray], values: list[IntArray], n_columns: int) -> IntArray:
    """Return the matrix of differences along time, zero where a column's person is not inside."""
    out = np.zeros((len(columns), n_columns), np.int32)
    before = np.zeros(n_columns, np.int32)
    for frame, held in enumerate(columns):
        out[frame, held] = values[frame] - before[held]
        before[held] = values[frame]
    return out


def _write_matrix(
    group: h5py.Group,
    name: str,
    matrix: npt.NDArray[Any],
    *,
    chunk: tuple[int, int] = (KEY_EVERY, _CHUNK_COLUMNS),
) -> None:
    n_frames, n_columns = matrix.shape
    if not matrix.size:
        group.create_dataset(name, data=matrix)
        return
    chunks = (min(n_frames, chunk[0]), min(n_columns, chunk[1]))
    group.create_dataset(name, data=matrix, chunks=chunks, **COMPRESSION)
