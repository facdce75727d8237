"""What is at a path: nothing, an unfinished recording or a complete one; and what of it can be resumed."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from impetus_sim.errors import InvalidInputError
from impetus_sim.recording import schema
from impetus_sim.recording.checkpoint import Checkpoint, read_checkpoint
from impetus_sim.recording.encode import Attribute
from impetus_sim.recording.parts import PartsFolder, parts_path, recording_path
from impetus_sim.recording.segment import SegmentInfo, read_segment_info
from impetus_sim.recording.source import (
    FileSource,
    PartsSource,
    Source,
    read_identity,
    read_recording_id,
)


class RecordingState(enum.Enum):
    """What is at RUN.h5."""

    ABSENT = "absent"
    UNFINISHED = "unfinished"
    COMPLETE = "complete"


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What is at RUN.h5, with the header's attributes.

    Parameters
    ----------
    state
        An unfinished run over an older finished file counts as unfinished.
    attributes
        Of the recording that `state` speaks of.
    is_merged
        Whether RUN.h5 is the complete recording; parts beside it are then left over.
    """

    state: RecordingState
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    is_merged: bool = False


def inspect(path: str | Path) -> Inspection:
    """Say what is at a path, RUN.h5 or RUN.h5.parts.

    Raises
    ------
    InvalidInputError
        When something is there that is not a recording, or is damaged.
    """
    run = recording_path(Path(path))
    if not parts_path(run).is_dir():
        if not run.exists():
            return Inspection(state=RecordingState.ABSENT)
        merged = read_identity(FileSource(run))
        return Inspection(state=RecordingState.COMPLETE, attributes=merged, is_merged=True)
    merged_id = read_recording_id(run) if run.exists() else None  # the older one may be of any layout
    parts = PartsSource(parts_path(run))
    attributes = read_identity(parts)
    if merged_id == attributes[schema.RECORDING_ID_KEY]:
        return Inspection(state=RecordingState.COMPLETE, attributes=attributes, is_merged=True)
    state = RecordingState.COMPLETE if parts.has_final else RecordingState.UNFINISHED
    return Inspection(state=state, attributes=attributes)


def choose_source(path: str | Path) -> Source:
    """Return where a recording is read from: RUN.h5, else its parts; complete parts of a later run go first.

    Raises
    ------
    InvalidInputError
        When there is nothing, or nothing that is a recording.
    """
    given = Path(path)
    run = recording_path(given)
    folder = parts_path(run)
    if given == folder and folder.is_dir():
        return PartsSource(folder)
    if not run.exists():
        if folder.is_dir():
            return PartsSource(folder)
        raise InvalidInputError(
            f"there is no recording '{given}'", hint="check the name; impetus run makes one"
        )
    if not folder.is_dir():
        return FileSource(run)
    try:
        parts = PartsSource(folder)
        is_later = parts.has_final and not _is_recording(run, read_identity(parts)[schema.RECORDING_ID_KEY])
    except InvalidInputError:  # the finished file is readable whatever lies beside it
        return FileSource(run)
    return parts if is_later else FileSource(run)


def _is_recording(run: Path, recording_id: Attribute) -> bool:
    try:
        return read_recording_id(run) == recording_id
    except InvalidInputError:
        return False


def check_same_run(run: Path, attributes: Mapping[str, Attribute], expect: Mapping[str, Attribute]) -> None:
    """Raise unless the header attributes are the expected ones."""
    for key, wanted in expect.items():
        found = attributes.get(key)
        if found != wanted:
            raise InvalidInputError(
                f"'{run}' is another run: its {key} is {_shorten(found)}, not {_shorten(wanted)}",
                hint="resume with the scenario, seed and version it began with, or give another name with -o",
            )


def usable_segments(parts: PartsFolder) -> tuple[list[SegmentInfo], Checkpoint | None]:
    """Return the segments up to and including the last with a checkpoint, and that checkpoint.

    A damaged segment ends what can be used.
    """
    source = PartsSource(parts.path)
    segments: list[SegmentInfo] = []
    for number in source.segment_numbers():
        try:
            segments.append(source.read_segment(number, read_segment_info))
        except InvalidInputError:
            break
    while segments:
        if segments[-1].checkpoint_tick != schema.NO_TICK:
            try:
                checkpoint = source.read_segment(
                    segments[-1].number, lambda segment: read_checkpoint(segment[schema.CHECKPOINT])
                )
            except InvalidInputError:
                pass
            else:
                return segments, checkpoint
        segments.pop()
    return [], None


def _shorten(value: Attribute | None) -> str:
    text = "no value" if value is None else str(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
