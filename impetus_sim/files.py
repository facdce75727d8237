"""Files that are either wholly there or not at all: written beside under a temporary name, then renamed.

Whoever writes a file that another may read, or that must outlive a full disk or a kill, writes it by this
module. A temporary name is ``.STEM.tmp-PROCESS-RANDOM.SUFFIX``: hidden, of one process, with the suffix that
libraries go by. A block that fails or is interrupted leaves the old content and no temporary file; a killed
process leaves its temporary file, which `is_temporary` knows.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_STEM_LETTERS = 40  # names have a limit, 255 bytes on most systems, which the longest allowed stem would pass
_TEMPORARY = re.compile(r"\.(.*)\.tmp-(\d+)-[0-9a-f]{8}(\.[^.]*)?", re.DOTALL)


def temporary_beside(path: Path) -> Path:
    """Return a new hidden name in the same folder, with the suffix of `path`, that nobody else uses."""
    mark = f"tmp-{os.getpid()}-{secrets.token_hex(4)}"
    return path.with_name(f".{path.stem[:_STEM_LETTERS]}.{mark}{path.suffix}")


def is_temporary(path: Path, *, of: Path | None = None) -> bool:
    """Tell whether a name was made by `temporary_beside`: for any path, or for `of` alone."""
    found = _TEMPORARY.fullmatch(path.name)
    if found is None or of is None:
        return found is not None
    return found[1] == of.stem[:_STEM_LETTERS] and (found[3] or "") == of.suffix


def process_of(temporary: Path) -> int:
    """Return the number of the process that made a temporary name."""
    found = _TEMPORARY.fullmatch(temporary.name)
    if found is None:
        raise ValueError(f"'{temporary}' is not a temporary name")
    return int(found[2])


@contextmanager
def written_whole(path: Path, *, is_durable: bool = False) -> Iterator[Path]:
    """Lend a temporary path; what the block has written there takes the place of `path` when it ends.

    Parameters
    ----------
    path
        Its folder must be there. The old content, if any, stays when the block raises anything. A device or a
        pipe is not replaced: it is lent itself.
    is_durable
        Flush content and name to the device: the file also outlives a power cut. Takes milliseconds.

    Raises
    ------
    OSError
        When `path` is a folder, or as the block raises it; it names `path`, not the temporary file.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if path.exists() and not path.is_file():
        yield path
        return
    temporary = temporary_beside(path)
    try:
        yield temporary
        if is_durable:
            sync_file(temporary)
        temporary.replace(path)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and str(error.filename) == str(temporary):
            error.filename = str(path)
        raise
    if is_durable:
        sync_folder(path.parent)


def write_whole(path: Path, content: bytes, *, is_durable: bool = False) -> None:
    """Write bytes as `written_whole` does."""
    with written_whole(path, is_durable=is_durable) as temporary:
        temporary.write_bytes(content)


def write_durably(path: Path, content: bytes) -> None:
    """Write bytes so that the file is whole or absent also after a power cut."""
    write_whole(path, content, is_durable=True)


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
