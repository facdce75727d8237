"""One recording that the viewer shows: its moving things, its box and what is made of it once and kept."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from impetus_sim.analysis.causes import Trace, read_trace
from impetus_sim.analysis.ground import read_ground
from impetus_sim.analysis.moving.base import Moving
from impetus_sim.analysis.moving.find import find_moving
from impetus_sim.analysis.moving.window import Box
from impetus_sim.recording.reader import Recording
from impetus_sim.recording.schema import RECORDING_ID_KEY
from impetus_sim.replay.answers import to_json
from impetus_sim.replay.tracks.base import Track
from impetus_sim.replay.tracks.build import build_tracks

WHOLE = "whole"
CUT_SHORT = "cut short"
_MARGIN_M = 1.0


@dataclass(frozen=True, kw_only=True)
class Parent:
    """Where a branch came from: the short id of an opened recording, if it is one, its name, and when, s."""

    rid: str | None
    name: str
    at_s: float


class OpenedRecording:
    """A recording under a short id; whoever asks it for anything but frames holds `lock`.

    Parameters
    ----------
    rid
        Short id, such as ``a``.
    recording
        What is shown, as far as it went when it was opened.
    parent
        Of a branch.
    """

    def __init__(self, rid: str, recording: Recording, *, parent: Parent | None = None) -> None:
        self.rid = rid
        self.recording = recording
        self.parent = parent
        self.lock = threading.RLock()
        self._kept: dict[str, bytes] = {}

    @property
    def name(self) -> str:
        """File name."""
        return self.recording.path.name

    @cached_property
    def identity(self) -> str:
        """Differs for any other content: the recording's own id and how far it went."""
        attributes, n_frames = self.recording.attributes, len(self.recording.ticks)
        text = f"{attributes.get(RECORDING_ID_KEY)} {n_frames} {self.recording.is_complete}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def status(self) -> str:
        """`WHOLE` or `CUT_SHORT`."""
        return WHOLE if self.recording.is_complete else CUT_SHORT

    @property
    def status_text(self) -> str:
        """The status in words."""
        if self.recording.is_complete:
            return ""
        return (
            f"This run is not finished: it goes on or was cut short. Shown are the "
            f"{self.recording.recorded_until_s:g} s recorded when it was opened."
        )

    @cached_property
    def trace(self) -> Trace:
        """All events."""
        return read_trace(self.recording)

    @cached_property
    def moving(self) -> dict[str, Moving]:
        """Kinds of moving things that the run has, by key."""
        return {kind.key: kind for kind in find_moving(self.recording)}

    @cached_property
    def tracks(self) -> dict[str, Track]:
        """Layers of standing things that change state, by name."""
        return build_tracks(self.recording, self.trace)

    @cached_property
    def box(self) -> Box:
        """West, south, east, north of everything that moves and of the ground, metres."""
        ground = read_ground(self.recording).polygon
        boxes = [kind.box for kind in self.moving.values() if kind.box is not None]
        if ground is not None and not ground.is_empty:
            boxes.append(ground.bounds)
        if not boxes:
            return (-_MARGIN_M, -_MARGIN_M, _MARGIN_M, _MARGIN_M)
        west, south = (min(box[side] for box in boxes) - _MARGIN_M for side in (0, 1))
        east, north = (max(box[side] for box in boxes) + _MARGIN_M for side in (2, 3))
        return west, south, east, north

    def keep(self, name: str, make: Callable[[], Any]) -> bytes:
        """Return the JSON of what `make` returns, made once."""
        if name not in self._kept:
            self._kept[name] = to_json(make())
        return self._kept[name]

    @cached_property
    def scenario(self) -> dict[str, Any]:
        """The scenario as plain values; empty where the recording has none or not ours."""
        try:
            found = json.loads(str(self.recording.attributes.get("scenario", "")))
        except json.JSONDecodeError:
            return {}
        return found if isinstance(found, dict) else {}
