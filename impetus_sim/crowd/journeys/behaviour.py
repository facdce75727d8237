"""The behaviour of people on journeys: from stage to stage until they stay, leave, or are alarmed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from impetus_sim import rng
from impetus_sim.arrays import Table
from impetus_sim.crowd.behaviour import Behaviour
from impetus_sim.crowd.journeys.choice import choose_by_shares, choose_least_crowded
from impetus_sim.crowd.journeys.plan import (
    JourneyPlan,
    LegPlan,
    StagePlan,
    Times,
    WaitingPlan,
    WayPointPlan,
)
from impetus_sim.crowd.journeys.queues import TOGETHER_S, Queues
from impetus_sim.crowd.journeys.spots import take_spots
from impetus_sim.crowd.journeys.tables import (
    AT_SERVER,
    BEFORE,
    IN_LINE,
    NONE,
    ON_WAY,
    OVER,
    REACTING,
    WAITING,
    journeys_table,
    servers_table,
    stages_table,
)
from impetus_sim.crowd.population import INSIDE, LEFT, REMOVED
from impetus_sim.crowd.system import CrowdSystem
from impetus_sim.crowd.ways_left import ways_m
from impetus_sim.world.cut_off import CUT_OFF_M
from impetus_sim.world.world import World

Rows = npt.NDArray[np.int64]

LOOK_EVERY_S = 1.0
"""Whoever has no way to their stage looks at the others of the leg this often."""


class Journeys(Behaviour):
    """All journeys of one run.

    Parameters
    ----------
    stages
        By number; the goals of the world hold one for each, at the same place of `goal_of`.
    goal_of
        Stage number to goal number.
    plans
        The journeys of populations.
    people
        The table of people; those who leave at the end of a journey do not start to leave before.
    """

    def __init__(
        self,
        stages: Sequence[StagePlan],
        goal_of: Sequence[int],
        plans: Sequence[JourneyPlan],
        people: Table,
        world: World,
        *,
        seed: int,
        replicate: int,
    ) -> None:
        self.stages, self._goal_of = tuple(stages), np.array(goal_of, np.int16)
        self._people, self._world, self._seed, self._replicate = people, world, seed, replicate
        self.plans = {plan.population: plan for plan in plans}
        self.table = journeys_table(len(people))
        self.stage_table = stages_table(len(stages))
        self.servers = servers_table(stages)
        self.queues = Queues(
            stages, people, self.table, self.stage_table, self.servers, together_ticks=world.ticks(TOGETHER_S)
        )
        self._mobility: npt.NDArray[np.int16] | None = None
        self._look_ticks = max(1, world.ticks(LOOK_EVERY_S))
        self._keys = [rng.stream_key(seed, replicate, f"crowd.spot.{stage.name}") for stage in stages]
        for plan in plans:
            rows = np.flatnonzero(people.population == plan.population)
            self.table.phase[rows] = BEFORE
            self.table.home_x[rows], self.table.home_y[rows] = people.spot_x[rows], people.spot_y[rows]
            people.move_tick[rows] = -1

    @property
    def state(self) -> list[Table]:
        """Where people are on their journeys, the stages' counts, and who stands at each server."""
        return [self.table, self.stage_table, self.servers]

    def begin(self, crowd: CrowdSystem) -> None:
        """Note who needs ways without steps."""
        self._mobility = crowd.mobility

    def before_choice(self, crowd: CrowdSystem, tick: int) -> None:
        """Let people begin, go on, join lines, be served, and break off."""
        del crowd
        people, table = self._people, self.table
        if not ((table.phase > NONE) & (table.phase < OVER)).any():
            return
        self._break_off()
        self._set_out(np.flatnonzero((table.phase == BEFORE) & (people.state == INSIDE)))
        if tick % self._look_ticks == 0:
            self._look_elsewhere()
        for k, stage in enumerate(self.stages):
            coming = np.flatnonzero((table.phase == ON_WAY) & (table.stage == k) & (people.state == INSIDE))
            if isinstance(stage, WayPointPlan):
                self._go_on(coming[self._is_in(k, coming)])
            elif isinstance(stage, WaitingPlan):
                self._wait(k, stage, coming, tick)
            else:
                self._queue(k, coming, tick)
        self._serve(tick)

    def adjust_wishes(
        self,
        crowd: CrowdSystem,
        tick: int,
        speed: npt.NDArray[np.float64],
        desired_x: npt.NDArray[np.float64],
        desired_y: npt.NDArray[np.float64],
    ) -> None:
        """Let people in line walk to their places, and those called to their servers."""
        del tick
        self.queues.steer(crowd.step_s, speed, desired_x, desired_y)

    def _break_off(self) -> None:
        # Whoever is leaving, gone, or led elsewhere is on no journey any more.
        people, table = self._people, self.table
        is_on = (table.phase > BEFORE) & (table.phase < OVER)
        stands = table.phase >= IN_LINE
        own_goal = np.where(stands | (table.stage < 0), -1, self._goal_of[table.stage])
        is_led = (people.goal >= 0) & (people.goal != own_goal)
        has_gone = (people.state == LEFT) | (people.state == REMOVED) | (people.is_leaving == 1)
        has_gone &= (table.phase >= BEFORE) & (table.phase < OVER)
        rows = np.flatnonzero(has_gone | (is_on & is_led))
        if len(rows):
            self.queues.free(rows, is_served=False)
            table.phase[rows] = OVER
            table.stage[rows] = -1

    def _set_out(self, rows: Rows) -> None:
        # Begin the next leg, or end the journey.
        people, table = self._people, self.table
        if not len(rows):
            return
        table.leg[rows] += 1
        for population in np.unique(people.population[rows]):
            plan = self.plans[int(population)]
            members = rows[people.population[rows] == population]
            is_over = table.leg[members] >= len(plan.legs)
            self._finish(plan, members[is_over])
            for n in np.unique(table.leg[members[~is_over]]):
                these = members[~is_over & (table.leg[members] == n)]
                self._head_for(self._choose(plan, int(n), these), these)

    def _choose(self, plan: JourneyPlan, n: int, rows: Rows) -> npt.NDArray[np.int16]:
        leg = plan.legs[n]
        if len(leg.stages) == 1:
            return np.full(len(rows), leg.stages[0], np.int16)
        way_m = self._ways(leg, rows)
        if not leg.by_crowding:
            return choose_by_shares(leg, self._draw(rows, f"leg.{plan.name}.{n}"), way_m < CUT_OFF_M)
        table = self.table
        is_there = (table.phase >= ON_WAY) & (table.phase < OVER)
        is_there[rows] = False
        n_there = np.bincount(table.stage[is_there], minlength=len(self.stages)).astype(np.int64)
        speed = np.maximum(0.1, self._people.desired_speed[rows])
        return choose_least_crowded(leg, self.stages, n_there, way_m / speed[:, None])

    def _ways(self, leg: LegPlan, rows: Rows) -> npt.NDArray[np.float64]:
        return np.column_stack([self._way_m(k, rows) for k in leg.stages])

    def _way_m(self, stage: int, rows: Rows, *, looks_around: bool = True) -> npt.NDArray[np.float64]:
        # Metres of open ground to a stage; beyond CUT_OFF_M where there is no way.
        people, goals = self._people, self._world.goals
        of = np.full(len(rows), self._goal_of[stage], np.int16)
        fields = goals.fields_of(of, None if self._mobility is None else self._mobility[rows])
        return ways_m(
            goals, self._world.ground, fields, people.x[rows], people.y[rows], looks_around=looks_around
        )

    def _cells(self, rows: Rows) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        people, ground = self._people, self._world.ground
        row = ((people.y[rows] - ground.y0) / ground.cell).astype(np.intp)
        column = ((people.x[rows] - ground.x0) / ground.cell).astype(np.intp)
        return row, column

    def _is_in(self, stage: int, rows: Rows) -> npt.NDArray[np.bool_]:
        row, column = self._cells(rows)
        return self._world.goals.in_area[self._goal_of[stage], row, column] == 1

    def _head_for(self, stages: npt.NDArray[np.int16], rows: Rows) -> None:
        people, table = self._people, self.table
        table.phase[rows] = ON_WAY
        table.stage[rows] = stages
        table.until_tick[rows] = -1
        self._walk(rows, self._goal_of[stages])
        for k in np.unique(stages):
            if isinstance(self.stages[k], WaitingPlan):
                there = (table.stage == k) & (table.phase >= ON_WAY)
                there[rows] = False
                take_spots(
                    people,
                    self._world.ground,
                    self.stages[k].cells,
                    rows[stages == k],
                    np.flatnonzero(there),
                    self._keys[k],
                )

    def _walk(self, rows: Rows, goals: npt.NDArray[np.int16] | int) -> None:
        people = self._people
        people.goal[rows] = goals
        people.is_walking[rows] = people.held_by[rows] == 0
        people.is_in_goal[rows] = 0
        people.nearest_m[rows] = np.inf
        people.blocked_s[rows] = 0.0

    def _finish(self, plan: JourneyPlan, rows: Rows) -> None:
        people, table = self._people, self.table
        table.phase[rows] = OVER
        table.stage[rows] = -1
        if plan.leaves:
            people.move_tick[rows] = self._world.tick
            people.is_leaving[rows] = 1
            self._walk(rows, -1)
        elif plan.home_goal >= 0:
            people.spot_x[rows], people.spot_y[rows] = table.home_x[rows], table.home_y[rows]
            self._walk(rows, plan.home_goal)
        else:
            people.goal[rows] = -1
            people.is_walking[rows] = 0
            people.is_in_goal[rows] = 0

    def _go_on(self, rows: Rows) -> None:
        if len(rows):
            np.add.at(self.stage_table.n_done, self.table.stage[rows], 1)
            self._set_out(rows)

    def _look_elsewhere(self) -> None:
        # A gate has closed: whoever has no way to their stage takes another of the same leg, if there is one.
        table, people = self.table, self._people
        for plan in self.plans.values():
            for n, leg in enumerate(plan.legs):
                if len(leg.stages) == 1:
                    continue
                rows = np.flatnonzero(
                    (table.phase == ON_WAY) & (table.leg == n) & (people.population == plan.population)
                )
                if not len(rows):
                    continue
                way_m = self._ways(leg, rows)
                own = np.array([leg.stages.index(int(k)) for k in table.stage[rows]])
                lost = (way_m[np.arange(len(rows)), own] >= CUT_OFF_M) & (way_m < CUT_OFF_M).any(axis=1)
                if lost.any():
                    self._head_for(self._choose(plan, n, rows[lost]), rows[lost])

    def _wait(self, k: int, stage: WaitingPlan, coming: Rows, tick: int) -> None:
        people, table = self._people, self.table
        stand = coming[(people.goal[coming] < 0) & (people.is_walking[coming] == 0)]
        table.phase[stand] = WAITING
        table.until_tick[stand] = tick + self._ticks(stage.wait, stand, f"wait.{stage.name}")
        here = table.stage == k
        if stage.is_over is None or stage.is_over():
            over = np.flatnonzero(here & (table.phase == WAITING) & (table.until_tick <= tick))
            table.phase[over] = REACTING
            table.until_tick[over] = tick + self._ticks(stage.reaction, over, f"reaction.{stage.name}")
        self._go_on(np.flatnonzero(here & (table.phase == REACTING) & (table.until_tick <= tick)))

    def _queue(self, k: int, coming: Rows, tick: int) -> None:
        if len(coming):
            way_m = self._way_m(k, coming, looks_around=False)
            near = way_m <= self.queues.join_reach_m(k, len(self.queues.line(k)))
            if near.any():
                self.queues.join(k, coming[near], way_m[near], tick)
        self.queues.advance(k)

    def _serve(self, tick: int) -> None:
        table = self.table
        at = self.queues.arrived()
        table.phase[at] = AT_SERVER
        for k, plan in self.queues.plans.items():
            begins = at[table.stage[at] == k]
            table.until_tick[begins] = tick + self._ticks(plan.service, begins, f"service.{plan.name}")
        done = np.flatnonzero((table.phase == AT_SERVER) & (table.until_tick <= tick))
        if len(done):
            self.queues.free(done, is_served=True)
            self._go_on(done)

    def _ticks(self, times: Times | None, rows: Rows, stream: str) -> npt.NDArray[np.int64]:
        # Drawn times in ticks; the draw is keyed by person, stage and leg.
        out = np.zeros(len(rows), np.int64)
        if times is None or not len(rows):
            return out
        for leg in np.unique(self.table.leg[rows]):
            these = self.table.leg[rows] == leg
            seconds = times(self._draw(rows[these], stream, decision=int(leg)))
            out[these] = np.ceil(np.round(seconds * 1e6 / self._world.resolution_us, 6)).astype(np.int64)
        return out

    def _draw(self, rows: Rows, stream: str, *, decision: int = 0) -> npt.NDArray[np.float64]:
        uid = self._people.uid[rows]
        return rng.draw_uniforms(
            self._seed, self._replicate, f"crowd.journey.{stream}", uid, decision=decision
        )[:, 0]
