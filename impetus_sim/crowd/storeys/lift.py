"""Lifts: a car, its doors and its calls, by a rule that leaves nothing to chance.

The car goes on in its direction as long as a storey ahead is called or wanted by somebody inside, then turns (the
rule of collective control). At a stop those who want out step out first; then people get in until the car is full.
The doors stay open until nobody has passed them for the dwell time, and for good while nobody calls.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impetus_sim.arrays import Table
from impetus_sim.crowd.storeys.lines import Line, free_spot
from impetus_sim.crowd.storeys.riders import on_board, step_off, step_on
from impetus_sim.crowd.system import CrowdSystem
from impetus_sim.world.passages import Link
from impetus_sim.world.tables import RUNNING

OPEN, CLOSING, MOVING, OPENING = 0, 1, 2, 3
"""Values of `phase`."""
STEP_OUT_DEPTHS_M = (0.05, *(0.4 * k for k in range(1, 11)))
"""How far in front of the door people step out to, when those who wait stand in the way."""
STEP_OUT_FLOW = 1.3
"""Persons per second and metre of door."""


@dataclass(frozen=True, kw_only=True)
class LiftSpec:
    """What a lift does.

    Parameters
    ----------
    number
        Of the connection.
    lines, elevations_m
        Line of each stop, from the lowest upwards; height of its floor.
    start
        Index of the stop where it stands at the start.
    capacity
        Persons.
    speed_m_s, door_s, dwell_s
        As in `impetus_sim.scenario.storeys.Lift`.
    """

    number: int
    lines: tuple[int, ...]
    elevations_m: tuple[float, ...]
    start: int
    capacity: int
    speed_m_s: float
    door_s: float
    dwell_s: float


class Lifts:
    """All lifts of a run.

    Parameters
    ----------
    specs
        The lifts.
    lines
        By number.
    riders
        Table of the people on the way.
    status
        Table of the connections' status (`world.connections`), read only.
    """

    def __init__(self, specs: tuple[LiftSpec, ...], lines: list[Line], riders: Table, status: Table) -> None:
        self.specs = specs
        self._lines, self._riders, self._status = lines, riders, status
        self._row = {spec.number: k for k, spec in enumerate(specs)}
        columns = {
            "stop": "i2", "phase": "u1", "until_tick": "i8", "next_out_tick": "i8", "heading": "i1",
            "calls": "u8", "n_carried": "i8",
        }  # fmt: skip
        self.table = Table("lifts", len(specs), columns)
        self.table.stop[:] = [spec.start for spec in specs]
        self.table.heading[:] = 1

    def __contains__(self, number: int) -> bool:
        return number in self._row

    def call(self, number: int, line: int) -> None:
        """Call a lift to the stop of a line."""
        k = self._row[number]
        self.table.calls[k] |= np.uint64(1 << self.specs[k].lines.index(line))

    def places_left(self, number: int, line: int) -> int:
        """Return how many may get in now at a line: 0 unless the car is there with open doors."""
        k = self._row[number]
        spec, t = self.specs[k], self.table
        if self._status.status[number] != RUNNING or t.phase[k] != OPEN or spec.lines[t.stop[k]] != line:
            return 0
        inside = on_board(self._riders, number)
        if (self._riders.target[inside] == line).any():
            return 0
        return spec.capacity - len(inside)

    def board(self, crowd: CrowdSystem, tick: int, row: int, link: Link) -> bool:
        """Let somebody in who has crossed the line; return whether there was room."""
        k = self._row[link.connection]
        if self.places_left(link.connection, link.source) <= 0:
            self.call(link.connection, link.source)
            return False
        step_on(crowd.people, self._riders, row, connection=link.connection, target=link.target)
        self.table.until_tick[k] = tick + crowd.world.ticks(self.specs[k].dwell_s)
        self.table.n_carried[k] += 1
        return True

    def advance(self, crowd: CrowdSystem, tick: int) -> bool:
        """Move doors and cars to the tick; return whether anybody has stepped out."""
        return any([self._advance_one(crowd, tick, k) for k in range(len(self.specs))])

    def _advance_one(self, crowd: CrowdSystem, tick: int, k: int) -> bool:
        spec, t = self.specs[k], self.table
        if t.phase[k] == OPEN:
            return self._stand_open(crowd, tick, k)
        if tick < t.until_tick[k]:
            return False
        if t.phase[k] == CLOSING:
            wanted = self._wanted(k)
            if not wanted:  # whoever called has gone another way
                self._begin(crowd, k, OPENING, spec.door_s, tick)
                return False
            ahead = [s for s in wanted if (s - t.stop[k]) * t.heading[k] > 0]
            if not ahead:
                t.heading[k] = -t.heading[k]
                ahead = wanted
            goal = min(ahead, key=lambda s: abs(s - int(t.stop[k])))
            height = abs(spec.elevations_m[goal] - spec.elevations_m[t.stop[k]])
            t.stop[k] = goal
            self._begin(crowd, k, MOVING, height / spec.speed_m_s, tick)
        elif t.phase[k] == MOVING:
            self._begin(crowd, k, OPENING, spec.door_s, tick)
        else:
            t.calls[k] &= ~np.uint64(1 << int(t.stop[k]))
            self._begin(crowd, k, OPEN, spec.dwell_s, tick)
        return False

    def _begin(self, crowd: CrowdSystem, k: int, phase: int, lasts_s: float, tick: int) -> None:
        self.table.phase[k] = phase
        self.table.until_tick[k] = tick + crowd.world.ticks(lasts_s)

    def _stand_open(self, crowd: CrowdSystem, tick: int, k: int) -> bool:
        spec, t = self.specs[k], self.table
        inside = on_board(self._riders, spec.number)
        line = self._lines[spec.lines[t.stop[k]]]
        is_running = self._status.status[spec.number] == RUNNING
        # out of service: everybody gets out where the car has stopped
        out = inside[self._riders.target[inside] == spec.lines[t.stop[k]]] if is_running else inside
        if len(out):
            if tick < t.next_out_tick[k]:
                return False
            standing = np.flatnonzero(crowd.people.state == 1).astype(np.int32)
            spot = free_spot(
                crowd.people, int(out[0]), standing, line, share=0.5, depths=self._depths(crowd, line)
            )
            if spot is None:
                return False
            step_off(crowd.people, self._riders, int(out[0]), *spot, line.inward)
            t.next_out_tick[k] = tick + crowd.world.ticks(1.0 / (STEP_OUT_FLOW * line.length))
            t.until_tick[k] = tick + crowd.world.ticks(spec.dwell_s)
            return True
        is_full = len(inside) >= spec.capacity
        if is_running and self._wanted(k) and (is_full or tick >= t.until_tick[k]):
            if not is_full:
                t.calls[k] &= ~np.uint64(1 << int(t.stop[k]))
            self._begin(crowd, k, CLOSING, spec.door_s, tick)
        return False

    def _depths(self, crowd: CrowdSystem, line: Line) -> tuple[float, ...]:
        # Only as deep as the ground reaches straight in front of the door.
        ground = crowd.world.ground
        nx, ny = line.inward
        x, y = 0.5 * (line.ax + line.bx), 0.5 * (line.ay + line.by)
        deep: list[float] = []
        for depth in STEP_OUT_DEPTHS_M:
            row = int((y + (depth + 0.3) * ny - ground.y0) / ground.cell)
            column = int((x + (depth + 0.3) * nx - ground.x0) / ground.cell)
            if deep and not ground.walkable[row, column]:
                break
            deep.append(depth)
        return tuple(deep)

    def _wanted(self, k: int) -> list[int]:
        # Other stops that are called, or wanted by somebody inside.
        spec, here = self.specs[k], int(self.table.stop[k])
        inside = on_board(self._riders, spec.number)
        targets = {int(line) for line in self._riders.target[inside]}
        calls = int(self.table.calls[k])
        return [
            s for s in range(len(spec.lines)) if s != here and (calls >> s & 1 or spec.lines[s] in targets)
        ]
