"""One vehicle, one unit, or one person on a street: what the recording says of it at a moment."""

from __future__ import annotations

import numpy as np

from impetus_sim.analysis.causes import Trace
from impetus_sim.analysis.ground import read_texts
from impetus_sim.analysis.moving.base import Moving
from impetus_sim.analysis.moving.window import NOT_THERE, Window
from impetus_sim.errors import InvalidInputError
from impetus_sim.recording.reader import Recording
from impetus_sim.recording.schema import UNITS
from impetus_sim.replay.panels.base import Fact, Panel, chain_to, frame_before, last_events, thin, words

_US_PER_S = 1e6


def describe_mover(recording: Recording, trace: Trace, kind: Moving, row: int, t_s: float) -> Panel:
    """Return the panel of one thing that moves, other than the people on the ground.

    Raises
    ------
    InvalidInputError
        When there are fewer of them.
    """
    if not 0 <= row < kind.n:
        raise InvalidInputError(f"there is no number {row} among {kind.title}", hint=f"0 to {kind.n - 1}")
    here = frame_before(kind.times_s, t_s)
    around = kind.window(sorted({max(here - 1, 0), here}))
    facts, label, subject = [], f"{kind.title} {row}", ""
    if kind.key == "units":
        static = recording.static(UNITS)
        label = subject = read_texts(static["name"])[row]
        facts.append(Fact(label="service", value=words(read_texts(static["kind"])[row])))
        facts.append(Fact(label="station", value=words(read_texts(static["station"])[row])))
    elif kind.key == "vehicles":
        label = f"vehicle {row}"
        facts += _vehicle(recording, row)
    elif kind.key == "walkers":
        label = f"person {row}"
    facts += _now(kind, around, row)
    x, y = _place(around, row, -1)
    chain = chain_to(trace, last_events(trace, subject, t_s)) if subject else ()
    return Panel(
        id=str(row),
        kind=kind.key,
        label=words(label),
        facts=tuple(facts),
        chain=chain,
        x=x,
        y=y,
        track=_track(kind, row),
    )


def _vehicle(recording: Recording, row: int) -> list[Fact]:
    static = recording.static("vehicles")
    facts = [Fact(label="kind", value=words(str(static["kind_names"][int(static["kind"][row])])))]
    depart = round(int(static["depart_us"][row]) / _US_PER_S, 1)
    return [*facts, Fact(label="wanted to set out at", value=depart, unit="s")]


def _column(window: Window, row: int) -> int | None:
    at = int(np.searchsorted(window.ids, row))
    return at if at < len(window.ids) and window.ids[at] == row else None


def _place(window: Window, row: int, frame: int) -> tuple[float | None, float | None]:
    at = _column(window, row)
    if at is None or window.state[frame, at] == NOT_THERE:
        return None, None
    return float(window.x[frame, at]), float(window.y[frame, at])


def _now(kind: Moving, around: Window, row: int) -> list[Fact]:
    x, y = _place(around, row, -1)
    if x is None or y is None:
        return [Fact(label="state", value="not on the map")]
    code = int(around.state[-1, _column(around, row)])
    mark = kind.states.get(code)
    facts = [Fact(label="state", value=mark.label if mark else str(code))]
    x0, y0 = _place(around, row, 0)
    if len(around.times_s) > 1 and x0 is not None and y0 is not None:
        speed = np.hypot(x - x0, y - y0) / (around.times_s[-1] - around.times_s[0])
        facts.append(
            Fact(
                label="speed, straight line since the frame before", value=round(float(speed), 2), unit="m/s"
            )
        )
    return facts


def _track(kind: Moving, row: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    window = kind.window(thin(len(kind.times_s)))
    at = _column(window, row)
    if at is None:
        return np.zeros(0), np.zeros(0), np.zeros(0)
    there = window.state[:, at] != NOT_THERE
    return window.times_s[there], np.round(window.x[there, at], 2), np.round(window.y[there, at], 2)
