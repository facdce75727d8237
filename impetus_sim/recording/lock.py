"""One writer at a time: a lock on a file in the folder of parts, which the system drops at a kill."""

from __future__ import annotations

import os
from pathlib import Path

from impetus_sim.errors import InvalidInputError

LOCK_NAME = "lock"


class RecordingLock:
    """An exclusive lock held from creation until `release`.

    Parameters
    ----------
    folder
        Folder of parts, or the temporary folder that will become it.

    Raises
    ------
    InvalidInputError
        When another process, or another writer in this one, holds it.
    """

    def __init__(self, folder: Path) -> None:
        self._descriptor: int | None = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o644)
        if not _try_lock(self._descriptor):
            owner = os.read(self._descriptor, 32).decode(errors="replace").strip()
            self.release()
            raise InvalidInputError(
                f"'{folder}' is being written by another process{f' (number {owner})' if owner else ''}",
                hint="wait until it ends, or give another name with -o",
            )
        os.ftruncate(self._descriptor, 0)
        os.write(self._descriptor, str(os.getpid()).encode())

    def release(self) -> None:
        """Give the lock back; safe to call twice."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _try_lock(descriptor: int) -> bool:
    try:
        import fcntl
    except ImportError:  # systems without POSIX locks go without
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # file systems without locks go without
        return True
    return True
