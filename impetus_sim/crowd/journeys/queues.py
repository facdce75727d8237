"""Queues with service: who joins, who stands where, who is called, and how they walk.

People join at the tail and stand at places along the line, in the order of joining. Nobody goes ahead of the one
before; two who join together keep the order in which they enter the line. When the line is full those who come
crowd around its tail, again in the order of joining. A free server calls the first in line; service begins where
the server is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.crowd.journeys.plan import QueuePlan, StagePlan
from impetus_sim.crowd.journeys.tables import AT_SERVER, CALLED, IN_LINE

JOIN_M = 1.0
"""Whoever is this near to the tail, as metres of way, joins."""
LOOK_AHEAD_M = 0.5
"""People in line walk towards the point of the line this far ahead of them."""
BACK_M = 0.3
TOGETHER_S = 3.0
"""Of two who join within this time of each other the one who is ahead by `BACK_M` in the line goes first."""
REACH_M = 1.5
"""Where people in line are is looked for this far ahead and behind along the line."""
AT_PLACE_M = 0.1
AT_HEAD_M = 0.3
AT_SERVER_M = 0.4
AREA_PER_PERSON_M2 = 0.4
"""In the crowd at the tail: 2.5 people per m2."""
SLOW_DOWN_S = 0.4
"""People slow down over the last steps to their place: speed is at most the distance over this."""

Rows = npt.NDArray[np.int64]


class Queues:
    """All queues of one run; acts on the tables of people, journeys and servers.

    Parameters
    ----------
    stages
        All stages, by number.
    together_ticks
        `TOGETHER_S` in ticks.
    """

    def __init__(
        self,
        stages: Sequence[StagePlan],
        people: Table,
        journeys: Table,
        table: Table,
        servers: Table,
        *,
        together_ticks: int,
    ) -> None:
        self._people, self._journeys, self._stages, self._servers = people, journeys, table, servers
        self._together_ticks = together_ticks
        self.plans = {k: stage for k, stage in enumerate(stages) if isinstance(stage, QueuePlan)}
        self._first_server = {k: int(np.flatnonzero(servers.stage == k)[0]) for k in self.plans}

    def line(self, stage: int) -> Rows:
        """Return the rows of those in line and in the crowd at its tail, first to last."""
        journeys = self._journeys
        rows = np.flatnonzero((journeys.phase == IN_LINE) & (journeys.stage == stage))
        return rows[np.argsort(journeys.ticket[rows], kind="stable")]

    def join_reach_m(self, stage: int, n_in_line: int) -> float:
        """Return how near to the tail, as metres of way, somebody joins a line of so many."""
        return JOIN_M + self._crowd_radius(self.plans[stage], n_in_line)

    def join(self, stage: int, rows: Rows, way_m: npt.NDArray[np.float64], tick: int) -> None:
        """Let people join the line, the nearest to the tail first.

        Parameters
        ----------
        way_m
            float64 (len(rows),): their way to the tail, m.
        """
        people, journeys = self._people, self._journeys
        rows = rows[np.lexsort((rows, way_m))]
        n = int(self._stages.n_joined[stage])
        journeys.ticket[rows] = n + np.arange(len(rows))
        self._stages.n_joined[stage] = n + len(rows)
        journeys.phase[rows] = IN_LINE
        journeys.joined_tick[rows] = tick
        journeys.along_m[rows] = self.plans[stage].length_m
        people.goal[rows] = -1
        people.is_walking[rows] = 0
        people.is_in_goal[rows] = 0

    def advance(self, stage: int) -> None:
        """Note how far people in line have come, and let free servers call the first in line."""
        plan, journeys, people = self.plans[stage], self._journeys, self._people
        rows = self.line(stage)
        if not len(rows):
            return
        self._project(plan, rows)
        self._swap(plan, rows)
        rows = self.line(stage)
        for k in range(len(plan.desks)):
            server = self._first_server[stage] + k
            if self._servers.person[server] >= 0 or not len(rows):
                continue
            first = rows[0]
            if journeys.along_m[first] > AT_HEAD_M or people.held_by[first] > 0:
                break
            journeys.phase[first] = CALLED
            journeys.server[first] = server
            self._servers.person[server] = first
            rows = rows[1:]

    def arrived(self) -> Rows:
        """Return the rows of those called who have come to their server."""
        rows = np.flatnonzero(self._journeys.phase == CALLED)
        if not len(rows):
            return rows
        desk = self._desks(rows)
        distance = np.hypot(self._people.x[rows] - desk[:, 0], self._people.y[rows] - desk[:, 1])
        return rows[distance <= AT_SERVER_M]

    def free(self, rows: Rows, *, is_served: bool) -> None:
        """Free the servers of people who are done, or who break off."""
        journeys = self._journeys
        with_server = rows[journeys.server[rows] >= 0]
        at = journeys.server[with_server]
        self._servers.person[at] = -1
        if is_served:
            self._servers.n_served[at] += 1
        journeys.server[with_server] = -1
        journeys.ticket[rows] = -1

    def steer(
        self,
        step_s: float,
        speed: npt.NDArray[np.float64],
        desired_x: npt.NDArray[np.float64],
        desired_y: npt.NDArray[np.float64],
    ) -> None:
        """Write the wishes of everybody in line, called or being served (`Behaviour.adjust_wishes`)."""
        served = np.flatnonzero(self._journeys.phase == AT_SERVER)
        speed[served] = 0.0
        called = np.flatnonzero(self._journeys.phase == CALLED)
        if len(called):
            self._wish(called, self._desks(called), 0.5 * AT_SERVER_M, step_s, speed, desired_x, desired_y)
        for stage, plan in self.plans.items():
            rows = self.line(stage)
            if len(rows):
                self._steer_line(plan, rows, step_s, speed, desired_x, desired_y)

    def _steer_line(
        self,
        plan: QueuePlan,
        rows: Rows,
        step_s: float,
        speed: npt.NDArray[np.float64],
        desired_x: npt.NDArray[np.float64],
        desired_y: npt.NDArray[np.float64],
    ) -> None:
        along = self._journeys.along_m[rows]
        place = np.arange(len(rows)) * plan.spacing
        # a little less than from place to place: else everybody's small gap adds up along the line
        follow_m = plan.spacing - 2.0 * AT_PLACE_M
        in_line, crowd = rows[: plan.n_places], rows[plan.n_places :]
        n = len(in_line)
        # nobody goes ahead of the one before; who is a little ahead stands, who is far ahead goes back
        target = np.maximum(place[:n], np.append(-np.inf, along[: n - 1] + follow_m)[:n])
        target = np.minimum(target, plan.length_m)
        left = along[:n] - target
        is_ahead = (left < 0.0) & (left > -0.5 * plan.spacing)
        ahead = np.where(is_ahead, along[:n], np.maximum(target, along[:n] - LOOK_AHEAD_M))
        self._wish(in_line, plan.at(ahead), AT_PLACE_M, step_s, speed, desired_x, desired_y, extra_m=left)
        if len(crowd):
            tail = np.broadcast_to(plan.points[-1], (len(crowd), 2))
            content = np.array([self._crowd_radius(plan, plan.n_places + k + 1) for k in range(len(crowd))])
            self._wish(crowd, tail, content, step_s, speed, desired_x, desired_y)

    def _wish(
        self,
        rows: Rows,
        aim: npt.NDArray[np.float64],
        content_m: float | npt.NDArray[np.float64],
        step_s: float,
        speed: npt.NDArray[np.float64],
        desired_x: npt.NDArray[np.float64],
        desired_y: npt.NDArray[np.float64],
        *,
        extra_m: float | npt.NDArray[np.float64] = 0.0,
    ) -> None:
        # Walk straight to `aim`; stand within `content_m` of it. extra_m: way left beyond the aim.
        people = self._people
        dx, dy = aim[:, 0] - people.x[rows], aim[:, 1] - people.y[rows]
        distance = np.hypot(dx, dy)
        far = (distance > content_m) & (people.held_by[rows] == 0)
        left = np.maximum(distance, extra_m)
        desired_x[rows] = np.where(far, dx / np.maximum(distance, 1e-9), 0.0)
        desired_y[rows] = np.where(far, dy / np.maximum(distance, 1e-9), 0.0)
        walking = people.desired_speed[rows] * people.speed_factor[rows]
        speed[rows] = np.where(far, np.minimum(walking, left / max(SLOW_DOWN_S, step_s)), 0.0)

    def _project(self, plan: QueuePlan, rows: Rows) -> None:
        # The nearest point of the line not far from where they were: lanes of a line that winds lie side by side.
        people, journeys = self._people, self._journeys
        rows = rows[: plan.n_places]
        reach = int(REACH_M / plan.step_m)
        at = np.round(journeys.along_m[rows] / plan.step_m).astype(np.intp)
        window = np.clip(at[:, None] + np.arange(-reach, reach + 1), 0, len(plan.points) - 1)
        points = plan.points[window]
        distance2 = (points[:, :, 0] - people.x[rows][:, None]) ** 2
        distance2 += (points[:, :, 1] - people.y[rows][:, None]) ** 2
        nearest = np.argmin(distance2, axis=1)
        journeys.along_m[rows] = window[np.arange(len(rows)), nearest] * plan.step_m

    def _swap(self, plan: QueuePlan, rows: Rows) -> None:
        journeys = self._journeys
        n = min(len(rows), plan.n_places)
        for k in range(n - 1):
            a, b = rows[k], rows[k + 1]
            together = abs(int(journeys.joined_tick[b] - journeys.joined_tick[a])) <= self._together_ticks
            if together and journeys.along_m[b] < journeys.along_m[a] - BACK_M:
                journeys.ticket[a], journeys.ticket[b] = journeys.ticket[b], journeys.ticket[a]
                rows[k], rows[k + 1] = b, a

    def _crowd_radius(self, plan: QueuePlan, n_in_line: int) -> float:
        return math.sqrt(max(0, n_in_line - plan.n_places) * AREA_PER_PERSON_M2 / math.pi)

    def _desks(self, rows: Rows) -> npt.NDArray[np.float64]:
        journeys = self._journeys
        desks = np.empty((len(rows), 2))
        for k, row in enumerate(rows):
            stage, server = int(journeys.stage[row]), int(journeys.server[row])
            desks[k] = self.plans[stage].desks[server - self._first_server[stage]]
        return desks
