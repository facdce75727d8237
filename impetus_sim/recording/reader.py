"""Reads a recording, finished or not: `open_recording` and `Recording`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import numpy.typing as npt

from impetus_sim.errors import InvalidInputError
from impetus_sim.recording import schema
from impetus_sim.recording.channels import ChannelReader
from impetus_sim.recording.checkpoint import Checkpoint, read_checkpoint
from impetus_sim.recording.encode import Attribute, read_array, read_columns
from impetus_sim.recording.frame_block import FrameBlock
from impetus_sim.recording.parts import recording_path
from impetus_sim.recording.positions import Frame, PathOfPerson, PositionReader
from impetus_sim.recording.segment import SegmentInfo, read_segment_info
from impetus_sim.recording.source import Source, read_identity
from impetus_sim.recording.state import choose_source

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Frame", "Recording", "open_recording"]

Array = npt.NDArray[Any]
_TIME_SLACK = 1e-6  # of a tick: 0.3 s must find the frame at tick 30


def open_recording(path: str | Path) -> Recording:
    """Open a recording: RUN.h5, or RUN.h5.parts of a run that goes on or was killed (either name will do).

    Raises
    ------
    InvalidInputError
        When there is none, or the file is foreign, truncated or of a newer layout.

    Examples
    --------
    >>> run = open_recording("run.h5")  # doctest: +SKIP
    >>> run.frame(t_s=60.0).x.mean()  # doctest: +SKIP
    """
    return Recording(choose_source(path))


class Recording:
    """A recording. No file stays open between calls; one decoded segment is kept in memory.

    Parameters
    ----------
    source
        Where the groups come from; see `open_recording`.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self.attributes: dict[str, Attribute] = read_identity(source)
        self._segments: list[SegmentInfo] = [
            source.read_segment(number, read_segment_info) for number in source.segment_numbers()
        ]
        self.is_complete: bool = source.has_final
        self._positions = PositionReader(source, self._segments, resolution_us=self.resolution_us)

    @property
    def path(self) -> Path:
        """The recording's name, RUN.h5, also while it is a folder of parts."""
        return recording_path(self._source.path)

    @property
    def files_path(self) -> Path:
        """Where the data are: RUN.h5 or RUN.h5.parts."""
        return self._source.path

    @property
    def source(self) -> Source:
        """Where the groups come from."""
        return self._source

    # Time

    @property
    def resolution_us(self) -> int:
        """Microseconds in a tick."""
        return int(self.attributes["resolution_us"])

    def seconds(self, ticks: Any) -> Any:
        """Return ticks as seconds."""
        return ticks * self.resolution_us / 1e6

    @property
    def ticks(self) -> npt.NDArray[np.int64]:
        """Tick of each frame, shape (n_frames,)."""
        return self._positions.ticks

    @property
    def times_s(self) -> npt.NDArray[np.float64]:
        """Time of each frame in seconds, shape (n_frames,)."""
        return np.asarray(self.seconds(self.ticks), np.float64)

    @property
    def recorded_until_s(self) -> float:
        """Time of the last frame or checkpoint, in seconds; 0 for an empty recording."""
        ticks = [max(segment.last_tick, segment.checkpoint_tick) for segment in self._segments]
        return float(self.seconds(max(ticks, default=0)))

    # What does not change

    @cached_property
    def static_names(self) -> list[str]:
        """Names of the static groups."""
        return self._source.read_header(lambda file: list(file[schema.STATIC]))

    def static(self, group: str) -> dict[str, Any]:
        """Return the arrays (or texts) of one static group, such as ``people`` or ``exits``."""
        if group not in self.static_names:
            raise self._unknown("static group", group, self.static_names)
        return self._source.read_header(lambda file: read_columns(file[schema.STATIC][group]))

    # Positions

    def frame(self, *, t_s: float) -> Frame:
        """Return the last frame at or before a time in seconds."""
        index = int(np.searchsorted(self.ticks, self._last_tick_at(t_s), side="right")) - 1
        if index < 0:
            raise InvalidInputError(f"'{self.path}' has no frame at or before {t_s:g} s", hint=self._extent())
        return self.frame_at(index)

    def frame_at(self, index: int) -> Frame:
        """Return one frame by its index in `ticks`; negative indices count from the end."""
        n_frames = len(self.ticks)
        if not -n_frames <= index < n_frames:
            raise InvalidInputError(
                f"'{self.path}' has no frame {index}: it has {n_frames}", hint=self._extent()
            )
        return self._positions.frame_at(index % n_frames)

    def frames(self, every: int = 1) -> Iterator[Frame]:
        """Yield every `every`-th frame in the order of time, one segment in memory at a time."""
        if every < 1:
            raise ValueError(f"every is {every}: at least 1")
        return self._positions.frames(every)

    def blocks(self) -> Iterator[FrameBlock]:
        """Yield the decoded frames of each segment as matrices, for measures along time."""
        return self._positions.blocks()

    def blocks_at(self, indices: Sequence[int]) -> Iterator[FrameBlock]:
        """Yield some frames, by ascending index in `ticks`, as one block of matrices for each segment.

        Only what they need is read: a frame costs the frames since the key frame before it.
        """
        return self._positions.blocks_at(indices)

    def place_of(self, row: int, indices: Sequence[int]) -> PathOfPerson:
        """Return time in s, x and y in m, and state of one person at those of some frames at which it was inside.

        Parameters
        ----------
        row
            Of the table of people.
        indices
            Frames, ascending.
        """
        return self._positions.place_of(row, indices)

    @property
    def box_m(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north of all recorded positions, metres; None where nobody was inside."""
        if (box := self._positions.box_mm) is None:
            return None
        west, south, east, north = (side / schema.MM_PER_M for side in box)
        return west, south, east, north

    # Counts, fields, events

    def counts(self) -> dict[str, Array]:
        """Return all counts over time: ``tick`` of shape (K,) and one array of shape (K, ...) per count."""
        return self._gather(schema.COUNTS)

    def series(self, channel: str) -> Iterator[tuple[int, dict[str, Array]]]:
        """Yield tick and arrays of one of `schema.CHANNELS` in the order of time; nothing where none were recorded.

        ``links`` holds people on links of the walk network, ``traffic`` vehicles on links of the drive network.
        """
        for columns in self._each(channel):
            for k, tick in enumerate(columns[schema.TICK].tolist()):
                yield tick, {name: held[k] for name, held in columns.items() if name != schema.TICK}

    def channel(self, key: str) -> ChannelReader:
        """Return a reader of single rows of one of `schema.CHANNELS`, or of a field (``fields/<name>``)."""
        return ChannelReader(self._source, [segment.number for segment in self._segments], key)

    def events(self) -> dict[str, Array]:
        """Return all events: one array per column, in the order they were recorded."""
        return self._gather(schema.EVENTS)

    def events_frame(self) -> pd.DataFrame:
        """Return all events as a table with text columns and the time ``t_s`` in seconds."""
        import pandas as pd

        columns = {
            name: np.char.decode(column, "utf-8") if column.dtype.kind == "S" else column
            for name, column in self.events().items()
        }
        frame = pd.DataFrame(columns)
        if schema.TICK in frame:
            frame.insert(0, "t_s", self.seconds(frame[schema.TICK]))
        return frame

    @cached_property
    def field_names(self) -> list[str]:
        """Names of the recorded raster fields."""
        names: set[str] = set()
        for segment in self._segments:
            names.update(self._source.read_segment(segment.number, _list_fields))
        return sorted(names)

    def fields(self, name: str) -> Iterator[tuple[int, Array]]:
        """Yield tick and values, shape (rows, columns), of one field in the order of time."""
        if name not in self.field_names:
            raise self._unknown("field", name, self.field_names)
        for columns in self._each(f"{schema.FIELDS}/{name}"):
            yield from zip(columns[schema.TICK].tolist(), columns["values"], strict=True)

    def field(self, name: str, *, t_s: float) -> Array:
        """Return the last values of one field at or before a time, shape (rows, columns)."""
        found = None
        for tick, values in self.fields(name):
            if tick > self._last_tick_at(t_s):
                break
            found = values
        if found is None:
            raise InvalidInputError(
                f"'{self.path}' has no field '{name}' at or before {t_s:g} s", hint=self._extent()
            )
        return found

    def _each(self, key: str) -> Iterator[dict[str, Array]]:
        for segment in self._segments:
            columns = self._source.read_segment(segment.number, _columns_of(key))
            if columns is not None:
                yield columns

    def _gather(self, key: str) -> dict[str, Array]:
        held = list(self._each(key))
        return {
            name: np.concatenate([columns[name] for columns in held]) for name in (held[0] if held else ())
        }

    # State

    @property
    def checkpoint_ticks(self) -> list[int]:
        """Ticks of all checkpoints, ascending."""
        return [
            segment.checkpoint_tick for segment in self._segments if segment.checkpoint_tick != schema.NO_TICK
        ]

    def load_checkpoint(self, tick: int) -> Checkpoint:
        """Return the checkpoint at exactly this tick."""
        for segment in self._segments:
            if segment.checkpoint_tick == tick != schema.NO_TICK:
                return self._source.read_segment(
                    segment.number, lambda group: read_checkpoint(group[schema.CHECKPOINT])
                )
        times = ", ".join(f"{self.seconds(held):g}" for held in self.checkpoint_ticks) or "none"
        raise InvalidInputError(
            f"'{self.path}' has no checkpoint at {self.seconds(tick):g} s",
            hint=f"it has them at (s): {times}",
        )

    def checkpoint_column(self, table: str, column: str) -> Iterator[tuple[int, Array]]:
        """Yield tick and one column of one table of each checkpoint that has it, without reading the rest."""
        for segment in self._segments:
            if segment.checkpoint_tick != schema.NO_TICK:
                key = f"{schema.CHECKPOINT}/{schema.TABLES}/{table}/{column}"
                values = self._source.read_segment(segment.number, _array_at(key))
                if values is not None:
                    yield segment.checkpoint_tick, values

    def last_checkpoint(self, before_tick: int | None = None) -> Checkpoint | None:
        """Return the last checkpoint at or before a tick (of all, without one); None where there is none."""
        ticks = [tick for tick in self.checkpoint_ticks if before_tick is None or tick <= before_tick]
        return self.load_checkpoint(ticks[-1]) if ticks else None

    @property
    def followed_tick(self) -> int:
        """Until when the run was followed: the scenario's duration, or the last checkpoint of a run cut short."""
        if self.is_complete:
            last_frame = int(self.ticks[-1]) if len(self.ticks) else 0
            return int(self.attributes.get("duration_ticks", last_frame))
        return int(self.checkpoint_ticks[-1]) if self.checkpoint_ticks else 0

    @property
    def followed_s(self) -> float:
        """How long the run was followed, seconds."""
        return float(self.seconds(self.followed_tick))

    @property
    def table_names(self) -> list[str]:
        """Names of the tables that `tables` can return."""
        if self.is_complete:
            return self._source.read_final(lambda group: list(group[schema.TABLES]))
        checkpoint = self.last_checkpoint()
        return sorted(checkpoint.tables) if checkpoint else []

    def tables(self, name: str) -> dict[str, Array]:
        """Return the columns of one table at the end, or at the last checkpoint of an unfinished run."""
        names = self.table_names
        if name not in names:
            raise self._unknown("table", name, names)
        if self.is_complete:
            return self._source.read_final(lambda group: read_columns(group[schema.TABLES][name]))
        checkpoint = self.last_checkpoint()
        return dict(checkpoint.tables[name]) if checkpoint else {}

    @cached_property
    def summary(self) -> dict[str, Any]:
        """What the run said at its end: digest, duration, couplings; empty for an unfinished run."""
        if not self.is_complete:
            return {}
        text = self._source.read_final(lambda group: read_array(group[schema.SUMMARY]))
        return dict(json.loads(text))

    # Housekeeping

    def close(self) -> None:
        """Give the memory of the decoded segment back; no file is open."""
        self._positions.forget()

    def __enter__(self) -> Recording:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "complete" if self.is_complete else "unfinished"
        return (
            f"<Recording '{self.path}', {state}, {len(self.ticks)} frames, up to {self.recorded_until_s:g} s>"
        )

    def _last_tick_at(self, t_s: float) -> float:
        return t_s * 1e6 / self.resolution_us + _TIME_SLACK

    def _extent(self) -> str:
        if not len(self.ticks):
            return "it has no frames yet"
        return f"its {len(self.ticks)} frames go from {self.times_s[0]:g} s to {self.times_s[-1]:g} s"

    def _unknown(self, what: str, name: str, known: list[str]) -> InvalidInputError:
        return InvalidInputError(
            f"'{self.path}' has no {what} '{name}'", hint=f"it has: {', '.join(known) or 'none'}"
        )


def _list_fields(segment: h5py.Group) -> list[str]:
    return list(segment[schema.FIELDS]) if schema.FIELDS in segment else []


def _columns_of(key: str) -> Callable[[h5py.Group], dict[str, Array] | None]:
    return lambda segment: read_columns(segment[key]) if key in segment else None


def _array_at(key: str) -> Callable[[h5py.Group], Array | None]:
    return lambda segment: read_array(segment[key]) if key in segment else None
