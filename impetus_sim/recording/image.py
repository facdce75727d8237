"""Parts of a recording are built in memory first: a full disk is met in writing bytes, never inside HDF5."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import h5py


def build_image(fill: Callable[[h5py.File], None]) -> bytes:
    """Return the bytes of an HDF5 file that `fill` writes, without touching the disk."""
    name = f"in-memory-{secrets.token_hex(8)}.h5"  # the library refuses two open files of one name
    with h5py.File(name, "w", driver="core", backing_store=False) as file:
        fill(file)
        file.flush()
        return bytes(file.id.get_file_image())
