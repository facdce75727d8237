"""Starts a recording that shares its beginning with another one, for a branch from a checkpoint."""

from __future__ import annotations

import secrets
from pathlib import Path

import h5py

from impetus_sim.errors import InvalidInputError
from impetus_sim.files import write_durably
from impetus_sim.recording import schema
from impetus_sim.recording.checkpoint import Checkpoint
from impetus_sim.recording.encode import read_attributes
from impetus_sim.recording.header import Header
from impetus_sim.recording.image import build_image
from impetus_sim.recording.parts import PartsFolder, create_parts, recording_path
from impetus_sim.recording.reader import Recording
from impetus_sim.recording.segment import SegmentInfo, read_segment_info
from impetus_sim.recording.writer import RecordingWriter, failing_well, require_writable


def fork_segments(
    parent: Recording, path: str | Path, header: Header, up_to_tick: int
) -> tuple[RecordingWriter, Checkpoint]:
    """Start a recording with the parent's segments up to and including the checkpoint at a tick.

    Parameters
    ----------
    parent
        Finished or not.
    path
        The new RUN.h5; it ends as a full recording from time 0.
    header
        Of the new recording.
    up_to_tick
        Tick of one of the parent's checkpoints.

    Returns
    -------
    The writer, and the checkpoint to restore.

    Raises
    ------
    InvalidInputError
        When the parent has no checkpoint there, or `path` is the parent's own or cannot be written.
    """
    run = recording_path(Path(path))
    if run.resolve() == parent.path.resolve():
        raise InvalidInputError(
            f"a branch cannot overwrite its parent '{run}'", hint="give another name with -o"
        )
    checkpoint = parent.load_checkpoint(up_to_tick)
    require_writable(run)
    recording_id = secrets.token_hex(16)
    segments: list[SegmentInfo] = []

    def fill(parts: PartsFolder) -> None:
        for number in parent.source.segment_numbers():
            image, info = parent.source.read_segment(number, _copy)
            write_durably(parts.segment_file(number), image)
            segments.append(info)
            if info.checkpoint_tick == up_to_tick:
                break
        parts.write_manifest(segments, recording_id=recording_id)

    with failing_well(run, "start the branch"):
        parts, lock = create_parts(run, header, recording_id=recording_id, fill=fill)
        parts.remove_stale()
    return RecordingWriter(parts, lock, recording_id=recording_id, segments=segments), checkpoint


def _copy(segment: h5py.Group) -> tuple[bytes, SegmentInfo]:
    """Return one segment as the bytes of a file of its own; compressed data are copied as they are."""

    def fill(file: h5py.File) -> None:
        for key, value in read_attributes(segment).items():
            file.attrs[key] = value
        for name in segment:
            segment.copy(name, file)

    if segment.attrs[schema.ROLE_KEY] != schema.ROLE_SEGMENT:
        raise ValueError("not a segment")
    return build_image(fill), read_segment_info(segment)
