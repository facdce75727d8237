"""The folder of parts, RUN.h5.parts: what a run has written so far.

    header.h5  seg-000001.h5  seg-000002.h5 ...  final.h5 (once the run has ended)  manifest.json  lock

The folder appears by one rename with its header inside; each part appears by one rename. The files say what
there is; the manifest lists the segments for people and lets a reader notice a lost one.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import h5py

from impetus_sim.errors import InvalidInputError
from impetus_sim.files import (
    is_temporary,
    move_durably,
    process_of,
    remove,
    sync_folder,
    temporary_beside,
    write_durably,
)
from impetus_sim.recording import schema
from impetus_sim.recording.header import Header, write_header
from impetus_sim.recording.image import build_image
from impetus_sim.recording.lock import LOCK_NAME, RecordingLock
from impetus_sim.recording.segment import SegmentInfo

HEADER_FILE = "header.h5"
FINAL_FILE = "final.h5"
MANIFEST_FILE = "manifest.json"
_SUFFIX = ".parts"
_SEGMENT_FILE = re.compile(r"seg-(\d{6,})\.h5")


def recording_path(path: Path) -> Path:
    """Return RUN.h5 for RUN.h5 or RUN.h5.parts."""
    return path.with_name(path.name.removesuffix(_SUFFIX))


def parts_path(path: Path) -> Path:
    """Return RUN.h5.parts for RUN.h5 or RUN.h5.parts."""
    run = recording_path(path)
    return run.with_name(run.name + _SUFFIX)


class PartsFolder:
    """Names and contents of one folder of parts.

    Parameters
    ----------
    path
        The folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def header_file(self) -> Path:
        """The header's file."""
        return self.path / HEADER_FILE

    @property
    def final_file(self) -> Path:
        """The final state's file, present once the run has ended."""
        return self.path / FINAL_FILE

    def segment_file(self, number: int) -> Path:
        """Return the file of one segment, numbered from 1."""
        return self.path / f"seg-{number:06d}.h5"

    def segment_numbers(self) -> list[int]:
        """Return the numbers of the segments that are there.

        Raises
        ------
        InvalidInputError
            When one is missing: the recording was damaged from outside.
        """
        names = (_SEGMENT_FILE.fullmatch(file.name) for file in self.path.iterdir())
        numbers = sorted(int(name[1]) for name in names if name)
        listed = self._listed_numbers()
        missing = set(range(1, max(numbers, default=0) + 1)).union(listed).difference(numbers)
        if missing:
            raise InvalidInputError(
                f"'{self.path}' has lost {self.segment_file(min(missing)).name}: removed, or never copied",
                hint="copy the whole folder again, or run again without --resume",
            )
        return numbers

    def _listed_numbers(self) -> list[int]:
        try:
            manifest = json.loads((self.path / MANIFEST_FILE).read_text(encoding="utf-8"))
            return [int(segment["number"]) for segment in manifest["segments"]]
        except (OSError, ValueError, KeyError, TypeError):
            return []

    def write_manifest(self, segments: Sequence[SegmentInfo], *, recording_id: str) -> None:
        """List the segments in the manifest, atomically."""
        manifest = {
            schema.FORMAT_KEY: schema.FORMAT,
            schema.SCHEMA_VERSION_KEY: schema.SCHEMA_VERSION,
            schema.RECORDING_ID_KEY: recording_id,
            "segments": [
                {"file": self.segment_file(segment.number).name, **vars(segment)} for segment in segments
            ],
        }
        write_durably(self.path / MANIFEST_FILE, json.dumps(manifest).encode())

    def drop_after(self, kept: Sequence[SegmentInfo], *, recording_id: str) -> None:
        """Remove all segments after the kept ones, the last first, so that a kill leaves no gap."""
        numbers = self.segment_numbers()
        self.write_manifest(kept, recording_id=recording_id)
        for number in reversed(numbers[len(kept) :]):
            remove(self.segment_file(number))
        sync_folder(self.path)

    def remove_stale(self) -> None:
        """Remove what killed writers left behind, in the folder and beside it. Call with the lock held."""
        for file in filter(is_temporary, list(self.path.iterdir())):
            remove(file)
        remove_stale_beside(self.path)

    def remove(self) -> None:
        """Remove the folder: it vanishes by one rename, then its content goes."""
        grave = temporary_beside(recording_path(self.path))
        move_durably(self.path, grave)
        remove(grave)


def create_parts(
    path: Path, header: Header, *, recording_id: str, fill: Callable[[PartsFolder], None] = lambda _: None
) -> tuple[PartsFolder, RecordingLock]:
    """Create RUN.h5.parts with its header, locked.

    Parameters
    ----------
    path
        RUN.h5.
    header
        Written first.
    recording_id
        Unique name of this recording.
    fill
        Called with the still temporary folder, to put segments into it.

    Raises
    ------
    InvalidInputError
        When a folder of parts is already there (one that was made at the same moment included).
    """
    temporary = temporary_beside(recording_path(path))
    target = parts_path(path)
    temporary.mkdir()
    lock = None
    try:
        lock = RecordingLock(temporary)
        parts = PartsFolder(temporary)

        def write(file: h5py.File) -> None:
            write_header(file, header, recording_id=recording_id)

        write_durably(parts.header_file, build_image(write))
        parts.write_manifest([], recording_id=recording_id)
        fill(parts)
        try:
            temporary.rename(target)
        except OSError as error:
            if not target.exists():
                raise
            raise unfinished_error(path) from error
    except BaseException:
        if lock is not None:
            lock.release()
        remove(temporary)
        raise
    sync_folder(target.parent)
    return PartsFolder(target), lock


def unfinished_error(path: Path) -> InvalidInputError:
    """Return the refusal to start over where an unfinished recording is."""
    return InvalidInputError(
        f"'{parts_path(path)}' holds an unfinished recording",
        hint=f"finish it with --resume, or remove it: rm -r '{parts_path(path)}'",
    )


def remove_stale_beside(path: Path) -> None:
    """Remove the temporary files and folders of killed writers beside RUN.h5, and no living one's."""
    run = recording_path(path)
    for file in list(run.parent.iterdir()):
        if is_temporary(file, of=run) and not _is_alive(process_of(file)) and not _is_locked(file):
            remove(file)


def _is_alive(process: int) -> bool:
    """Return whether another process of this number runs here."""
    if process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def _is_locked(folder: Path) -> bool:
    if not (folder / LOCK_NAME).is_file():
        return False
    try:
        RecordingLock(folder).release()
    except (InvalidInputError, OSError):
        return True
    return False
