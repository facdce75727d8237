"""An open field with stations and hospitals at known distances: units by hand, without an engine.

Ways take the straight line at a speed that belongs to the station from which a vehicle starts, so that every time
can be worked out on paper.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from impetus_sim import rng
from impetus_sim.response.units.fleet import put_at_stations
from impetus_sim.response.units.roster import Roster
from impetus_sim.response.units.system import UnitsSystem
from impetus_sim.world.goals import build_goals
from impetus_sim.world.ground import build_ground
from impetus_sim.world.injuries import Severity
from impetus_sim.world.units import Units
from impetus_sim.world.world import World

Floats = npt.NDArray[np.float64]
Point = tuple[float, float]
SPEED_M_S = 10.0
SIDE_M = 40.0
SEED = 11


class StraightWays:
    """Straight lines at a speed, other at named places."""

    in_traffic = False

    def __init__(self, speed_at: Mapping[Point, float]) -> None:
        self._speed_at = dict(speed_at)

    def to(self, starts: Floats, end: Point) -> Floats:
        """Return the time from each place to one, s."""
        speed = [self._speed_at.get((x, y), SPEED_M_S) for x, y in starts.tolist()]
        return np.asarray(np.hypot(starts[:, 0] - end[0], starts[:, 1] - end[1]) / speed)

    def out(self, start: Point, ends: Floats) -> Floats:
        """Return the time from one place to each, s."""
        return np.asarray(np.hypot(ends[:, 0] - start[0], ends[:, 1] - start[1]) / SPEED_M_S)


class NobodyAround:
    """An empty field; everybody has their row as id."""

    def density(self, x: float, y: float) -> float:
        """Return none."""
        del x, y
        return 0.0

    def is_clear(self, start: Point, end: Point) -> bool:
        """Return that nothing stands between."""
        del start, end
        return True

    def uid(self, person: int) -> int:
        """Return the row."""
        return person

    def where(self, person: int) -> Point | None:
        """Return that they are where they were hurt."""
        del person
        return (0.0, 0.0)


class Town:
    """Units on a field, moved from event to event.

    Parameters
    ----------
    roster
        Who there is.
    speed_at
        Speed of vehicles that start at a place, m/s.
    """

    def __init__(self, roster: Roster, *, speed_at: Mapping[Point, float] | None = None) -> None:
        ground = build_ground(shapely.box(0.0, 0.0, SIDE_M, SIDE_M), exits=[])
        self.world = World(
            ground=ground,
            goals=build_goals(ground, {}),
            resolution_us=10_000,
            areas={},
            open_exits=np.zeros(0, bool),
        )
        self.world.units = Units()
        put_at_stations(roster, self.world.units)
        self.units = UnitsSystem(
            roster,
            self.world,
            travel=StraightWays(speed_at or {}),
            around=NobodyAround(),
            draw_key=rng.stream_key(SEED, 0, "verify.units"),
        )

    def ask(self, unit: str, at: Point, *, n: int = 1, priority: int = 0, time_s: float = 0.0) -> None:
        """Ask for units at a time that is not past."""
        self.run_until(time_s)
        self.world.need_alarms().ask_units(
            "case", unit, n, tick=self.world.tick, x=at[0], y=at[1], priority=priority, cause=-1
        )

    def hurt(self, person: int, severity: Severity, at: Point) -> None:
        """Hurt somebody now."""
        self.world.need_injuries().hurt(person, severity, tick=self.world.tick, x=at[0], y=at[1], cause=-1)

    def run_until(self, time_s: float) -> None:
        """Move to a time."""
        end = self.world.ticks(time_s)
        while self.world.tick < end:
            due = self.units.next_tick(self.world.tick)
            self.world.tick = end if due is None else min(due, end)
            self.units.advance(self.world.tick)
            self.units.require_laws()

    def events(self, kind: str) -> list[dict[str, Any]]:
        """Return the events of a kind: subject, time and what they say."""
        events = self.world.events
        return [
            {
                "subject": bytes(events.subject[k]).decode(),
                "time_s": self.world.seconds(int(events.tick[k])),
                **json.loads(bytes(events.data[k]).decode()),
            }
            for k in np.flatnonzero(events.kind == kind.encode()).tolist()
        ]
