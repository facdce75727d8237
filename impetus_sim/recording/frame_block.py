"""Decoded frames of a segment, all or some: what `frames.FrameBuffer` wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from impetus_sim.recording import schema

IntArray = npt.NDArray[np.int32]
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class FrameBlock:
    """Decoded frames of one segment: F frames, P columns (stays inside).

    Parameters
    ----------
    ticks
        Shape (F,).
    person_row, first_frame, last_frame
        Shape (P,); rows ascending, frames inclusive.
    x_mm, y_mm
        Millimetres from the origin, shape (F, P); meaningless outside first_frame..last_frame.
    state
        Shape (F, P).
    origin_mm
        Origin in millimetres.
    """

    ticks: npt.NDArray[np.int64]
    person_row: IntArray
    first_frame: IntArray
    last_frame: IntArray
    x_mm: IntArray
    y_mm: IntArray
    state: npt.NDArray[np.uint8]
    origin_mm: tuple[int, int]

    @property
    def is_inside(self) -> npt.NDArray[np.bool_]:
        """Whose column means something at which frame, shape (F, P)."""
        frame = np.arange(len(self.ticks))[:, None]
        return np.asarray((self.first_frame <= frame) & (frame <= self.last_frame))

    def at(self, index: int) -> tuple[IntArray, FloatArray, FloatArray, npt.NDArray[np.uint8]]:
        """Return rows, x and y in metres, and states of everyone inside at one frame."""
        inside = np.flatnonzero((self.first_frame <= index) & (index <= self.last_frame))
        x_mm = self.x_mm[index, inside].astype(np.int64) + self.origin_mm[0]
        y_mm = self.y_mm[index, inside].astype(np.int64) + self.origin_mm[1]
        return (
            self.person_row[inside],
            x_mm / schema.MM_PER_M,
            y_mm / schema.MM_PER_M,
            self.state[index, inside],
        )


def read_frames(group: h5py.Group) -> FrameBlock:
    """Return the decoded frames that `FrameBuffer.write` wrote."""
    return read_frames_at(group, range(len(group["tick"])))


def read_frames_at(group: h5py.Group, frames: Sequence[int], *, row: int | None = None) -> FrameBlock:
    """Return some decoded frames, reading from the key frames before them only.

    Parameters
    ----------
    group
        What `FrameBuffer.write` wrote.
    frames
        Frames of the segment, ascending. In the result they are counted from 0, and columns of people who were
        inside at none of them are left out.
    row
        Of the only person who is wanted; everybody without it.
    """
    wanted = np.asarray(frames, np.int64)
    spans = _spans(wanted, _key_every(group))
    person_row = group["person_row"][:]
    own = slice(None) if row is None else slice(*np.searchsorted(person_row, (row, row + 1)).tolist())
    first_frame, last_frame = group["first_frame"][own], group["last_frame"][own]
    first = np.searchsorted(wanted, first_frame, side="left").astype(np.int32)
    last = (np.searchsorted(wanted, last_frame, side="right") - 1).astype(np.int32)
    kept = np.flatnonzero(first <= last)

    def decode(name: str) -> IntArray:
        parts = [
            np.cumsum(group[name][key:stop, own], axis=0, dtype=np.int32)[mine - key]
            for key, stop, mine in spans
        ]
        return _take(np.concatenate(parts), kept)

    states = [group["state"][key:stop, own][mine - key] for key, stop, mine in spans]
    return FrameBlock(
        ticks=group["tick"][:][wanted],
        person_row=person_row[own][kept],
        first_frame=first[kept],
        last_frame=last[kept],
        x_mm=decode("dx_mm"),
        y_mm=decode("dy_mm"),
        state=_take(np.concatenate(states), kept),
        origin_mm=(int(group.attrs["origin_x_mm"]), int(group.attrs["origin_y_mm"])),
    )


def _spans(wanted: npt.NDArray[np.int64], key_every: int) -> list[tuple[int, int, npt.NDArray[np.int64]]]:
    # key frame, end, and the wanted frames between them
    key = wanted // key_every
    cuts = np.flatnonzero(np.diff(key)) + 1
    return [
        (int(mine[0]) // key_every * key_every, int(mine[-1]) + 1, mine) for mine in np.split(wanted, cuts)
    ]


def _key_every(group: h5py.Group) -> int:
    # a segment of the first layout has one key frame, its first
    return int(group.attrs.get(schema.KEY_EVERY_KEY, max(len(group["tick"]), 1)))


def _take(matrix: npt.NDArray[Any], columns: npt.NDArray[np.intp]) -> npt.NDArray[Any]:
    return matrix if len(columns) == matrix.shape[1] else matrix[:, columns]


def read_box_mm(group: h5py.Group) -> tuple[int, int, int, int] | None:
    """Return west, south, east, north of a segment's positions in millimetres; None where nobody was inside."""
    if schema.BOX_KEY in group.attrs:
        west, south, east, north = (int(value) for value in group.attrs[schema.BOX_KEY])
        return west, south, east, north
    if schema.KEY_EVERY_KEY in group.attrs:
        return None
    block = read_frames(group)  # a file of the first layout does not say
    inside = block.is_inside
    if not inside.any():
        return None
    x, y = block.x_mm[inside], block.y_mm[inside]
    x0, y0 = block.origin_mm
    return x0 + int(x.min()), y0 + int(y.min()), x0 + int(x.max()), y0 + int(y.max())
