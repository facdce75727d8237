"""The form of every panel: a heading, facts, a chain of causes, and the way it went."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from impetus_sim.analysis.causes import Event, Trace
from impetus_sim.analysis.moving.window import Floats
from impetus_sim.replay.events import describe_event

MOST_STEPS: Final = 40
TRACK_POINTS: Final = 120
_SLACK_S: Final = 1e-6


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One line of a panel."""

    label: str
    value: str | float | int
    unit: str = ""

    def describe(self) -> dict[str, Any]:
        """Return plain values."""
        held: dict[str, Any] = {"label": self.label, "value": self.value}
        return held | ({"unit": self.unit} if self.unit else {})


@dataclass(frozen=True, kw_only=True)
class Panel:
    """What is told of one thing.

    Parameters
    ----------
    id, kind, label
        As in addresses; what it is; the heading.
    facts
        In order.
    chain
        Events that led to how it is, in the order of time.
    x, y
        Where it is at the moment asked for, metres; None where it is not on the map.
    track
        t in s, x, y of the way it went, thinned; None for what stands still.
    """

    id: str
    kind: str
    label: str
    facts: tuple[Fact, ...]
    chain: tuple[Event, ...] = ()
    x: float | None = None
    y: float | None = None
    track: tuple[Floats, Floats, Floats] | None = field(default=None, compare=False)

    def describe(self) -> dict[str, Any]:
        """Return the answer of ``/api/r/{rid}/agent/...`` or ``asset/...``."""
        told: dict[str, Any] = {
            "id": self.id,
            "kind": self.kind,
            "label": self.label,
            "facts": [fact.describe() for fact in self.facts],
            "chain": [
                {"event_id": event.id, "t": event.t_s, "text": describe_event(event)} for event in self.chain
            ],
            "x": self.x,
            "y": self.y,
        }
        if self.track is not None:
            told["track"] = dict(zip(("t", "x", "y"), (side.tolist() for side in self.track), strict=True))
        return told


def chain_to(trace: Trace, ends: Iterable[Event]) -> tuple[Event, ...]:
    """Return events with all that led to them; of a longer story the roots and the last steps."""
    events = trace.origins(*ends)
    if len(events) <= MOST_STEPS:
        return tuple(events)
    roots = [event for event in events if not trace.causes_of(event)][: MOST_STEPS // 4]
    rest = [event for event in events if event not in roots][-(MOST_STEPS - len(roots)) :]
    return tuple(sorted((*roots, *rest), key=lambda event: (event.t_s, event.id)))


def last_events(trace: Trace, subject: str, t_s: float, *, n: int = 1) -> list[Event]:
    """Return the last events about a subject up to a time."""
    mine = [e for e in trace.events.values() if e.subject == subject and e.t_s <= t_s + _SLACK_S]
    return mine[-n:]


def thin(n_frames: int) -> list[int]:
    """Return at most `TRACK_POINTS` indices of frames, the first and the last among them."""
    return np.unique(np.linspace(0, n_frames - 1, min(n_frames, TRACK_POINTS)).astype(int)).tolist()


def frame_before(times_s: Floats, t_s: float) -> int:
    """Return the index of the last frame at or before a time, at least 0."""
    return max(int(np.searchsorted(times_s, t_s + _SLACK_S, side="right")) - 1, 0)


def words(name: str) -> str:
    """Return a name as it is read."""
    return name.replace("_", " ")
