"""One person: who, where, since when aware, going where, hurt by what."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from impetus_sim.analysis.causes import Trace
from impetus_sim.analysis.ground import read_ground, read_static, read_texts
from impetus_sim.analysis.moving.base import Moving
from impetus_sim.analysis.moving.window import NOT_THERE
from impetus_sim.errors import InvalidInputError
from impetus_sim.recording.reader import Recording
from impetus_sim.replay.panels.base import Fact, Panel, chain_to, frame_before, thin, words
from impetus_sim.world.injuries import Severity

_NEVER: Final = -1
_HAPPENED: Final = (
    ("enter_tick", "came in at"),
    ("aware_tick", "became aware at"),
    ("move_tick", "set out at"),
    ("left_tick", "left at"),
)


def describe_person(recording: Recording, trace: Trace, kind: Moving, row: int, t_s: float) -> Panel:
    """Return the panel of one person at a moment.

    Parameters
    ----------
    recording, trace
        Of the run.
    kind
        The people, as they move.
    row
        Of the table of people.
    t_s
        The moment.

    Raises
    ------
    InvalidInputError
        When there are fewer people.
    """
    if not 0 <= row < kind.n:
        raise InvalidInputError(f"there is no person {row}", hint=f"people are numbered 0 to {kind.n - 1}")
    table = recording.tables("crowd") if "crowd" in recording.table_names else {}
    end = float(recording.seconds(recording.followed_tick))
    facts = [*_who(recording, row), *_now(recording, kind, row, t_s)]
    causes = []
    for column, label in _HAPPENED:
        tick = int(table[column][row]) if column in table else _NEVER
        at_s = float(recording.seconds(tick))
        if tick != _NEVER and at_s <= t_s:
            facts.append(Fact(label=label, value=round(at_s, 2), unit="s"))
            if column == "aware_tick":
                causes.append(int(table["aware_cause"][row]))
    facts += _goal(recording, table, row, t_s=t_s, end_s=end)
    facts += _harm(recording, table, row, t_s=t_s, end_s=end, causes=causes)
    place = recording.place_of(row, [frame_before(kind.times_s, t_s)])
    is_there = bool(len(place[0]))
    return Panel(
        id=str(row),
        kind="people",
        label=f"person {row}",
        facts=tuple(facts),
        chain=chain_to(trace, [trace.events[cause] for cause in causes if cause in trace.events]),
        x=float(place[1][0]) if is_there else None,
        y=float(place[2][0]) if is_there else None,
        track=_track(recording, kind, row),
    )


def _who(recording: Recording, row: int) -> list[Fact]:
    static = read_static(recording, "people")
    facts = []
    for key, label in (("population", "group"), ("profile", "profile")):
        names = read_texts(static.get(f"{key}_names"))
        if key in static and names:
            facts.append(Fact(label=label, value=words(names[int(static[key][row])])))
    if "desired_speed" in static:
        speed = round(float(static["desired_speed"][row]), 2)
        facts.append(Fact(label="walks freely at", value=speed, unit="m/s"))
    return facts


def _now(recording: Recording, kind: Moving, row: int, t_s: float) -> list[Fact]:
    """Return state and speed, the latter over the frames before and after the moment."""
    here = frame_before(kind.times_s, t_s)
    frames = sorted({max(here - 1, 0), here, min(here + 1, len(kind.times_s) - 1)})
    times, x, y, state = recording.place_of(row, frames)
    at = np.flatnonzero(times == kind.times_s[here])
    if not len(at):
        return [Fact(label="state", value="not on the ground shown")]
    code = int(state[at[0]])
    mark = kind.states.get(code)
    facts = [Fact(label="state", value=mark.label if mark else str(code))]
    if len(times) > 1 and code != NOT_THERE:
        metres = float(np.hypot(np.diff(x), np.diff(y)).sum())
        facts.append(Fact(label="speed", value=round(metres / float(times[-1] - times[0]), 2), unit="m/s"))
    return facts


def _goal(recording: Recording, table: dict[str, Any], row: int, *, t_s: float, end_s: float) -> list[Fact]:
    if "exit" not in table:
        return []
    exits, number = read_ground(recording).exits, int(table["exit"][row])
    if not 0 <= number < len(exits):
        return []
    left = int(table["left_tick"][row])
    if left != _NEVER and float(recording.seconds(left)) <= t_s:
        return [Fact(label="left by", value=words(exits[number].name))]
    when = "" if t_s >= end_s else " (as at the end of the run)"
    return [Fact(label="way out", value=words(exits[number].name) + when)]


def _harm(
    recording: Recording, table: dict[str, Any], row: int, *, t_s: float, end_s: float, causes: list[int]
) -> list[Fact]:
    """Return injuries and exposure up to the moment; adds the events by which to `causes`."""
    facts = []
    if "crowd_injuries" in recording.table_names:
        hurt = recording.tables("crowd_injuries")
        severity, tick = int(hurt["severity"][row]), int(hurt["tick"][row])
        if severity and float(recording.seconds(tick)) <= t_s:
            name = Severity(severity).name.lower()
            facts.append(Fact(label="hurt", value=f"{name}, at {float(recording.seconds(tick)):g} s"))
            causes.append(int(hurt["cause"][row]))
    if "exposure_s" in table and t_s >= end_s and table["exposure_s"][row] > 0.0:
        exposure = round(float(table["exposure_s"][row]), 1)
        facts.append(Fact(label="within a threat's reach", value=exposure, unit="s"))
    return facts


def _track(recording: Recording, kind: Moving, row: int) -> tuple[Any, Any, Any]:
    times, x, y, _ = recording.place_of(row, thin(len(kind.times_s)))
    return times, np.round(x, 2), np.round(y, 2)
