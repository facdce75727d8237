"""What is read of a GTFS feed: runs and stops of a window of hours, and their form as text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from impetus_sim.scenario.spec import refuse


@dataclass(frozen=True)
class GtfsCall:
    """One call of a run: stop, arrival and departure in s from the start of the simulation, whether people may get
    on and off, and whether the departure is held to."""

    stop: str
    arrive_s: float
    depart_s: float
    may_board: bool
    may_alight: bool
    is_held: bool


@dataclass(frozen=True)
class GtfsRun:
    """One journey of a bus: its id, line, and block: one bus does the runs of a block; '' for a bus of its own."""

    id: str
    line: str
    block: str
    calls: tuple[GtfsCall, ...]


@dataclass(frozen=True)
class GtfsStop:
    """A stop: its id and name, and where it is, degrees."""

    id: str
    name: str
    lon: float
    lat: float


@dataclass(frozen=True)
class GtfsWindow:
    """What was read of a feed. left_out: what was not, or only in part, by reason."""

    begin: str
    end_s: float
    routes: tuple[str, ...]
    stops: tuple[GtfsStop, ...]
    runs: tuple[GtfsRun, ...]
    left_out: dict[str, int]


def window_of(text: str) -> GtfsWindow:
    """Return what a text of `read_window` holds; refuses other text."""
    try:
        held: dict[str, Any] = json.loads(text)
        return GtfsWindow(
            begin=held["begin"],
            end_s=held["end"],
            routes=tuple(held["routes"]),
            stops=tuple(GtfsStop(*stop) for stop in held["stops"]),
            runs=tuple(
                GtfsRun(id_, line, block, tuple(GtfsCall(*call) for call in calls))
                for id_, line, block, calls in held["runs"]
            ),
            left_out=held["left_out"],
        )
    except (ValueError, KeyError, TypeError) as error:
        refuse(f"this is not what was read of a feed: {error}"[:120], allowed="a GTFS feed: zip or folder")


def text_of(window: GtfsWindow) -> str:
    """Return a window as text; see `window_of`."""
    return json.dumps(
        {
            "begin": window.begin,
            "end": window.end_s,
            "routes": list(window.routes),
            "stops": [[stop.id, stop.name, stop.lon, stop.lat] for stop in window.stops],
            "runs": [
                [
                    run.id, run.line, run.block,
                    [[c.stop, c.arrive_s, c.depart_s, c.may_board, c.may_alight, c.is_held] for c in run.calls],
                ]
                for run in window.runs
            ],
            "left_out": window.left_out,
        },
        separators=(",", ":"), ensure_ascii=False,
    )  # fmt: skip
