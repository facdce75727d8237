"""Crossing to another part of the ground: who may, where they appear, and who has to wait.

Whoever crosses the line of a passage is taken over if that is their way: on to a flight of stairs at once, at the
same place along the line or the nearest free one; on to an escalator or into a lift when it takes them. Everybody
else stays where the step began, so a jam beyond a line spills back over it. Where two people want to change sides
and each stands in the other's way, they swap.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.crowd.behaviour import Behaviour, Rows
from impetus_sim.crowd.storeys.escalator import Escalators, EscalatorSpec
from impetus_sim.crowd.storeys.lift import Lifts, LiftSpec
from impetus_sim.crowd.storeys.lines import Line, free_spot, line_of, turn
from impetus_sim.crowd.storeys.riders import riders_table
from impetus_sim.crowd.system import CrowdSystem
from impetus_sim.world.goals import Goals
from impetus_sim.world.passages import EVERYONE, Link
from impetus_sim.world.tables import CLOSED
from impetus_sim.world.world import World

WAIT_M = 1.0
"""People wait for a lift this far from its door, so that others can get out."""
AS_GOOD_M = 0.05
"""A link is on somebody's way when it costs no more than this above the best."""
SAME_SIZE_M = 0.01


class Connections(Behaviour):
    """All connections of one run.

    Parameters
    ----------
    world
        With passages; its goals are replaced when a connection opens or closes.
    links
        Every link, whether it can be used now or not.
    escalators, lifts
        The connections that carry people; links of all others are walked.
    mobility
        int16 (people,): class of mobility of each person.
    goals_for
        From the status of the connections to the fields; called when one changes.
    """

    def __init__(
        self,
        world: World,
        links: Sequence[Link],
        *,
        escalators: Sequence[EscalatorSpec],
        lifts: Sequence[LiftSpec],
        mobility: npt.NDArray[np.int16],
        goals_for: Callable[[npt.NDArray[np.uint8]], Goals],
    ) -> None:
        ground = world.ground
        self._world, self._mobility, self._goals_for = world, mobility, goals_for
        self._lines = [line_of(ground, k) for k in range(len(ground.line_names))]
        self._links_from: dict[int, list[Link]] = {}
        for link in links:
            self._links_from.setdefault(link.source, []).append(link)
        n = len(mobility)
        self.riders = riders_table(n)
        status = world.connections
        self.escalators = Escalators(tuple(escalators), self._lines, self.riders, status)
        self.lifts = Lifts(tuple(lifts), self._lines, self.riders, status)
        self._known = Table("connections_known", len(status), {"status": "u1"})
        self._known.status[:] = status.status
        self._x, self._y = np.zeros(n), np.zeros(n)

    @property
    def state(self) -> list[Table]:
        """Riders, belts, cars, and the status that the fields were built for."""
        return [self.riders, self.escalators.table, self.lifts.table, self._known]

    def restored(self, crowd: CrowdSystem) -> None:
        """Build the fields for the status at the moment."""
        self._world.goals = self._goals_for(self._known.status)

    def before_choice(self, crowd: CrowdSystem, tick: int) -> None:
        """Build the fields anew when a connection has opened, stopped or closed."""
        status = self._world.connections.status
        if not np.array_equal(status, self._known.status):
            self._known.status[:] = status
            self._world.goals = self._goals_for(status)

    def adjust_wishes(
        self,
        crowd: CrowdSystem,
        tick: int,
        speed: npt.NDArray[np.float64],
        desired_x: npt.NDArray[np.float64],
        desired_y: npt.NDArray[np.float64],
    ) -> None:
        """Let people wait for lifts, and call them; note where everybody is."""
        people, rows = crowd.people, crowd.inside
        self._x[rows], self._y[rows] = people.x[rows], people.y[rows]
        if not self.lifts.specs:
            return
        waiting = np.zeros(len(people), bool)
        for spec in self.lifts.specs:
            for line in spec.lines:
                distance = self._lines[line].distance(people.x[rows], people.y[rows])
                near = rows[(distance < WAIT_M) & (people.is_walking[rows] == 1)]
                near = near[[self._best_link(crowd, int(i), line) is not None for i in near]]
                if not len(near):
                    continue
                waiting[near] = True
                fresh = near[self.riders.since_tick[near] < 0]
                self.riders.since_tick[fresh] = tick
                n = self.lifts.places_left(spec.number, line)
                if n <= 0:
                    self.lifts.call(spec.number, line)
                # first come, first in: the others go on waiting
                order = near[np.argsort(self.riders.since_tick[near], kind="stable")]
                speed[order[max(0, n) :]] = 0.0
        gone = rows[(self.riders.since_tick[rows] >= 0) & ~waiting[rows]]
        self.riders.since_tick[gone] = -1

    def take_over(self, crowd: CrowdSystem, tick: int, rows: Rows, exits: npt.NDArray[np.int16]) -> Rows:
        """Take over those who have crossed a passage; none of them has left."""
        is_mine = exits >= len(self._world.ground.exit_names)
        refused: list[tuple[int, int, Link | None]] = []
        crossing = rows[is_mine]
        lines = dict(zip(crossing.tolist(), exits[is_mine].tolist(), strict=True))
        # back to where the step began, until it is clear who goes on
        people = crowd.people
        people.x[crossing], people.y[crossing] = self._x[crossing], self._y[crossing]
        for row, line in lines.items():
            link = self._best_link(crowd, row, line)
            if link is None or not self._go_on(crowd, tick, row, link):
                refused.append((row, line, link))
        self._swap(crowd, refused)
        back = np.array([row for row, _, _ in refused], np.intp)
        people.vx[back] = people.vy[back] = 0.0
        crowd.doors.give_back(np.array([line for _, line, _ in refused], np.int16))
        return rows[~is_mine]

    def after_move(self, crowd: CrowdSystem, tick: int) -> None:
        """Move belts and cars; people step off where there is room."""
        has_moved = self.escalators.advance(crowd, tick)
        has_moved = self.lifts.advance(crowd, tick) or has_moved
        if has_moved:
            crowd.refresh()

    def _best_link(self, crowd: CrowdSystem, row: int, line: int) -> Link | None:
        # The link from this line that is on the person's way to their goal, if any is.
        people, goals = crowd.people, self._world.goals
        goal, mobility = int(people.goal[row]), int(self._mobility[row])
        if goal < 0 or people.is_in_goal[row]:
            return None
        f = goal + (mobility * len(goals.names) if goals.n_classes > 1 else 0)
        best, least = None, float(goals.line_costs[f, line]) + AS_GOOD_M
        for link in self._links_from.get(line, ()):
            usable = self._known.status[link.connection] != CLOSED
            allowed = mobility in link.classes if goals.n_classes > 1 else EVERYONE in link.classes
            cost = float(goals.line_costs[f, link.target]) + link.cost_m
            if usable and allowed and cost <= least:
                best, least = link, cost
        return best

    def _go_on(self, crowd: CrowdSystem, tick: int, row: int, link: Link) -> bool:
        if link.connection in self.lifts:
            return self.lifts.board(crowd, tick, row, link)
        if link.connection in self.escalators:
            return self.escalators.board(crowd, tick, row, link)
        people = crowd.people
        source, target = self._lines[link.source], self._lines[link.target]
        share = 1.0 - source.share(float(people.x[row]), float(people.y[row]))
        others = crowd.inside[people.state[crowd.inside] == 1]
        spot = free_spot(people, row, others, target, share=share)
        if spot is None:
            return False
        people.x[row], people.y[row] = spot
        self._turn(crowd, row, source, target)
        return True

    def _turn(self, crowd: CrowdSystem, row: int, source: Line, target: Line) -> None:
        people = crowd.people
        people.vx[row], people.vy[row] = turn(source, target, float(people.vx[row]), float(people.vy[row]))
        people.facing_x[row], people.facing_y[row] = turn(
            source, target, float(people.facing_x[row]), float(people.facing_y[row])
        )

    def _swap(self, crowd: CrowdSystem, refused: list[tuple[int, int, Link | None]]) -> None:
        # Two who were refused on either side of the same passage, of one size, take each other's place.
        people = crowd.people
        walkers = [
            (row, link)
            for row, _, link in refused
            if link is not None
            and link.connection not in self.lifts
            and link.connection not in self.escalators
        ]
        done: set[int] = set()
        for row, link in walkers:
            for other, back in walkers:
                if row in done or other in done or (back.source, back.target) != (link.target, link.source):
                    continue
                if abs(people.radius[row] - people.radius[other]) > SAME_SIZE_M:
                    continue
                for column in ("x", "y"):
                    pair = people.columns[column]
                    pair[row], pair[other] = pair[other], pair[row]
                done |= {row, other}
        for row, link in walkers:
            if row in done:
                self._turn(crowd, row, self._lines[link.source], self._lines[link.target])
                refused[:] = [entry for entry in refused if entry[0] != row]
