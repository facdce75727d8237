"""Writes a recording while a run goes on: buffers, segments, resume, and the end."""

from __future__ import annotations

import errno
import json
import logging
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from impetus_sim.errors import ImpetusError, InvalidInputError, RunFailedError
from impetus_sim.files import write_durably
from impetus_sim.recording import schema
from impetus_sim.recording.checkpoint import Checkpoint
from impetus_sim.recording.encode import Attribute, write_array, write_tables
from impetus_sim.recording.header import Header, mark
from impetus_sim.recording.image import build_image
from impetus_sim.recording.lock import RecordingLock
from impetus_sim.recording.merge import has_space, merge_parts
from impetus_sim.recording.parts import (
    PartsFolder,
    create_parts,
    parts_path,
    recording_path,
    remove_stale_beside,
    unfinished_error,
)
from impetus_sim.recording.segment import SegmentBuffer, SegmentInfo, Series, build_segment
from impetus_sim.recording.source import read_recording_id
from impetus_sim.recording.state import RecordingState, check_same_run, inspect, usable_segments

MAX_BUFFER_BYTES = 2**27
"""A segment without checkpoint is written when the buffer holds more than this."""

_FULL = (errno.ENOSPC, errno.EDQUOT)
_log = logging.getLogger(__name__)


class RecordingWriter:
    """The one writer of a recording; made by `create`, `resume` or `fork.fork_segments`.

    As a context manager it keeps the parts and gives the lock back when the block ends before `finish`.
    """

    def __init__(
        self, parts: PartsFolder, lock: RecordingLock, *, recording_id: str, segments: list[SegmentInfo]
    ) -> None:
        self._parts = parts
        self._lock = lock
        self._recording_id = recording_id
        self._segments = segments
        self._buffer = SegmentBuffer(sum(segment.n_frames for segment in self._segments))
        self._is_open = True
        self._last_frame_tick = max((segment.last_tick for segment in segments), default=schema.NO_TICK)

    @classmethod
    def create(cls, path: str | Path, header: Header) -> RecordingWriter:
        """Start a new recording; a finished one at `path` stays until this one is complete.

        Raises
        ------
        InvalidInputError
            When an unfinished recording, or a file that is not a recording, is at `path`, or the folder
            cannot be written.
        """
        run = recording_path(Path(path))
        require_writable(run)
        recording_id = secrets.token_hex(16)
        with failing_well(run, "start the recording"):
            parts, lock = create_parts(run, header, recording_id=recording_id)
            parts.remove_stale()
        return cls(parts, lock, recording_id=recording_id, segments=[])

    @classmethod
    def resume(
        cls, path: str | Path, *, expect: Mapping[str, Attribute] | None = None
    ) -> tuple[RecordingWriter | None, Checkpoint | None]:
        """Go on with an unfinished recording from its last checkpoint; what came later is dropped.

        Parameters
        ----------
        path
            RUN.h5 or RUN.h5.parts.
        expect
            Header attributes that must be equal, such as ``{"run_key": ...}``.

        Returns
        -------
        The writer and the checkpoint to restore. No checkpoint: start from tick 0. No writer either: the
        recording is complete (if it ended without being merged, it is merged now).

        Raises
        ------
        InvalidInputError
            When there is no recording, another process is writing it, or an expected attribute differs.
        """
        run = recording_path(Path(path))
        found = inspect(run)
        if found.state is RecordingState.ABSENT:
            raise InvalidInputError(f"there is no recording '{run}' to resume", hint="run without --resume")
        check_same_run(run, found.attributes, expect or {})
        if not parts_path(run).is_dir():
            remove_stale_beside(run)
            return None, None
        parts = PartsFolder(parts_path(run))
        with failing_well(run, "resume the recording"):
            lock = RecordingLock(parts.path)
            try:
                parts.remove_stale()
                if found.state is RecordingState.COMPLETE:
                    _merge(parts, is_merged=found.is_merged)
                    lock.release()
                    return None, None
                segments, checkpoint = usable_segments(parts)
                recording_id = str(found.attributes[schema.RECORDING_ID_KEY])
                parts.drop_after(segments, recording_id=recording_id)
            except BaseException:
                lock.release()
                raise
        return cls(parts, lock, recording_id=recording_id, segments=segments), checkpoint

    def add_frame(
        self,
        tick: int,
        rows: npt.NDArray[np.integer[Any]],
        x: npt.NDArray[np.float64],
        y: npt.NDArray[np.float64],
        state: npt.NDArray[np.uint8],
    ) -> None:
        """Record where everyone inside is; see `frames.FrameBuffer.add`. Ticks ascend."""
        self._require_open()
        if self._buffer.nbytes > MAX_BUFFER_BYTES:
            self.end_segment()
        if tick <= self._last_frame_tick:
            raise ValueError(
                f"frame at tick {tick} after the one at tick {self._last_frame_tick}: ticks must ascend"
            )
        self._buffer.frames.add(tick, rows, x, y, state)
        self._last_frame_tick = int(tick)

    def add_counts(self, tick: int, counts: Mapping[str, npt.ArrayLike]) -> None:
        """Record numbers of people, single or per exit; the same names and shapes every time."""
        self._require_open()
        self._buffer.counts.add(tick, counts)

    def add_series(self, channel: str, tick: int, values: Mapping[str, npt.ArrayLike]) -> None:
        """Record arrays at a system's own times, in one of `schema.CHANNELS` (see the README of the layout).

        The same names and shapes every time.
        """
        self._require_open()
        if channel not in schema.CHANNELS:
            raise ValueError(f"no channel '{channel}': {', '.join(schema.CHANNELS)}")
        if self._buffer.nbytes > MAX_BUFFER_BYTES:
            self.end_segment()
        self._buffer.channels.setdefault(channel, Series()).add(tick, values)

    def add_field(self, tick: int, name: str, values: npt.NDArray[Any]) -> None:
        """Record one raster field of shape (rows, columns), at any cadence."""
        self._require_open()
        if not name or "/" in name or name == ".":
            raise ValueError(f"'{name}' cannot be the name of a field")
        self._buffer.fields.setdefault(name, Series()).add(tick, {"values": values})

    def end_segment(
        self, *, events: Mapping[str, npt.ArrayLike] | None = None, checkpoint: Checkpoint | None = None
    ) -> None:
        """Write what was recorded since the last segment; after this call a kill cannot lose it.

        Parameters
        ----------
        events
            Columns of the events since the last segment.
        checkpoint
            The state now; a run resumes and branches from checkpoints.

        Raises
        ------
        RunFailedError
            When the disk is full or fails; earlier segments are kept and readable.
        """
        self._require_open()
        has_events = events is not None and any(np.size(column) for column in events.values())
        if self._buffer.is_empty and not has_events and checkpoint is None:
            return
        if checkpoint is not None and checkpoint.tick < self._last_frame_tick:
            raise ValueError(f"checkpoint at tick {checkpoint.tick} after a frame at {self._last_frame_tick}")
        info = self._buffer.info(len(self._segments) + 1, checkpoint)
        image = build_segment(self._buffer, info, events=events, checkpoint=checkpoint)
        with self._keeping_parts("write a segment"):
            write_durably(self._parts.segment_file(info.number), image)
            self._segments.append(info)
            self._parts.write_manifest(self._segments, recording_id=self._recording_id)
        self._buffer = SegmentBuffer(sum(segment.n_frames for segment in self._segments))

    def finish(
        self, *, tables: Mapping[str, Mapping[str, npt.ArrayLike]], summary: Mapping[str, Any]
    ) -> Path:
        """Write the final state, merge the parts to one file and remove them.

        Returns
        -------
        RUN.h5; or RUN.h5.parts when the disk has no space for the merged file (a warning is logged, and the
        parts are the complete recording).
        """
        self.end_segment()
        text = json.dumps(summary, default=_plain, allow_nan=False)

        def fill(file: h5py.File) -> None:
            mark(file, role=schema.ROLE_FINAL)
            write_array(file, schema.SUMMARY, text)
            write_tables(file.create_group(schema.TABLES), tables)

        image = build_image(fill)
        with self._keeping_parts("write the final state"):
            write_durably(self._parts.final_file, image)
            path = _merge(self._parts, is_merged=False)
        self.abort()
        return path

    def abort(self) -> None:
        """Stop writing: what is in segments is kept, the lock is given back. Safe to call at any time."""
        self._is_open = False
        self._lock.release()

    def __enter__(self) -> RecordingWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.abort()

    def _require_open(self) -> None:
        if not self._is_open:
            raise ValueError(f"the recording '{recording_path(self._parts.path)}' is closed for writing")

    @contextmanager
    def _keeping_parts(self, doing: str) -> Iterator[None]:
        kept = f"{len(self._segments)} segments are kept in '{self._parts.path}' and can be read"
        try:
            with failing_well(recording_path(self._parts.path), doing, kept=kept):
                yield
        except ImpetusError:
            self.abort()
            raise


def _merge(parts: PartsFolder, *, is_merged: bool) -> Path:
    """Merge unless that is done, and remove the parts; return where the complete recording is."""
    run = recording_path(parts.path)
    try:
        if not is_merged:
            _require_still_replaceable(run)
            if not has_space(parts):
                raise OSError(errno.ENOSPC, "No space left on device")
            merge_parts(parts)
    except OSError as error:
        _log.warning(
            "the run is complete, but its parts could not be merged to '%s' (%s); they stay in '%s' and "
            "every command reads them under the name '%s'; --resume merges them when that is mended",
            run,
            error.strerror or error,
            parts.path,
            run,
        )
        return parts.path
    parts.remove()
    return run


def _require_still_replaceable(run: Path) -> None:
    try:
        if run.exists():
            read_recording_id(run)
    except InvalidInputError as error:  # it has come since the run began
        raise OSError(errno.EEXIST, error.message) from error


def require_writable(run: Path) -> None:
    """Raise unless a new recording may be started at RUN.h5; clear away the parts of a finished one.

    A finished recording may be there, of whatever layout: it is replaced when the new one is complete. Nothing
    else is: neither other files, nor damaged recordings, which might be another's.
    """
    if not run.name or run.is_dir():
        raise InvalidInputError(f"'{run}' is a folder, not a name for a recording", hint="such as -o run.h5")
    if run.exists() and not run.is_file():
        raise InvalidInputError(f"'{run}' is a device or a pipe, not a file", hint="such as -o run.h5")
    if not run.parent.is_dir():
        raise InvalidInputError(f"there is no folder '{run.parent}'", hint=f"mkdir -p '{run.parent}'")
    try:
        if run.exists():
            read_recording_id(run)
        is_unfinished = parts_path(run).is_dir() and inspect(run).state is RecordingState.UNFINISHED
    except InvalidInputError as error:
        hint = "give another name with -o, or move it away: only whole recordings are replaced"
        raise InvalidInputError(error.message, hint=hint) from error
    if is_unfinished:
        raise unfinished_error(run)
    if parts_path(run).is_dir():
        RecordingWriter.resume(run)  # merges or clears away the parts of a complete one
    if parts_path(run).is_dir():
        raise unfinished_error(run)


@contextmanager
def failing_well(run: Path, doing: str, *, kept: str = "") -> Iterator[None]:
    """Turn errors of the disk into messages."""
    try:
        yield
    except OSError as error:
        reason = "the disk is full" if error.errno in _FULL else (error.strerror or str(error))
        message = f"cannot {doing} '{run}': {reason}" + (f"; {kept}" if kept else "")
        if not kept and error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENAMETOOLONG):
            raise InvalidInputError(message, hint="choose a folder you may write in with -o") from error
        raise RunFailedError(message, hint="free some space, then go on with --resume") from error


def _plain(value: Any) -> Any:
    """Return what JSON can hold of a numpy value."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise TypeError(f"a summary cannot hold a {type(value).__name__}")
