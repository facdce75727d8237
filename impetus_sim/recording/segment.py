"""One segment: a stretch of a run with its frames, counts, fields, events and perhaps a checkpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from impetus_sim.recording import schema
from impetus_sim.recording.checkpoint import Checkpoint, write_checkpoint
from impetus_sim.recording.encode import write_array, write_attributes, write_columns
from impetus_sim.recording.frames import FrameBuffer
from impetus_sim.recording.header import mark
from impetus_sim.recording.image import build_image


@dataclass(frozen=True, kw_only=True)
class SegmentInfo:
    """What is known of a segment without reading its data; ticks are -1 where there is none."""

    number: int
    n_frames: int
    first_tick: int
    last_tick: int
    checkpoint_tick: int


class Series:
    """Values at ticks, stacked when written; every value has the shape and dtype of the first."""

    def __init__(self) -> None:
        self.ticks: list[int] = []
        self._values: dict[str, list[npt.NDArray[Any]]] = {}
        self.nbytes = 0

    def add(self, tick: int, values: Mapping[str, npt.ArrayLike]) -> None:
        """Keep one value of each name; the names are those of the first call."""
        if self.ticks and set(values) != set(self._values):
            raise ValueError(f"tick {tick}: {sorted(values)}, but before it was {sorted(self._values)}")
        if self.ticks and tick <= self.ticks[-1]:
            raise ValueError(f"tick {tick} comes after tick {self.ticks[-1]}: ticks must ascend")
        arrays = {name: np.array(value) for name, value in values.items()}
        for name, array in arrays.items():
            held = self._values.setdefault(name, [])
            if held and _shape(held[0]) != _shape(array):
                raise ValueError(
                    f"'{name}' at tick {tick} is {_shape(array)}, before it was {_shape(held[0])}"
                )
        for name, array in arrays.items():
            self._values[name].append(array)
            self.nbytes += array.nbytes
        self.ticks.append(int(tick))

    def write(self, group: h5py.Group) -> None:
        """Write ticks and stacked values into an empty group."""
        write_array(group, schema.TICK, np.array(self.ticks, np.int64))
        for name, held in self._values.items():
            write_array(group, name, np.stack(held))


def _shape(array: npt.NDArray[Any]) -> tuple[str, tuple[int, ...]]:
    return array.dtype.kind, array.shape


class SegmentBuffer:
    """What has been recorded since the last segment was written, after `n_frames` frames before it."""

    def __init__(self, n_frames: int = 0) -> None:
        self.frames = FrameBuffer(n_frames)
        self.counts = Series()
        self.channels: dict[str, Series] = {}
        self.fields: dict[str, Series] = {}

    @property
    def nbytes(self) -> int:
        """Memory held by the buffered data."""
        series = [self.counts, *self.channels.values(), *self.fields.values()]
        return self.frames.nbytes + sum(held.nbytes for held in series)

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been recorded since the last segment."""
        return not (len(self.frames) or self.counts.ticks or self.channels or self.fields)

    def info(self, number: int, checkpoint: Checkpoint | None) -> SegmentInfo:
        """Return the index entry of the segment that this buffer will become."""
        ticks = self.frames.ticks
        return SegmentInfo(
            number=number,
            n_frames=len(ticks),
            first_tick=ticks[0] if ticks else schema.NO_TICK,
            last_tick=ticks[-1] if ticks else schema.NO_TICK,
            checkpoint_tick=schema.NO_TICK if checkpoint is None else int(checkpoint.tick),
        )


def build_segment(
    buffer: SegmentBuffer,
    info: SegmentInfo,
    *,
    events: Mapping[str, npt.ArrayLike] | None,
    checkpoint: Checkpoint | None,
) -> bytes:
    """Return the bytes of one segment's file."""

    def fill(file: h5py.File) -> None:
        mark(file, role=schema.ROLE_SEGMENT)
        write_attributes(
            file,
            {
                schema.NUMBER_KEY: info.number,
                schema.N_FRAMES_KEY: info.n_frames,
                schema.FIRST_TICK_KEY: info.first_tick,
                schema.LAST_TICK_KEY: info.last_tick,
                schema.CHECKPOINT_TICK_KEY: info.checkpoint_tick,
            },
        )
        if len(buffer.frames):
            buffer.frames.write(file.create_group(schema.FRAMES))
        if buffer.counts.ticks:
            buffer.counts.write(file.create_group(schema.COUNTS))
        for channel, series in buffer.channels.items():
            series.write(file.create_group(channel))
        for name, series in buffer.fields.items():
            series.write(file.create_group(f"{schema.FIELDS}/{name}"))
        if events:
            write_columns(file.create_group(schema.EVENTS), events)
        if checkpoint is not None:
            write_checkpoint(file.create_group(schema.CHECKPOINT), checkpoint)

    return build_image(fill)


def read_segment_info(segment: h5py.Group) -> SegmentInfo:
    """Return a segment's index entry from its attributes."""
    attributes = segment.attrs
    return SegmentInfo(
        number=int(attributes[schema.NUMBER_KEY]),
        n_frames=int(attributes[schema.N_FRAMES_KEY]),
        first_tick=int(attributes[schema.FIRST_TICK_KEY]),
        last_tick=int(attributes[schema.LAST_TICK_KEY]),
        checkpoint_tick=int(attributes[schema.CHECKPOINT_TICK_KEY]),
    )
