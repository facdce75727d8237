"""People who come in over time through an exit: each enters when due and when there is room."""

from __future__ import annotations

import math

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
        shapely.prepare(world.ground.polygon)

    @property
    def n_pending(self) -> int:
        """People still to come."""
        return int(np.count_nonzero(self._people.state[self._queue] == PENDING))

    def admit(self, tick: int, inside: npt.NDArray[np.int32], n_inside: int) -> bool:
        """Let in whoever is due and finds room; return whether anybody came in."""
        people = self._people
        due = self._queue[
            (people.state[self._queue] == PENDING) & (people.enter_tick[self._queue] <= tick)
        ]
        others = np.empty(n_inside + len(due), np.int32)
        others[:n_inside] = inside[:n_inside]
        n = n_inside
        for i in due:
            exit_index = self._through[int(people.population[i])]
            if not self._world.exits.is_open[exit_index]:
                continue
            segments = self._world.ground.exit_segments(exit_index)
            lengths = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
            ax, ay, bx, by = segments[int(np.argmax(lengths))]
            r = float(people.radius[i])
            found, x, y = free_spot_on_line(
                self._key, people.uid[i], tick, ax, ay, bx, by, r + INSET_M, r,
                people.x, people.y, people.radius, others, n,
            )  # fmt: skip
            if not found or not self._is_reached(x, y, r + INSET_M, ax, ay, bx, by):
                continue
            people.x[i], people.y[i] = x, y
            people.state[i] = INSIDE
            people.enter_tick[i] = tick
            people.goal[i] = self._goal_of[int(people.population[i])]
            people.is_walking[i] = 1
            others[n] = i
            n += 1
        return n > n_inside

    def _is_reached(
        self, x: float, y: float, inset: float, ax: float, ay: float, bx: float, by: float
    ) -> bool:
        # Beside a slanting wall a spot may lie behind it: the way in from the line must be on the ground.
        length = math.hypot(bx - ax, by - ay)
        back = (inset - JUST_INSIDE_M) / length
        way = shapely.LineString([(x + back * (by - ay), y - back * (bx - ax)), (x, y)])
        return bool(shapely.contains_properly(self._world.ground.polygon, way))
