"""State of units, missions, casualties and beds: every process is rebuilt from these rows."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from impetus_sim.arrays import Table


class Stage(IntEnum):
    """What a unit is doing."""

    FREE = 0
    TURNOUT = 1
    DRIVING = 2
    """To a scene."""
    WALKING = 3
    ON_SCENE = 4
    TRIAGING = 5
    TREATING = 6
    LOADING = 7
    TO_HOSPITAL = 8
    HANDING_OVER = 9
    RETURNING = 10
    """To its station, free to be sent."""
    MOVING = 11
    """To another post, free to be sent."""
    ABSENT = 12
    """Not there until an intervention brings it."""
    WORKING = 13
    """Repairs or clears."""


AVAILABLE = (Stage.FREE, Stage.RETURNING, Stage.MOVING)
BY_ROAD = (Stage.DRIVING, Stage.TO_HOSPITAL, Stage.RETURNING, Stage.MOVING)


class Task(IntEnum):
    """What a crew walks for."""

    SCENE = 0
    CASUALTY = 1
    """To triage or treat."""
    DEPART = 2
    """Back to the vehicle with a casualty."""
    LEAVE = 3
    """Back to the vehicle, to drive away."""


class MissionStage(IntEnum):
    """How far a mission has come."""

    WAITING = 0
    TAKEN = 1
    AT_SCENE = 2
    DONE = 3


class Care(IntEnum):
    """How far the care of a casualty has come."""

    WAITING = 0
    TRIAGED = 1
    TREATED = 2
    LOADED = 3
    HANDED_OVER = 4
    CLEARED = 5
    """Walks; needs no unit."""
    DEAD = 6


CHAIN = ("found", "triaged", "treated", "loaded", "at_hospital", "died")
"""Steps of a casualty, in their order."""


def work_table(n: int) -> Table:
    """What each unit is doing.

    since, until: ticks at which the stage began and ends, -1 where something else ends it. mission, casualty,
    hospital: rows, -1 for none. vehicle: where its vehicle stands. to: where it drives or walks. step: where the
    crew is after its present step on foot. post: where it waits when free, and the row of the station there, -1
    for none.
    """
    columns = {
        "stage": "u1",
        "task": "u1",
        "until": "i8",
        "since": "i8",
        "mission": "i8",
        "casualty": "i8",
        "hospital": "i8",
        "vehicle_x": "f8",
        "vehicle_y": "f8",
        "to_x": "f8",
        "to_y": "f8",
        "step_x": "f8",
        "step_y": "f8",
        "post": "i8",
        "post_x": "f8",
        "post_y": "f8",
    }
    table = Table("unit_work", n, columns)
    table.until[:] = table.mission[:] = table.casualty[:] = table.hospital[:] = -1
    return table


def missions_table() -> Table:
    """One unit wanted somewhere; a request for n units makes n. trips: ways to hospitals. ticks: -1 for not yet."""
    return Table(
        "unit_missions",
        0,
        {
            "request": "i8",
            "stage": "u1",
            "unit": "i8",
            "is_recalled": "u1",
            "sent_tick": "i8",
            "arrived_tick": "i8",
            "done_tick": "i8",
            "trips": "i8",
            "event": "i8",
        },
    )


def casualties_table() -> Table:
    """The injured as responders come to know them.

    rpm: score when hurt. picture: row of `vitals.PICTURES`. draw: of survival. dies: tick of death if nothing is
    done, -1 for not. unit: who cares for them, -1 for nobody. event: the latest about them. `CHAIN`: ticks at
    which each step of their care was reached, treated being when it began; -1 for not yet. is_preventable:
    treatment without delay would have saved who died.
    """
    columns = {
        "person": "i8",
        "severity": "u1",
        "picture": "u1",
        "rpm": "u1",
        "tag": "u1",
        "care": "u1",
        "x": "f8",
        "y": "f8",
        "draw": "f8",
        "judge": "f8",
        "hurt": "i8",
        "dies": "i8",
        "unit": "i8",
        "hospital": "i8",
        "event": "i8",
        **dict.fromkeys(CHAIN, "i8"),
        "is_preventable": "u1",
    }
    return Table("casualties", 0, columns)


def beds_table(n: int) -> Table:
    """Beds of each hospital that are taken or kept for somebody on the way."""
    return Table("hospital_beds", n, {"taken": "i8"})


def seen_table() -> Table:
    """How many rows of the world's tables were taken in."""
    return Table("units_seen", 1, {"requests": "i8", "injured": "i8", "orders": "i8"})


def row_of(table: Table, column: str, value: int) -> int:
    """Return the first row with a value, -1 for none."""
    rows = np.flatnonzero(getattr(table, column) == value)
    return int(rows[0]) if len(rows) else -1
