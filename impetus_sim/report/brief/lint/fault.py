"""What a rule finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, order=True)
class Fault:
    """One fault of a brief.

    Parameters
    ----------
    line
        Of the file, from 1.
    rule
        Short name.
    message, hint
        What is wrong, and what to try.
    """

    line: int
    rule: str
    message: str
    hint: str
