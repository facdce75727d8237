"""Groups on their way: one decision, one pace, waiting for members who are missing, and searching for them.

A group whose foremost have stopped for the last member for `wait_for` without that member coming nearer misses
them. A share of the groups then sends whoever decides back to them for at most `search_for`; when they meet, the
group waits once more. After that it goes on without: the member is lost to the group and decides alone.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from impetus_sim import rng
from impetus_sim.arrays import Table
from impetus_sim.crowd.behaviour import Behaviour
from impetus_sim.crowd.contagion import log_spread
from impetus_sim.crowd.groups.form import GroupList
from impetus_sim.crowd.kernels.together import find_deciders, find_told, walk_together
from impetus_sim.crowd.population import INSIDE
from impetus_sim.crowd.system import CrowdSystem
from impetus_sim.crowd.ways_to import WaysTo
from impetus_sim.world.world import World

TOGETHER, WAITING, SEARCHING = 0, 1, 2
LOOK_EVERY_S = 1.0
NEARER_M = 1.0
"""A missing member who has come this much nearer is on the way: the group goes on waiting."""
MEET_M = 2.0


class GroupsStay(Behaviour):
    """All groups of a run.

    Parameters
    ----------
    groups
        From `form.form_groups`.
    """

    def __init__(self, groups: GroupList, people: Table, world: World, *, seed: int, replicate: int) -> None:
        self.groups, self._people, self._world = groups, people, world
        n, n_groups = len(people), len(groups)
        self.members = Table("group_members", n, {"group": "i4", "is_lost": "u1"})
        self.members.group[:] = groups.of
        self.table = Table(
            "groups",
            n_groups,
            {"mode": "u1", "has_searched": "u1", "since_tick": "i8", "missing": "i4", "mark_m": "f8", "aim_x": "f8",
             "aim_y": "f8"},
        )  # fmt: skip
        self.table.missing[:] = -1
        self._gap = _each(groups, lambda s: float(s.gap))
        self._talk = _each(groups, lambda s: float(s.talk_within))
        self._apart = _each(groups, lambda s: float(s.apart))
        self._wait = self._ticks(_each(groups, lambda s: float(s.wait_for)))
        self._search = self._ticks(_each(groups, lambda s: float(s.search_for)))
        heads = people.uid[groups.members[groups.start[:-1]]]
        u = rng.draw_uniforms(seed, replicate, "crowd.group_search", heads)[:, 0]
        self._searches = u < _each(groups, lambda s: float(s.search_share))
        self._ways = WaysTo(world.ground)
        self._decider = np.full(n_groups, -1, np.int32)
        self._last, self._last_cost = np.full(n_groups, -1, np.int32), np.zeros(n_groups)
        self._is_stopped = np.zeros(n_groups, np.uint8)
        self._told, self._by = np.zeros(n, np.int32), np.zeros(n, np.int32)

    def _ticks(self, seconds: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        return np.array([self._world.ticks(s) for s in seconds], np.int64)

    @property
    def state(self) -> list[Table]:
        """Tables that a later step reads."""
        return [self.members, self.table]

    def before_choice(self, crowd: CrowdSystem, tick: int) -> None:
        """Find who decides; let the others take over the decider's exit."""
        people, groups = self._people, self.groups
        self._find_deciders()
        rows, of = groups.members, groups.of[groups.members]
        decider = self._decider[of]
        led = (decider >= 0) & (decider != rows) & (self.members.is_lost[rows] == 0)
        led &= (people.state[rows] == INSIDE) & (people.is_leaving[rows] == 1)
        led &= people.is_leaving[decider] == 1
        rows, decider = rows[led], decider[led]
        people.goal[rows] = people.goal[decider]
        crowd.choice.is_led[rows] = 1

    def adjust_wishes(
        self,
        crowd: CrowdSystem,
        tick: int,
        speed: npt.NDArray[np.float64],
        desired_x: npt.NDArray[np.float64],
        desired_y: npt.NDArray[np.float64],
    ) -> None:
        """Walk together; those who search go to whom they miss."""
        people, world, groups = self._people, self._world, self.groups
        ground = world.ground
        self._find_deciders()
        walk_together(
            groups.start, groups.members, self._gap, self._decider, self._is_inside(), people.is_leaving,
            people.is_walking, self.members.is_lost, people.goal, people.x, people.y,
            people.desired_speed * people.speed_factor, world.goals.costs, ground.inside, ground.x0, ground.y0,
            ground.cell, speed, desired_x, desired_y, self._last, self._last_cost, self._is_stopped,
        )  # fmt: skip
        every = max(1, world.ticks(LOOK_EVERY_S))
        if tick // every > (tick - crowd.step_ticks) // every:
            self._look(tick)
        self._send_searchers(speed, desired_x, desired_y)

    def after_move(self, crowd: CrowdSystem, tick: int) -> None:
        """Tell each other, once a second, what has happened."""
        every = max(1, self._world.ticks(LOOK_EVERY_S))
        if tick // every == (tick - crowd.step_ticks) // every:
            return
        people, groups = self._people, self.groups
        is_aware = (people.aware_tick >= 0).astype(np.uint8)
        n = find_told(
            groups.start, groups.members, self._talk, self._is_inside(), is_aware, people.x, people.y,
            self._told, self._by,
        )  # fmt: skip
        told, by = self._told[:n], self._by[:n]
        believing = crowd.perception.believing(told.astype(np.intp), "group")
        if not len(believing):
            return
        by = by[np.isin(told, believing)]
        cause = log_spread(self._world, people, "told_in_group", believing, by)
        crowd.perception.alarm(believing, cause=cause, delay_factor=1.0)
        # they start with whoever told them, not after a pre-movement time of their own
        starts = people.move_tick[by]
        people.move_tick[believing] = np.where(
            starts >= 0, np.maximum(starts, tick), people.move_tick[believing]
        )

    def _is_inside(self) -> npt.NDArray[np.uint8]:
        return (self._people.state == INSIDE).astype(np.uint8)

    def _find_deciders(self) -> None:
        people, groups = self._people, self.groups
        find_deciders(
            groups.start,
            groups.members,
            self._is_inside(),
            people.is_leaving,
            self.members.is_lost,
            self._decider,
        )

    def _look(self, tick: int) -> None:
        # Groups that have stopped for somebody, and those who search: few, so one by one.
        table = self.table
        reset = (table.mode == WAITING) & (self._is_stopped == 0)
        table.mode[reset] = TOGETHER
        for g in np.flatnonzero((self._is_stopped == 1) | (table.mode == SEARCHING)):
            if table.mode[g] == SEARCHING:
                self._go_on_searching(int(g), tick)
            elif (
                table.mode[g] == TOGETHER
                or table.missing[g] != self._last[g]
                or self._last_cost[g] < table.mark_m[g] - NEARER_M
            ):
                table.mode[g], table.since_tick[g] = WAITING, tick
                table.missing[g], table.mark_m[g] = self._last[g], self._last_cost[g]
            elif tick - table.since_tick[g] >= self._wait[g]:
                self._miss(int(g), tick)

    def _miss(self, g: int, tick: int) -> None:
        people, table, missing, decider = self._people, self.table, self._last[g], self._decider[g]
        apart = np.hypot(people.x[missing] - people.x[decider], people.y[missing] - people.y[decider])
        if self._searches[g] and table.has_searched[g] == 0 and apart > self._apart[g] and missing != decider:
            table.mode[g], table.has_searched[g], table.since_tick[g] = SEARCHING, 1, tick
            self._go_on_searching(g, tick)
        else:
            self._give_up(g)

    def _go_on_searching(self, g: int, tick: int) -> None:
        people, table = self._people, self.table
        missing, decider = int(table.missing[g]), int(self._decider[g])
        if decider < 0 or people.state[missing] != INSIDE or decider == missing:
            table.mode[g] = TOGETHER
            return
        apart = np.hypot(people.x[missing] - people.x[decider], people.y[missing] - people.y[decider])
        if apart <= MEET_M:
            table.mode[g], table.since_tick[g] = WAITING, tick
            return
        found, x, y = self._ways.aim(
            people.x[decider], people.y[decider], people.x[missing], people.y[missing]
        )
        if not found or tick - table.since_tick[g] >= self._search[g]:
            self._give_up(g)
            return
        table.aim_x[g], table.aim_y[g] = x, y

    def _give_up(self, g: int) -> None:
        table = self.table
        self.members.is_lost[table.missing[g]] = 1
        table.mode[g] = TOGETHER

    def _send_searchers(
        self,
        speed: npt.NDArray[np.float64],
        desired_x: npt.NDArray[np.float64],
        desired_y: npt.NDArray[np.float64],
    ) -> None:
        people, table = self._people, self.table
        searching = np.flatnonzero((table.mode == SEARCHING) & (self._decider >= 0))
        rows = self._decider[searching]
        free = (people.held_by[rows] == 0) & (people.is_walking[rows] == 1)
        searching, rows = searching[free], rows[free]
        if not len(rows):
            return
        dx, dy = table.aim_x[searching] - people.x[rows], table.aim_y[searching] - people.y[rows]
        distance = np.maximum(np.hypot(dx, dy), 1e-9)
        speed[rows] = people.desired_speed[rows] * people.speed_factor[rows] * (distance > 0.2)
        desired_x[rows], desired_y[rows] = dx / distance, dy / distance


def _each(groups: GroupList, value: Callable[..., float]) -> npt.NDArray[np.float64]:
    return np.array([value(spec) for spec in groups.spec], np.float64)
