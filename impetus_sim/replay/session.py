"""The recordings of one viewer: those that were opened, under short ids, and those that could not be."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from impetus_sim.errors import ImpetusError, InvalidInputError
from impetus_sim.recording.reader import Recording, open_recording
from impetus_sim.replay.opened import OpenedRecording, Parent
from impetus_sim.version import __version__


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A recording that cannot be shown: its name, why, and what to try."""

    name: str
    error: str
    hint: str


class Session:
    """What one viewer shows; recordings are added, never taken away.

    Parameters
    ----------
    paths
        RUN.h5 or RUN.h5.parts, in the order of their short ids.
    """

    def __init__(self, paths: Iterable[Path | str]) -> None:
        self._lock = threading.Lock()
        self._opened: dict[str, OpenedRecording] = {}
        self.broken: list[Broken] = []
        for path in paths:
            try:
                self.add(path)
            except ImpetusError as error:
                self.broken.append(Broken(name=Path(path).name, error=error.message, hint=error.hint))

    @property
    def opened(self) -> list[OpenedRecording]:
        """The recordings that are shown, in order."""
        with self._lock:
            return list(self._opened.values())

    def get(self, rid: str) -> OpenedRecording:
        """Return an opened recording.

        Raises
        ------
        InvalidInputError
            When none has this short id.
        """
        with self._lock:
            if rid not in self._opened:
                known = ", ".join(self._opened) or "none"
                raise InvalidInputError(f"no recording '{rid}' is open", hint=f"open are: {known}")
            return self._opened[rid]

    def add(self, path: Path | str, *, parent: Parent | None = None) -> OpenedRecording:
        """Open a recording and show it.

        Raises
        ------
        InvalidInputError
            When it is missing, foreign, truncated or holds nothing to show.
        """
        recording = open_recording(path)
        require_something_to_show(recording)
        with self._lock:
            rid = _short_id(len(self._opened))
            opened = OpenedRecording(rid, recording, parent=parent or self._find_parent(recording))
            self._opened[rid] = opened
        return opened

    def _find_parent(self, recording: Recording) -> Parent | None:
        key = recording.attributes.get("parent_run_key")
        if key is None:
            return None
        at_s = float(recording.seconds(int(recording.attributes.get("branched_at_tick", 0))))
        for other in self._opened.values():
            if other.recording.attributes.get("run_key") == key:
                return Parent(rid=other.rid, name=other.name, at_s=at_s)
        return Parent(rid=None, name=f"run {key}", at_s=at_s)

    def describe(self) -> dict[str, Any]:
        """Return the answer of ``/api/session``."""
        return {
            "version": __version__,
            "recordings": [_describe(one) for one in self.opened],
            "broken": [{"name": one.name, "error": one.error, "hint": one.hint} for one in self.broken],
        }


def _describe(opened: OpenedRecording) -> dict[str, Any]:
    attributes, parent = opened.recording.attributes, opened.parent
    return {
        "rid": opened.rid,
        "name": opened.name,
        "path": str(opened.recording.path),
        "title": str(attributes.get("title", "")) or opened.name,
        "digest": str(opened.recording.summary.get("digest", "")),
        "seed": attributes.get("seed"),
        "status": opened.status,
        "status_text": opened.status_text,
        "parent": None if parent is None else {"rid": parent.rid, "name": parent.name, "at_s": parent.at_s},
    }


def _short_id(number: int) -> str:
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


def require_something_to_show(recording: Recording) -> None:
    """Refuse a recording without a single frame.

    Raises
    ------
    InvalidInputError
        When nothing was recorded (yet): a run killed in its first seconds.
    """
    if not recording.files_path.exists() or not (len(recording.ticks) or recording.checkpoint_ticks):
        raise InvalidInputError(
            f"'{recording.path}' holds no frames yet: the run was stopped, or looked at, in its first seconds",
            hint="let it run on, or run the scenario again",
        )
