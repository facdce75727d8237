"""A fault at a place of the typed tree, before it is turned into a problem with file and line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """A fault at a place of the typed tree.

    Parameters
    ----------
    path
        Keys that lead to the value.
    message, allowed, nearest
        As in `impetus_sim.errors.Problem`.
    name, family
        For a name that does not exist: the name, and what it should name.
    rests_on
        Dotted keys of other values that the fault follows from; not reported while one of them is faulty.
    """

    path: tuple[str | int, ...]
    message: str
    allowed: str = ""
    nearest: str = ""
    name: str = ""
    family: str = ""
    rests_on: tuple[str, ...] = ()


def nearest_name(name: str, known: Iterable[str]) -> str:
    """Return the known name nearest to a misspelt one; empty when none is near."""
    near = difflib.get_close_matches(str(name)[:80], list(known), n=1, cutoff=0.5)
    return near[0] if near else ""
