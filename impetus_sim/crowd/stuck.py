"""Noticing who wants to walk and gets nowhere, and letting them look for another way."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.crowd.behaviour import Behaviour
from impetus_sim.crowd.influences.base import Influence
from impetus_sim.crowd.system import CrowdSystem
from impetus_sim.crowd.ways_left import ways_m
from impetus_sim.scenario.stuck import Stuck as StuckSpec
from impetus_sim.world.cut_off import CUT_OFF_M
from impetus_sim.world.world import World

LOOK_EVERY_S = 1.0


class Stuck(Behaviour):
    """Watches the progress of everybody who walks to an exit or a place.

    Whoever comes no nearer for `StuckSpec.after` is reported (table ``stuck``, count ``stuck``, event
    ``people_stuck``). Those leaving choose an exit anew and for a while rather take any other than the one they
    could not get to. People who stand in line, wait or are held do not count; those who wait at a closed gate do.
    """

    def __init__(self, spec: StuckSpec, people: Table, world: World) -> None:
        self._spec, self._people, self._world = spec, people, world
        self.table = Table(
            "stuck",
            len(people),
            {
                "goal": "i2",
                "best_m": "f8",
                "since_tick": "i8",
                "is_stuck": "u1",
                "n_times": "i4",
                "avoid": "i2",
                "avoid_until_tick": "i8",
            },
        )
        self.table.goal[:] = -1
        self.table.avoid[:] = -1
        self._look_ticks = max(1, world.ticks(LOOK_EVERY_S))
        self._after_ticks, self._avoid_ticks = world.ticks(spec.after), world.ticks(spec.avoid_for)

    @property
    def state(self) -> list[Table]:
        """Per person: the goal walked to, the least way to it so far and since when; who is and was stuck."""
        return [self.table]

    def begin(self, crowd: CrowdSystem) -> None:
        """Join the choice of exits."""
        if len(self._world.ground.exit_names):
            crowd.choice.influences.append(AvoidExits(self.table, self._world, penalty_s=self._spec.penalty))

    def counts(self) -> dict[str, int]:
        """Return how many people inside are stuck now, and how many ever were."""
        table = self.table
        return {"stuck": int(table.is_stuck.sum()), "stuck_ever": int(np.count_nonzero(table.n_times))}

    def before_choice(self, crowd: CrowdSystem, tick: int) -> None:
        """Look at everybody's progress once a second."""
        if tick // self._look_ticks == (tick - crowd.step_ticks) // self._look_ticks:
            return
        people, table, rows = self._people, self.table, crowd.inside
        walks = (people.is_walking[rows] == 1) & (people.goal[rows] >= 0) & (people.held_by[rows] == 0)
        rows = rows[walks & (people.is_in_goal[rows] == 0)]
        mobility = None if crowd.mobility is None else crowd.mobility[rows]
        goals = self._world.goals
        way_m = ways_m(
            goals,
            self._world.ground,
            goals.fields_of(people.goal[rows], mobility),
            people.x[rows],
            people.y[rows],
        )
        still = np.zeros(len(people), np.uint8)
        still[rows] = 1
        table.is_stuck[still == 0] = 0
        table.goal[still == 0] = -1
        is_new = table.goal[rows] != people.goal[rows]
        gains = is_new | (way_m < table.best_m[rows] - self._spec.progress)
        # a gate has closed or opened: the way is another one
        gains |= (way_m >= CUT_OFF_M) != (table.best_m[rows] >= CUT_OFF_M)
        gained = rows[gains]
        table.goal[gained], table.best_m[gained] = people.goal[gained], way_m[gains]
        table.since_tick[gained] = tick
        table.is_stuck[gained] = 0
        stuck = rows[tick - table.since_tick[rows] >= self._after_ticks]
        if len(stuck):
            self._report(stuck, tick)

    def _report(self, stuck: npt.NDArray[np.int32], tick: int) -> None:
        people, table = self._people, self.table
        fresh = stuck[table.is_stuck[stuck] == 0]
        if len(fresh):
            self._world.log(
                "people_stuck",
                "crowd",
                x=float(people.x[fresh].mean()),
                y=float(people.y[fresh].mean()),
                n=len(fresh),
                cut_off=int(np.count_nonzero(table.best_m[fresh] >= CUT_OFF_M)),
            )
        table.is_stuck[stuck] = 1
        table.n_times[stuck] += 1
        table.since_tick[stuck] = tick
        leaving = stuck[people.is_leaving[stuck] == 1]
        table.avoid[leaving] = people.goal[leaving]
        table.avoid_until_tick[leaving] = tick + self._avoid_ticks
        people.goal[leaving] = -1


class AvoidExits(Influence):
    """People rather take any other exit than the one at which they were stuck a short time ago."""

    def __init__(self, table: Table, world: World, *, penalty_s: float) -> None:
        self._table, self._world, self._penalty_s = table, world, penalty_s

    def weigh(self, due: npt.NDArray[np.int32], out_s: npt.NDArray[np.float64]) -> None:
        """Add the penalty of the exit that each avoids."""
        avoid = self._table.avoid[due]
        k = np.flatnonzero((avoid >= 0) & (self._table.avoid_until_tick[due] > self._world.tick))
        out_s[k, avoid[k]] += self._penalty_s
