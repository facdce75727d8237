"""People who come in over time through an exit: each enters when due and when there is room."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from impetus_sim import rng
from impetus_sim.arrays import Table
from impetus_sim.crowd.kernels.place import free_spot_on_line
from impetus_sim.crowd.population import INSIDE, PENDING
from impetus_sim.world.world import World

INSET_M = 0.3
"""People appear this far inside the exit line, plus their radius, so that they do not leave again at once."""
JUST_INSIDE_M = 0.01
PATIENCE = 8
"""In a step an exit lets nobody else in after this many have found no room: those behind them wait."""


@dataclass(frozen=True, kw_only=True)
class OneWay:
    """A rule by which people come in through some exits only while it holds.

    ways_in, ways_out: numbers of exits. holds: whether it does at present.
    """

    ways_in: frozenset[int]
    ways_out: frozenset[int]
    holds: Callable[[], bool]


class Arrivals:
    """Lets pending people in.

    Parameters
    ----------
    through
        Population index to exit index, for populations that arrive.
    goal_of
        Population index to goal index: the area they walk to.
    """

    def __init__(
        self,
        people: Table,
        world: World,
        *,
        through: dict[int, int],
        goal_of: dict[int, int],
        seed: int,
        replicate: int,
    ) -> None:
        self._people, self._world = people, world
        self._through, self._goal_of = through, goal_of
        self._key = rng.stream_key(seed, replicate, "crowd.arrival")
        self._queue = np.flatnonzero(people.state == PENDING)
        self._queue = self._queue[np.argsort(people.enter_tick[self._queue], kind="stable")]
        self.one_ways: Sequence[OneWay] = ()
        """Rules that interventions set; the first that holds and names an exit counts."""
        shapely.prepare(world.ground.polygon)

    def admit(self, tick: int, inside: npt.NDArray[np.int32], n_inside: int) -> bool:
        """Let in whoever is due and finds room; return whether anybody came in."""
        if not len(self._queue):
            return False
        people = self._people
        due = self._queue[(people.state[self._queue] == PENDING) & (people.enter_tick[self._queue] <= tick)]
        if not len(due):
            return False
        n_admitted = 0
        for exit_index in np.unique([self._through[int(k)] for k in people.population[due]]):
            if self._lets_in(int(exit_index)):
                waiting = due[[self._through[int(k)] == exit_index for k in people.population[due]]]
                n_admitted += self._admit_through(int(exit_index), waiting, tick, inside[:n_inside])
        return n_admitted > 0

    def _lets_in(self, exit_index: int) -> bool:
        for rule in self.one_ways:
            if exit_index in rule.ways_in | rule.ways_out and rule.holds():
                return exit_index in rule.ways_in
        return bool(self._world.exits.is_open[exit_index])

    def _admit_through(
        self, exit_index: int, waiting: npt.NDArray[np.intp], tick: int, inside: npt.NDArray[np.int32]
    ) -> int:
        people = self._people
        segments = self._world.ground.exit_segments(exit_index)
        lengths = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
        ax, ay, bx, by = segments[int(np.argmax(lengths))]
        others = self._near(inside, ax, ay, bx, by, room=len(waiting))
        n = len(others) - len(waiting)
        n_admitted = n_refused = 0
        for i in waiting:
            r = float(people.radius[i])
            found, x, y = free_spot_on_line(
                self._key, people.uid[i], tick, ax, ay, bx, by, r + INSET_M, r,
                people.x, people.y, people.radius, others, n,
            )  # fmt: skip
            if not found or not self._is_reached(x, y, r + INSET_M, ax, ay, bx, by):
                n_refused += 1
                if n_refused == PATIENCE:
                    break
                continue
            people.x[i], people.y[i] = x, y
            people.state[i] = INSIDE
            people.enter_tick[i] = tick
            people.goal[i] = self._goal_of[int(people.population[i])]
            people.is_walking[i] = 1
            others[n] = i
            n += 1
            n_admitted += 1
        return n_admitted

    def _near(
        self, inside: npt.NDArray[np.int32], ax: float, ay: float, bx: float, by: float, *, room: int
    ) -> npt.NDArray[np.int32]:
        # Whoever may touch a body that stands INSET_M and its radius inside the line; with room for `room` more.
        people = self._people
        reach = INSET_M + 3.0 * float(people.radius.max(initial=0.0))
        x, y = people.x[inside], people.y[inside]
        is_near = (x > min(ax, bx) - reach) & (x < max(ax, bx) + reach)
        is_near &= (y > min(ay, by) - reach) & (y < max(ay, by) + reach)
        return np.concatenate([inside[is_near], np.zeros(room, np.int32)])

    def _is_reached(
        self, x: float, y: float, inset: float, ax: float, ay: float, bx: float, by: float
    ) -> bool:
        # Beside a slanting wall a spot may lie behind it: the way in from the line must be on the ground.
        length = math.hypot(bx - ax, by - ay)
        back = (inset - JUST_INSIDE_M) / length
        way = shapely.LineString([(x + back * (by - ay), y - back * (bx - ax)), (x, y)])
        return bool(shapely.contains_properly(self._world.ground.polygon, way))
