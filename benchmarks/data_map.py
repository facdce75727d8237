"""Maps of the benchmarks: files of the data folder, else maps by name."""

from __future__ import annotations

import os
from pathlib import Path


def find_map(name: str) -> str:
    """Return the file of that name under IMPETUS_DATA where there is one, else the name."""
    held = Path(os.environ.get("IMPETUS_DATA", ".")) / "maps" / name
    return str(held) if held.is_file() else name
