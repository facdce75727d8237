"""The last act of a run: all parts become one file, atomically; the parts go last.

A kill before the rename leaves the parts (with their final state) and a temporary file; a kill after it
leaves the finished file and parts that carry the same recording id. Readers and writers know both.
"""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import h5py

from impetus_sim.files import written_whole
from impetus_sim.recording import schema
from impetus_sim.recording.encode import write_attributes
from impetus_sim.recording.parts import PartsFolder, recording_path

_MARGIN = 1.05
_MARGIN_BYTES = 2**20


def has_space(parts: PartsFolder) -> bool:
    """Return whether the disk can hold the merged file beside the parts."""
    needed = sum(file.stat().st_size for file in parts.path.iterdir()) * _MARGIN + _MARGIN_BYTES
    return shutil.disk_usage(parts.path).free >= needed


def merge_parts(parts: PartsFolder) -> Path:
    """Write RUN.h5 from its parts; the parts are left for the caller to remove.

    Raises
    ------
    OSError
        When the disk is full or cannot be written; only the parts are left then.
    """
    target = recording_path(parts.path)
    try:
        with written_whole(target, is_durable=True) as temporary:
            _write(parts, temporary)
    except (OSError, RuntimeError) as error:  # h5py reports a full disk as either
        number = getattr(error, "errno", None) or errno.EIO
        raise OSError(number, os.strerror(number)) from error
    return target


def _write(parts: PartsFolder, path: Path) -> None:
    with h5py.File(path, "w", locking=False) as merged:
        with h5py.File(parts.header_file, "r", locking=False) as header:
            for key, value in header.attrs.items():
                merged.attrs[key] = value
            header.copy(schema.STATIC, merged)
        write_attributes(merged, {schema.ROLE_KEY: schema.ROLE_RECORDING})
        segments = merged.create_group(schema.SEGMENTS)
        for number in parts.segment_numbers():
            with h5py.File(parts.segment_file(number), "r", locking=False) as segment:
                segment.copy(segment["/"], segments, name=schema.segment_name(number))
        with h5py.File(parts.final_file, "r", locking=False) as final:
            final.copy(final["/"], merged, name=schema.FINAL)
