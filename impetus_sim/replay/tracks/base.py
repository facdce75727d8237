"""What a layer of standing things that change state is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from impetus_sim.analysis.moving.palette import GREEN, ORANGE, VERMILION, YELLOW

_DECIMALS = 2


@dataclass(frozen=True, kw_only=True)
class Thing:
    """One thing on the map.

    Parameters
    ----------
    id
        By which `panels` knows it.
    kind, label
        What it is, in words.
    x, y
        Where, metres.
    shape
        x, y, x, y, ...: an area when the last point is the first, else a line; none for a point.
    angle, spread, reach
        Of what looks: middle and width in degrees, counter-clockwise from east, and how far, m.
    """

    id: str
    kind: str
    label: str
    x: float
    y: float
    shape: tuple[float, ...] = ()
    angle: float | None = None
    spread: float | None = None
    reach: float | None = None

    def describe(self) -> dict[str, Any]:
        """Return plain values, without what it does not have."""
        held: dict[str, Any] = {"id": self.id, "kind": self.kind, "label": self.label}
        held |= {"x": round(self.x, _DECIMALS), "y": round(self.y, _DECIMALS)}
        if self.shape:
            held["shape"] = np.round(self.shape, _DECIMALS).tolist()
        if self.reach is not None:
            held |= {"angle": self.angle, "spread": self.spread, "reach": self.reach}
        return held


@dataclass(frozen=True, kw_only=True)
class TrackState:
    """A state and its colour."""

    label: str
    colour: str


WORKS, ON_BUFFER, REDUCED, OUT = 0, 1, 2, 3
LEVEL_STATES: Mapping[int, TrackState] = {
    WORKS: TrackState(label="works", colour=GREEN),
    ON_BUFFER: TrackState(label="works from its own supply", colour=YELLOW),
    REDUCED: TrackState(label="gives less than it should", colour=ORANGE),
    OUT: TrackState(label="out", colour=VERMILION),
}


@dataclass(frozen=True, kw_only=True)
class Track:
    """A layer: its things, and when which of them came into which state.

    Parameters
    ----------
    name, title, group
        In addresses; in words; the heading under which its switch stands.
    things
        In the order of indices.
    changes
        Time in s, index, state; ascending in time, the first of each thing at 0.
    states
        By code.
    is_shown
        Whether it is switched on at first.
    """

    name: str
    title: str
    group: str
    things: tuple[Thing, ...]
    changes: tuple[tuple[float, int, int], ...]
    states: Mapping[int, TrackState]
    is_shown: bool = False

    def describe(self) -> dict[str, Any]:
        """Return the answer of ``/api/r/{rid}/tracks/{layer}``."""
        return {
            "things": [thing.describe() for thing in self.things],
            "changes": [[t_s, index, state] for t_s, index, state in self.changes],
            "states": {str(k): {"label": s.label, "colour": s.colour} for k, s in self.states.items()},
        }

    def describe_layer(self) -> dict[str, Any]:
        """Return its entry among the layers of ``/api/r/{rid}/meta``."""
        legend = [{"colour": state.colour, "label": state.label} for state in self.states.values()]
        return {
            "name": self.name,
            "title": self.title,
            "kind": "tracks",
            "group": self.group,
            "legend": legend,
            "shown": self.is_shown,
        }


def order_changes(changes: Iterable[tuple[float, int, int]]) -> tuple[tuple[float, int, int], ...]:
    """Return changes in the order of time, without those to the state that a thing has; of one moment the last."""
    last: dict[tuple[float, int], int] = {}
    for t_s, index, state in changes:
        last[float(t_s), index] = state
    now: dict[int, int] = {}
    kept = []
    for (t_s, index), state in sorted(last.items()):
        if now.get(index) != state:
            now[index] = state
            kept.append((t_s, index, state))
    return tuple(kept)
