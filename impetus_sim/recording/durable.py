"""Files that are either wholly there or not at all, also after a kill or a power cut.

Content is written under a temporary name, flushed to the device, renamed, and the folder is flushed.
HDF5 parts are built in memory first, so that a full disk is met here and never inside the HDF5 library.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import h5py

TEMPORARY = ".tmp"


def build_image(fill: Callable[[h5py.File], None]) -> bytes:
    """Return the bytes of an HDF5 file that `fill` writes, without touching the disk."""
    name = f"in-memory-{secrets.token_hex(8)}.h5"  # the library refuses two open files of one name
    with h5py.File(name, "w", driver="core", backing_store=False) as file:
        fill(file)
        file.flush()
        return bytes(file.id.get_file_image())


def write_durably(path: Path, content: bytes) -> None:
    """Write `path` atomically; on any error the old content, if any, is still there."""
    temporary = path.with_name(path.name + TEMPORARY)
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Flush a closed file to the device."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries to the device, where the system can."""
    with suppress(OSError):  # some network file systems refuse to flush folders
        sync_file(folder)


def move_durably(source: Path, target: Path) -> None:
    """Rename a file or a folder inside one folder, and flush that folder."""
    source.replace(target)
    sync_folder(target.parent)


def remove(path: Path) -> None:
    """Remove a file or a folder with its content; nothing happens where there is none."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
