"""Help for people who cannot leave alone: helpers come, and go with them at the assisted speed.

Who needs help waits once they want to leave. The nearest free helpers are assigned, at most once a second, to
whoever has waited longest (by when they wanted to go), and walk to them. When enough helpers stand by, all move
together. A helper keeps to one person, and is free for another who waits once that person has left first;
helpers who have left before the person count as still with them (they hold the door).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.crowd.behaviour import Behaviour
from impetus_sim.crowd.kernels.choose import cost_at
from impetus_sim.crowd.population import INSIDE, LEFT
from impetus_sim.crowd.system import CrowdSystem
from impetus_sim.crowd.ways_to import WaysTo
from impetus_sim.world.world import World

LOOK_EVERY_S = 1.0
BESIDE_M = 1.0
"""A helper this far from the person, beyond both bodies, is with them."""
LEAD_M = 0.5
"""Helpers keep within this much way of the person, ahead or behind."""


@dataclass(frozen=True, kw_only=True)
class Needs:
    """Who needs help, per person: number of helpers (0 for none), their speed, reach, and who may help.

    needs: uint8. speed, reach: float64, m/s and m. helps: uint8 (populations needing, people), 1 for helpers;
    by: int16 (people,), row of `helps` for those in need.
    """

    needs: npt.NDArray[np.uint8]
    speed: npt.NDArray[np.float64]
    reach: npt.NDArray[np.float64]
    helps: npt.NDArray[np.uint8]
    by: npt.NDArray[np.int16]


class Assistance(Behaviour):
    """All who need help, and all who help."""

    def __init__(self, needs: Needs, people: Table, world: World) -> None:
        self._needs, self._people, self._world = needs, people, world
        self.table = Table(
            "assistance",
            len(people),
            {"charge": "i4", "is_with": "u1", "has_met": "u1", "aim_x": "f8", "aim_y": "f8"},
        )
        self.table.charge[:] = -1
        self._ways = WaysTo(world.ground)
        self._in_need = np.flatnonzero(needs.needs > 0)

    @property
    def state(self) -> list[Table]:
        """Tables that a later step reads."""
        return [self.table]

    def before_choice(self, crowd: CrowdSystem, tick: int) -> None:
        """Assign helpers, once a second, and let those who are with somebody take over the goal."""
        every = max(1, self._world.ticks(LOOK_EVERY_S))
        if tick // every > (tick - crowd.step_ticks) // every:
            self._assign()
            self._find_aims()
        people, table = self._people, self.table
        helpers = self._helpers()
        charge = table.charge[helpers]
        reach = BESIDE_M + people.radius[helpers] + people.radius[charge]
        apart = np.hypot(people.x[helpers] - people.x[charge], people.y[helpers] - people.y[charge])
        table.is_with[helpers] = apart <= np.where(table.is_with[helpers] == 1, 2.0 * reach, reach)
        together = helpers[table.is_with[helpers] == 1]
        table.has_met[together] = 1
        charge = table.charge[together]
        leaves = people.is_leaving[charge] == 1
        together, charge = together[leaves], charge[leaves]
        people.is_leaving[together] = 1
        people.is_walking[together] = people.is_walking[charge]
        people.is_in_goal[together] = 0
        people.goal[together] = people.goal[charge]
        people.move_tick[together] = np.where(
            people.move_tick[together] < 0, tick, people.move_tick[together]
        )
        crowd.choice.is_led[helpers] = 1

    def adjust_wishes(
        self,
        crowd: CrowdSystem,
        tick: int,
        speed: npt.NDArray[np.float64],
        desired_x: npt.NDArray[np.float64],
        desired_y: npt.NDArray[np.float64],
    ) -> None:
        """Let people wait for help, helpers come, and both move at the assisted speed."""
        people, table, needs = self._people, self.table, self._needs
        rows = self._in_need[
            (people.state[self._in_need] == INSIDE) & (people.is_leaving[self._in_need] == 1)
        ]
        has_enough = self._count_with()[rows] >= needs.needs[rows]
        speed[rows[~has_enough]] = 0.0
        moving = rows[has_enough & (people.is_walking[rows] == 1)]
        speed[moving] = needs.speed[moving] * people.speed_factor[moving]
        helpers = self._helpers()
        helpers = helpers[people.held_by[helpers] == 0]
        dx, dy = table.aim_x[helpers] - people.x[helpers], table.aim_y[helpers] - people.y[helpers]
        distance = np.maximum(np.hypot(dx, dy), 1e-9)
        comes = table.is_with[helpers] == 0
        coming = helpers[comes]
        speed[coming] = people.desired_speed[coming] * people.speed_factor[coming] * (distance[comes] > 0.1)
        desired_x[coming], desired_y[coming] = (dx / distance)[comes], (dy / distance)[comes]
        for i in helpers[~comes]:
            self._go_with(int(i), speed, desired_x, desired_y)

    def _go_with(
        self,
        i: int,
        speed: npt.NDArray[np.float64],
        desired_x: npt.NDArray[np.float64],
        desired_y: npt.NDArray[np.float64],
    ) -> None:
        # At the person's speed, in the person's direction; whoever is ahead lets the person come up.
        people, world = self._people, self._world
        j = int(self.table.charge[i])
        goal = int(people.goal[j])
        speed[i] = speed[j]
        desired_x[i], desired_y[i] = desired_x[j], desired_y[j]
        if goal < 0:
            speed[i] = 0.0
            return
        dx, dy = people.x[j] - people.x[i], people.y[j] - people.y[i]
        apart = float(np.hypot(dx, dy))
        if apart > BESIDE_M + people.radius[i] + people.radius[j]:  # pushed off: back to the person
            speed[i] = people.desired_speed[i] * people.speed_factor[i]
            desired_x[i], desired_y[i] = dx / apart, dy / apart
            return
        ground, cost = world.ground, world.goals.costs[goal]
        ahead = cost_at(cost, people.x[j], people.y[j], ground.x0, ground.y0, ground.cell) - cost_at(
            cost, people.x[i], people.y[i], ground.x0, ground.y0, ground.cell
        )
        if ahead > LEAD_M:  # let the person come up, but never stand in their way
            is_close = apart < people.radius[i] + people.radius[j] + LEAD_M
            speed[i] = 0.9 * speed[j] if is_close else 0.0
        elif ahead < -LEAD_M:  # behind: catch up
            speed[i] = min(people.desired_speed[i] * people.speed_factor[i], 1.3 * speed[j])

    def _helpers(self) -> npt.NDArray[np.intp]:
        people, charge = self._people, self.table.charge
        helpers = np.flatnonzero((charge >= 0) & (people.state == INSIDE))
        return helpers[people.state[charge[helpers]] == INSIDE]

    def _count_with(self) -> npt.NDArray[np.int64]:
        people, table = self._people, self.table
        counted = (people.state == INSIDE) & (table.is_with == 1)
        counted |= (people.state == LEFT) & (table.has_met == 1)
        counted &= table.charge >= 0
        return np.bincount(table.charge[counted], minlength=len(people))

    def _assign(self) -> None:
        people, table, needs = self._people, self.table, self._needs
        # whose charge is gone for another reason than leaving together, and who has gone themselves, is free
        assigned = np.flatnonzero(table.charge >= 0)
        gone = (people.state[assigned] == INSIDE) & (people.state[table.charge[assigned]] != INSIDE)
        gone |= (people.state[assigned] != INSIDE) & (table.has_met[assigned] == 0)
        table.charge[assigned[gone]] = -1
        table.is_with[assigned[gone]] = 0
        table.has_met[assigned[gone]] = 0
        waiting = self._in_need[
            (people.state[self._in_need] == INSIDE) & (people.is_leaving[self._in_need] == 1)
        ]
        counts = np.bincount(table.charge[table.charge >= 0], minlength=len(people))
        waiting = waiting[counts[waiting] < needs.needs[waiting]]
        waiting = waiting[np.lexsort((people.uid[waiting], people.move_tick[waiting]))]
        is_free = (people.state == INSIDE) & (table.charge < 0) & (needs.needs == 0) & (people.held_by == 0)
        for i in waiting:
            free = np.flatnonzero(is_free & (needs.helps[needs.by[i]] == 1))
            d = np.hypot(people.x[free] - people.x[i], people.y[free] - people.y[i])
            free, d = free[d <= needs.reach[i]], d[d <= needs.reach[i]]
            for h in free[np.argsort(d, kind="stable")][: int(needs.needs[i]) - int(counts[i])]:
                table.charge[h] = i
                is_free[h] = False

    def _find_aims(self) -> None:
        people, table = self._people, self.table
        for i in self._helpers():
            if table.is_with[i] == 0:
                j = table.charge[i]
                found, x, y = self._ways.aim(people.x[i], people.y[i], people.x[j], people.y[j])
                if not found:  # no way there: free for others, and not asked again while that lasts
                    table.charge[i] = -1
                table.aim_x[i], table.aim_y[i] = x, y
