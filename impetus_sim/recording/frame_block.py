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
    person_row = group["person_row"][:]
    own = slice(None) if row is None else slice(*np.searchsorted(person_row, (row, row + 1)).tolist())
    first_frame, last_frame = group["first_frame"][own], group["last_frame"][own]
    first = np.searchsorted(wanted, first_frame, side="left").astype(np.int32)
    last = (np.searchsorted(wanted, last_frame, side="right") - 1).astype(np.int32)
    kept = np.flatnonzero(first <= last)
    spans = _spans(wanted, _key_frames(group))

    def read(name: str, key_name: str) -> npt.NDArray[Any]:
        parts = [_read_span(group, name, key_name, span, own) for span in spans]
        matrix = parts[0] if len(parts) == 1 else np.concatenate(parts)
        return matrix if len(kept) == matrix.shape[1] else matrix[:, kept]

    return FrameBlock(
        ticks=group["tick"][:][wanted],
        person_row=person_row[own][kept],
        first_frame=first[kept],
        last_frame=last[kept],
        x_mm=read("dx_mm", "x_mm"),
        y_mm=read("dy_mm", "y_mm"),
        state=read("state", "state"),
        origin_mm=(int(group.attrs["origin_x_mm"]), int(group.attrs["origin_y_mm"])),
    )


@dataclass(frozen=True, kw_only=True)
class _Span:
    """Wanted frames, ascending, that are decoded together: from a key frame, by its number, or the first (-1)."""

    key: int
    key_frame: int
    frames: npt.NDArray[np.int64]


def _key_frames(group: h5py.Group) -> npt.NDArray[np.int64]:
    # a segment written before there were key frames is decoded from its first frame
    return group[f"{schema.KEYS}/frame"][:] if schema.KEYS in group else np.zeros(0, np.int64)


def _spans(wanted: npt.NDArray[np.int64], key_frames: npt.NDArray[np.int64]) -> list[_Span]:
    """Return the wanted frames by the key frame they are decoded from.

    Frames between two keys next to each other are one span: what lies between is read anyway.
    """
    key = np.searchsorted(key_frames, wanted, side="right") - 1
    is_far = (np.diff(key) > 0) & (np.diff(wanted) > 1)
    return [
        _Span(key=int(k[0]), key_frame=int(key_frames[k[0]]) if k[0] >= 0 else 0, frames=mine)
        for k, mine in zip(
            np.split(key, np.flatnonzero(is_far) + 1),
            np.split(wanted, np.flatnonzero(is_far) + 1),
            strict=True,
        )
    ]


def _read_span(group: h5py.Group, name: str, key_name: str, span: _Span, own: slice) -> npt.NDArray[Any]:
    """Return values at the frames of a span, (frames, columns); differences are added up from the key frame."""
    stop = int(span.frames[-1]) + 1
    if span.key >= 0 and stop == span.key_frame + 1:
        return np.asarray(group[schema.KEYS][key_name][span.key : span.key + 1, own])
    values = group[name][span.key_frame : stop, own]
    if name != "state":
        if span.key >= 0:
            values[0] = group[schema.KEYS][key_name][span.key, own]
        np.cumsum(values, axis=0, dtype=np.int32, out=values)
    return values if len(values) == len(span.frames) else values[span.frames - span.key_frame]


def read_box_mm(group: h5py.Group) -> tuple[int, int, int, int] | None:
    """Return west, south, east, north of a segment's positions in millimetres; None where nobody was inside."""
    if schema.BOX_KEY in group.attrs:
        west, south, east, north = (int(value) for value in group.attrs[schema.BOX_KEY])
        return west, south, east, north
    if schema.KEYS in group:
        return None
    block = read_frames(group)  # a file written before boxes were does not say
    inside = block.is_inside
    if not inside.any():
        return None
    x, y = block.x_mm[inside], block.y_mm[inside]
    x0, y0 = block.origin_mm
    return x0 + int(x.min()), y0 + int(y.min()), x0 + int(x.max()), y0 + int(y.max())
