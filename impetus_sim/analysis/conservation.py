"""Laws that every recording must keep: nobody appears, vanishes, or stands where nobody can walk.

Checked on what was recorded, so at frames only; the engine's own check also looks between them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from impetus_sim.analysis.ground import read_ground
from impetus_sim.analysis.people import read_resolution_s
from impetus_sim.recording.reader import Frame, Recording

ROUNDING_M = 1.000_001e-3
"""Positions are recorded in whole millimetres: one beyond the edge of the ground is rounding."""

PLACES = ("entered", "inside", "away", "left", "removed")
"""Counts of people: those who ever came, and where they are now (away: on a link, or between two storeys)."""

MAX_EXAMPLES = 3
"""People named in one breach."""


@dataclass(frozen=True, kw_only=True)
class Breach:
    """One law broken at one time.

    Parameters
    ----------
    law
        ``people``, ``monotonic``, ``exits``, ``frame`` or ``ground``.
    t_s
        When, seconds.
    text
        What was found.
    """

    law: str
    t_s: float
    text: str

    def __str__(self) -> str:
        return f"{self.t_s:g} s: {self.text}"


def find_breaches(recording: Recording) -> list[Breach]:
    """Return every breach of every law, in the order of time; empty when all hold."""
    counts = recording.counts()
    resolution_s = read_resolution_s(recording)
    breaches = _check_counts(counts, resolution_s) if "tick" in counts else []
    ticks = np.asarray(counts.get("tick", ()), np.int64)
    inside = dict(zip(ticks.tolist(), np.asarray(counts.get("inside", ())).tolist(), strict=False))
    polygon = read_ground(recording).polygon
    for frame in recording.frames():
        breaches += _check_frame(frame, inside.get(frame.tick), polygon)
    return sorted(breaches, key=lambda breach: breach.t_s)


def _check_counts(counts: Mapping[str, Any], resolution_s: float) -> list[Breach]:
    times_s = np.asarray(counts["tick"]) * resolution_s
    known = {name: np.asarray(counts[name], np.int64) for name in PLACES if name in counts}
    breaches = []
    if len(known) == len(PLACES):
        total = known["inside"] + known["away"] + known["left"] + known["removed"]
        for index in np.flatnonzero(known["entered"] != total):
            found = ", ".join(f"{name} {values[index]}" for name, values in known.items())
            text = f"people are not conserved: {found}; entered must be inside + away + left + removed"
            breaches.append(Breach(law="people", t_s=float(times_s[index]), text=text))
    for name in ("entered", "left", "removed"):
        if name in known:
            for index in np.flatnonzero(np.diff(known[name]) < 0) + 1:
                text = f"'{name}' fell from {known[name][index - 1]} to {known[name][index]}"
                breaches.append(Breach(law="monotonic", t_s=float(times_s[index]), text=text))
    if "left" in known and "exit_left" in counts:
        by_exit = np.asarray(counts["exit_left"], np.int64).reshape(len(times_s), -1).sum(axis=1)
        if "left_network" in counts:  # those who reached a destination on the walk network
            by_exit = by_exit + np.asarray(counts["left_network"], np.int64)
        for index in np.flatnonzero(by_exit != known["left"]):
            text = f"{known['left'][index]} left, but {by_exit[index]} passed the exits or arrived elsewhere"
            breaches.append(Breach(law="exits", t_s=float(times_s[index]), text=text))
    return breaches


def _check_frame(frame: Frame, n_inside: int | None, polygon: BaseGeometry | None) -> list[Breach]:
    breaches = []
    if n_inside is not None and n_inside != len(frame.rows):
        text = f"{n_inside} inside, but {len(frame.rows)} positions recorded"
        breaches.append(Breach(law="frame", t_s=frame.t_s, text=text))
    if polygon is not None and len(frame.x):
        outside = find_outside(frame, polygon)
        if len(outside):
            where = "; ".join(
                f"row {frame.rows[i]} at ({frame.x[i]:.3f}, {frame.y[i]:.3f}) m"
                for i in outside[:MAX_EXAMPLES]
            )
            text = f"{len(outside)} inside a building, a wall or off the ground: {where}"
            breaches.append(Breach(law="ground", t_s=frame.t_s, text=text))
    return breaches


def find_outside(frame: Frame, polygon: BaseGeometry) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Return the indices of people in a frame who stand more than the rounding off the ground."""
    shapely.prepare(polygon)
    suspects = np.flatnonzero(~shapely.contains_xy(polygon, frame.x, frame.y))
    if not len(suspects):
        return suspects
    distance_m = shapely.distance(polygon, shapely.points(frame.x[suspects], frame.y[suspects]))
    return suspects[distance_m > ROUNDING_M]
