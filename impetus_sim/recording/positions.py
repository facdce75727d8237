"""Frames of a recording in the order of time, across segments, with one decoded segment in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import h5py
import numpy as np
import numpy.typing as npt

from impetus_sim.recording import schema
from impetus_sim.recording.frame_block import FrameBlock, read_box_mm, read_frames, read_frames_at
from impetus_sim.recording.segment import SegmentInfo
from impetus_sim.recording.source import Source

Floats = npt.NDArray[np.float64]
PathOfPerson = tuple[Floats, Floats, Floats, npt.NDArray[np.uint8]]


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Everyone inside at one time; all arrays have shape (n,).

    Parameters
    ----------
    tick, t_s
        Time.
    rows
        Row of each person in the table of people (``static("people")``), ascending.
    x, y
        Positions in metres, exact to half a millimetre.
    state
        State code.
    """

    tick: int
    t_s: float
    rows: npt.NDArray[np.int32]
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    state: npt.NDArray[np.uint8]


class PositionReader:
    """Reads frames; `Recording` checks what it is asked for.

    Parameters
    ----------
    source
        Where the segments come from.
    segments
        Their index, ascending.
    resolution_us
        Microseconds in a tick.
    """

    def __init__(self, source: Source, segments: Sequence[SegmentInfo], *, resolution_us: int) -> None:
        self._source = source
        self._segments = [segment for segment in segments if segment.n_frames]
        self._resolution_us = resolution_us
        self._block: tuple[int, FrameBlock] | None = None

    @cached_property
    def ticks(self) -> npt.NDArray[np.int64]:
        """Tick of each frame, shape (n_frames,)."""
        key = f"{schema.FRAMES}/{schema.TICK}"
        held = [self._source.read_segment(s.number, lambda group: group[key][:]) for s in self._segments]
        return np.concatenate(held) if held else np.empty(0, np.int64)

    def frame_at(self, index: int) -> Frame:
        """Return one frame by its index, from 0."""
        first = 0
        for segment in self._segments:
            if index < first + segment.n_frames:
                return self._make_frame(self._load(segment.number), index - first)
            first += segment.n_frames
        raise IndexError(index)

    def frames(self, every: int) -> Iterator[Frame]:
        """Yield every `every`-th frame."""
        first = 0
        for segment in self._segments:
            wanted = range(-first % every, segment.n_frames, every)
            if wanted:
                block = self._load(segment.number)
                for index in wanted:
                    yield self._make_frame(block, index)
            first += segment.n_frames

    def blocks(self) -> Iterator[FrameBlock]:
        """Yield the decoded frames of each segment."""
        for segment in self._segments:
            yield self._load(segment.number)

    def blocks_at(self, indices: Sequence[int]) -> Iterator[FrameBlock]:
        """Yield some frames, by ascending index, as one block for each segment that has any of them."""
        wanted = np.asarray(indices, np.int64)
        first = 0
        for segment in self._segments:
            mine = (wanted[(first <= wanted) & (wanted < first + segment.n_frames)] - first).tolist()
            if mine:
                yield self._source.read_segment(segment.number, _frames_at(mine))
            first += segment.n_frames

    def place_of(self, row: int, indices: Sequence[int]) -> PathOfPerson:
        """Return time in s, x and y in m, and state of one person at those of some frames when it was inside."""
        wanted = np.asarray(indices, np.int64)
        times = self.ticks * self._resolution_us / 1e6
        parts: list[PathOfPerson] = []
        first = 0
        for segment in self._segments:
            mine = wanted[(first <= wanted) & (wanted < first + segment.n_frames)]
            if len(mine):
                block = self._source.read_segment(segment.number, _frames_at((mine - first).tolist(), row))
                frame, column = np.nonzero(block.is_inside)
                x = (block.origin_mm[0] + block.x_mm[frame, column].astype(np.float64)) / schema.MM_PER_M
                y = (block.origin_mm[1] + block.y_mm[frame, column].astype(np.float64)) / schema.MM_PER_M
                parts.append((times[mine[frame]], x, y, block.state[frame, column]))
            first += segment.n_frames
        if not parts:
            return np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0, np.uint8)
        t_s, x, y, state = (np.concatenate(side) for side in zip(*parts, strict=True))
        return t_s, x, y, state

    @cached_property
    def box_mm(self) -> tuple[int, int, int, int] | None:
        """West, south, east, north of all positions in millimetres; None where nobody was inside."""
        boxes = [
            self._source.read_segment(s.number, lambda g: read_box_mm(g[schema.FRAMES]))
            for s in self._segments
        ]
        held = np.array([box for box in boxes if box is not None], np.int64).reshape(-1, 4)
        if not len(held):
            return None
        (west, south), (east, north) = held[:, :2].min(axis=0), held[:, 2:].max(axis=0)
        return int(west), int(south), int(east), int(north)

    def forget(self) -> None:
        """Give the memory of the decoded segment back."""
        self._block = None

    def _load(self, number: int) -> FrameBlock:
        if self._block is None or self._block[0] != number:
            self.forget()
            block = self._source.read_segment(number, lambda group: read_frames(group[schema.FRAMES]))
            self._block = (number, block)
        return self._block[1]

    def _make_frame(self, block: FrameBlock, index: int) -> Frame:
        tick = int(block.ticks[index])
        rows, x, y, state = block.at(index)
        return Frame(tick=tick, t_s=tick * self._resolution_us / 1e6, rows=rows, x=x, y=y, state=state)


def _frames_at(frames: list[int], row: int | None = None) -> Callable[[h5py.Group], FrameBlock]:
    return lambda group: read_frames_at(group[schema.FRAMES], frames, row=row)
