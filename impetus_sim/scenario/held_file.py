"""Files that a scenario names: looked up beside it, read whole, and held in it from then on."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from impetus_sim.scenario.spec import refuse
from impetus_sim.scenario.tree import Located


def path_beside(raw: str) -> Path:
    """Return the path that a text in a scenario stands for: relative ones start from the scenario's folder."""
    return (raw.mark.folder if isinstance(raw, Located) else Path()) / raw


def refuse_unreadable(raw: str, error: Exception, *, forms: str) -> NoReturn:
    """Refuse a file that cannot be read; `forms` says what is allowed."""
    reason = getattr(error, "strerror", None) or str(error)
    refuse(f"cannot read '{raw}': {reason}", allowed=forms)


def refuse_larger(raw: str, max_bytes: int) -> NoReturn:
    """Refuse a file that is larger than the limit."""
    refuse(f"'{raw}' is larger than {max_bytes >> 20} MB")


def read_text_beside(raw: str, *, max_bytes: int, forms: str, encoding: str = "utf-8-sig") -> str:
    """Return the text of a file beside the scenario (for validators of fields).

    Parameters
    ----------
    raw
        As written in the scenario.
    max_bytes
        Larger files are refused.
    forms
        What is allowed, for messages.
    """
    path = path_beside(raw)
    try:
        if path.stat().st_size > max_bytes:
            refuse_larger(raw, max_bytes)
        return path.read_text(encoding)
    except (OSError, ValueError) as error:
        refuse_unreadable(raw, error, forms=forms)
