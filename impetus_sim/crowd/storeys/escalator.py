"""One escalator: a belt that carries people from line to line, or, stopped, a stair in the same direction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impetus_sim.arrays import Table
from impetus_sim.crowd.storeys.lines import Line, free_spot
from impetus_sim.crowd.storeys.riders import on_board, step_off, step_on
from impetus_sim.crowd.system import CrowdSystem
from impetus_sim.world.passages import Link
from impetus_sim.world.tables import CLOSED, STOPPED

DEPTHS_M = (0.05, 0.3, 0.6)
"""Behind the line people step off at the first row with a free place."""


@dataclass(frozen=True, kw_only=True)
class EscalatorSpec:
    """What an escalator does.

    Parameters
    ----------
    number
        Of the connection.
    source, target
        Lines at which people step on and off.
    length_m, speed_m_s
        Along the slope; of the belt.
    flow, stopped_flow
        Persons per second on to the belt, moving and standing.
    climb_factor
        Speed of people who walk on it while it stands, as a share of their own on the level.
    """

    number: int
    source: int
    target: int
    length_m: float
    speed_m_s: float
    flow: float
    stopped_flow: float
    climb_factor: float


class Escalators:
    """All escalators of a run.

    Parameters
    ----------
    specs
        The escalators.
    lines
        By number.
    riders
        Table of the people on the way.
    status
        Table of the connections' status (`world.connections`), read only.
    """

    def __init__(
        self, specs: tuple[EscalatorSpec, ...], lines: list[Line], riders: Table, status: Table
    ) -> None:
        self._specs = {spec.number: spec for spec in specs}
        self._lines, self._riders, self._status = lines, riders, status
        columns = {"allowance": "f8", "last_due_tick": "i8", "was_stopped": "u1", "n_carried": "i8"}
        self.table = Table("escalators", len(specs), columns)
        self._row = {spec.number: k for k, spec in enumerate(specs)}

    def __contains__(self, number: int) -> bool:
        return number in self._specs

    def board(self, crowd: CrowdSystem, tick: int, row: int, link: Link) -> bool:
        """Let somebody on who has crossed the line; return whether there was room."""
        spec, k = self._specs[link.connection], self._row[link.connection]
        flow = spec.stopped_flow if self._is_stopped(spec) else spec.flow
        travel_s = self._travel_s(crowd, spec, row)
        is_full = len(on_board(self._riders, spec.number)) >= max(1.0, flow * travel_s)
        if self.table.allowance[k] < 1.0 - 1e-9 or is_full or self._status.status[spec.number] == CLOSED:
            return False
        # nobody overtakes: whoever is faster comes off right behind the one before
        due = max(tick + crowd.world.ticks(travel_s), int(self.table.last_due_tick[k]))
        step_on(crowd.people, self._riders, row, connection=spec.number, target=link.target, due_tick=due)
        self.table.last_due_tick[k] = due
        self.table.allowance[k] -= 1.0
        self.table.n_carried[k] += 1
        return True

    def advance(self, crowd: CrowdSystem, tick: int) -> bool:
        """Move the belts by one step; return whether anybody has stepped off."""
        n_off = 0
        for number, spec in self._specs.items():
            k = self._row[number]
            is_stopped = self._is_stopped(spec)
            if is_stopped != bool(self.table.was_stopped[k]):
                self._change_pace(crowd, tick, spec, is_stopped)
            flow = spec.stopped_flow if is_stopped else spec.flow
            self.table.allowance[k] = min(
                self.table.allowance[k] + flow * crowd.step_s, 1.0 + flow * crowd.step_s
            )
            rows = on_board(self._riders, number)
            due = rows[self._riders.due_tick[rows] <= tick]
            line = self._lines[spec.target]
            for row in due[np.argsort(self._riders.due_tick[due], kind="stable")]:
                inside = np.flatnonzero(crowd.people.state == 1).astype(np.int32)
                spot = free_spot(crowd.people, int(row), inside, line, share=0.5, depths=DEPTHS_M)
                if spot is None:
                    break
                step_off(crowd.people, self._riders, int(row), *spot, line.inward)
                n_off += 1
        return n_off > 0

    def _is_stopped(self, spec: EscalatorSpec) -> bool:
        return bool(self._status.status[spec.number] == STOPPED)

    def _travel_s(self, crowd: CrowdSystem, spec: EscalatorSpec, row: int) -> float:
        if not self._is_stopped(spec):
            return spec.length_m / spec.speed_m_s
        own = float(crowd.people.desired_speed[row] * crowd.people.speed_factor[row])
        return spec.length_m / max(0.05, own * spec.climb_factor)

    def _change_pace(self, crowd: CrowdSystem, tick: int, spec: EscalatorSpec, is_stopped: bool) -> None:
        # The rest of the way at the new pace, in the old order.
        k = self._row[spec.number]
        belt_s, last = spec.length_m / spec.speed_m_s, tick
        rows = on_board(self._riders, spec.number)
        for row in rows[np.argsort(self._riders.due_tick[rows], kind="stable")]:
            left = max(0, int(self._riders.due_tick[row]) - tick)
            own = float(crowd.people.desired_speed[row] * crowd.people.speed_factor[row]) * spec.climb_factor
            walk_s = spec.length_m / max(0.05, own)
            ratio = walk_s / belt_s if is_stopped else belt_s / walk_s
            last = max(last, tick + round(left * ratio))
            self._riders.due_tick[row] = last
        self.table.last_due_tick[k] = last
        self.table.was_stopped[k] = is_stopped
