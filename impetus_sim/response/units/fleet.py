"""Units as they move: stages that end at a tick, drives over streets or through traffic, steps on foot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from impetus_sim.response.units.tables import BY_ROAD, Stage, Task, work_table
from impetus_sim.response.units.walking import DETOUR, STEP_S, walking_speed
from impetus_sim.world.units import Drive
from impetus_sim.world.waits import Waits

if TYPE_CHECKING:
    from impetus_sim.response.units.roster import Roster
    from impetus_sim.response.units.travel import Around, Point, Travel
    from impetus_sim.world.units import Units
    from impetus_sim.world.world import World

NEAR_M: Final = 0.05
"""A crew this near has arrived."""


def put_at_stations(roster: Roster, units: Units) -> None:
    """Write a row for each unit, at its station, into the tables that others read (before the run)."""
    for unit in roster.units:
        home = roster.stations[unit.home]
        here = {"x": home.x, "y": home.y}
        who = {"key": unit.name.encode(), "kind": unit.kind.encode(), "crew": unit.crew}
        units.units.append({**who, **here, "is_acting": 0, "event": -1})
        to = {"to_x": home.x, "to_y": home.y}
        units.drives.append({"state": Drive.NONE, **here, **to, "asked_us": 0, "arrived_us": -1})


class Fleet:
    """All units of a run: where they are and what they are doing.

    Parameters
    ----------
    roster
        Who they are; the world has a row for each (`put_at_stations`).
    travel, around
        Ways and people.
    """

    def __init__(self, roster: Roster, world: World, travel: Travel, around: Around) -> None:
        self.roster, self.world, self.travel, self.around = roster, world, travel, around
        assert world.units is not None
        self.seen: Units = world.units
        self.work = work_table(len(roster.units))
        self.waits = Waits()
        self.due: set[tuple[str, int]] = set()
        """What has come due and is yet to be acted on: ``unit`` or ``casualty``, and its row."""
        self._place_all()

    def __len__(self) -> int:
        return len(self.work)

    def _place_all(self) -> None:
        # Every unit at its station.
        work = self.work
        for row, unit in enumerate(self.roster.units):
            home = self.roster.stations[unit.home]
            work.stage[row] = Stage.ABSENT if unit.added_by else Stage.FREE
            work.vehicle_x[row] = work.post_x[row] = home.x
            work.vehicle_y[row] = work.post_y[row] = home.y
            work.post[row] = unit.home

    @property
    def tick(self) -> int:
        """The present tick."""
        return self.world.tick

    def place(self, unit: int) -> Point:
        """Return where the crew is."""
        return float(self.seen.units.x[unit]), float(self.seen.units.y[unit])

    def vehicle(self, unit: int) -> Point:
        """Return where the vehicle is."""
        work = self.work
        start = float(work.vehicle_x[unit]), float(work.vehicle_y[unit])
        if self.travel.in_traffic or work.stage[unit] not in BY_ROAD:
            return start
        # without traffic a vehicle under way is on the straight line between both ends
        share = (self.tick - work.since[unit]) / (work.until[unit] - work.since[unit])
        return (
            float(start[0] + share * (work.to_x[unit] - start[0])),
            float(start[1] + share * (work.to_y[unit] - start[1])),
        )

    def log(self, kind: str, unit: int, causes: Sequence[int], **data: Any) -> int:
        """Log an event at the place of a unit."""
        x, y = self.place(unit)
        one = self.roster.units[unit]
        known = [cause for cause in causes if cause >= 0]
        return self.world.log(kind, one.name, x=x, y=y, causes=known, unit=one.kind, **data)

    def await_unit(self, unit: int, seconds: float) -> None:
        """Let the present stage of a unit end after a time."""
        until = self.tick + max(1, self.world.ticks(seconds))
        self.work.until[unit] = until
        self.waits.add(until, lambda now: self._unit_due(unit, now))

    def enter(
        self, unit: int, stage: Stage, seconds: float | None = None, *, is_acting: bool = False
    ) -> None:
        """Let a unit begin a stage, for a time where it ends by itself."""
        self.work.stage[unit], self.work.since[unit], self.work.until[unit] = stage, self.tick, -1
        self.seen.units.is_acting[unit] = is_acting
        if seconds is not None:
            self.await_unit(unit, seconds)

    def drive(self, unit: int, stage: Stage, to: Point) -> None:
        """Let a unit drive to a place from where its vehicle is, or turn it there if it is under way."""
        assert stage in BY_ROAD
        work, drives = self.work, self.seen.drives
        start = work.vehicle_x[unit], work.vehicle_y[unit] = self.vehicle(unit)
        self._put(unit, *start)
        self.enter(unit, stage)
        work.to_x[unit], work.to_y[unit] = drives.to_x[unit], drives.to_y[unit] = to
        if self.travel.in_traffic:
            if drives.state[unit] not in (Drive.ASKED, Drive.UNDER_WAY):
                drives.x[unit], drives.y[unit] = start
            drives.asked_us[unit] = self.tick * self.world.resolution_us
            drives.state[unit] = Drive.ASKED
            return
        seconds = float(self.travel.to(np.array([start]), to)[0])
        self.await_unit(unit, seconds)

    def follow_traffic(self) -> None:
        """Take over where traffic has brought the vehicles; units whose drive has ended come due."""
        drives, work = self.seen.drives, self.work
        for unit in np.flatnonzero(drives.state != Drive.NONE).tolist():
            work.vehicle_x[unit], work.vehicle_y[unit] = drives.x[unit], drives.y[unit]
            self.seen.units.x[unit], self.seen.units.y[unit] = drives.x[unit], drives.y[unit]
            if drives.state[unit] in (Drive.ARRIVED, Drive.STUCK):
                drives.state[unit] = Drive.NONE
                self.due.add(("unit", unit))

    def park(self, unit: int) -> None:
        """Put the vehicle where a drive has ended; without traffic that is its goal."""
        if not self.travel.in_traffic:
            self._put(unit, float(self.work.to_x[unit]), float(self.work.to_y[unit]))
            self.work.vehicle_x[unit], self.work.vehicle_y[unit] = self.work.to_x[unit], self.work.to_y[unit]

    def walk(self, unit: int, to: Point, task: Task, *, is_acting: bool = False) -> None:
        """Let the crew go somewhere on foot."""
        self.work.to_x[unit], self.work.to_y[unit] = to
        self.work.task[unit] = task
        self._step(unit, is_acting=is_acting)

    def walked(self, unit: int) -> bool:
        """Put the crew where its step ended, and go on; return whether it has arrived."""
        work = self.work
        self._put(unit, float(work.step_x[unit]), float(work.step_y[unit]))
        if math.dist(self.place(unit), (work.to_x[unit], work.to_y[unit])) <= NEAR_M:
            return True
        self._step(unit, is_acting=bool(self.seen.units.is_acting[unit]))
        return False

    def turn_to(self, unit: int, to: Point) -> None:
        """Let a crew that is walking make for another place from its next step on."""
        self.work.to_x[unit], self.work.to_y[unit] = to

    def _step(self, unit: int, *, is_acting: bool) -> None:
        work, (x, y) = self.work, self.place(unit)
        to = float(work.to_x[unit]), float(work.to_y[unit])
        away = math.dist((x, y), to)
        speed = walking_speed(self.around.density(x, y))
        if not self.around.is_clear((x, y), to):
            speed /= DETOUR
        seconds = min(STEP_S, away / speed)
        share = 1.0 if away <= NEAR_M else min(1.0, seconds * speed / away)
        work.step_x[unit], work.step_y[unit] = x + share * (to[0] - x), y + share * (to[1] - y)
        self.enter(unit, Stage.WALKING, seconds, is_acting=is_acting)

    def _put(self, unit: int, x: float, y: float) -> None:
        self.seen.units.x[unit], self.seen.units.y[unit] = x, y

    def _unit_due(self, unit: int, now: int) -> None:
        if self.work.until[unit] == now:
            self.due.add(("unit", unit))

    def rebuild(self, tick: int, more: list[tuple[int, Any]]) -> None:
        """Rebuild what is awaited from the rows, with further acts of others."""
        until = self.work.until
        own = [
            (int(until[unit]), lambda now, unit=unit: self._unit_due(unit, now))
            for unit in np.flatnonzero(until > tick).tolist()
        ]
        self.waits.rebuild(tick, [*own, *more])
