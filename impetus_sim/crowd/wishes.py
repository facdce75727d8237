"""What everybody wants now: a speed and a direction, before neighbours and walls bend them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.crowd.cells import CellList
from impetus_sim.crowd.kernels.desire import desire_directions
from impetus_sim.world.ground import WALL_CELL_M
from impetus_sim.world.world import World


class Wishes:
    """Wished speeds and directions of one run.

    `mobility`, int16 (people,), is the class of mobility of each person, where the ways have several.
    speed: float64 (people,), m/s, 0 for whoever stands. x, y: float64 (people,), unit vector or (0, 0).
    """

    def __init__(self, n_people: int, world: World, *, mobility: npt.NDArray[np.int16] | None = None) -> None:
        self._world, self._mobility = world, mobility
        self.speed, self.x, self.y = np.zeros(n_people), np.zeros(n_people), np.zeros(n_people)
        self._key = np.full((n_people, 1), -1, np.int64)
        self._corners = np.zeros((n_people, 8), np.float32)
        self._seen = (world.goals, world.fields_version)

    def update(self, people: Table, cells: CellList, threats: npt.NDArray[np.float64]) -> None:
        """Fill the wishes of everybody in `cells`.

        Parameters
        ----------
        threats
            float64 (threats, 4): x, y, avoid distance m, strength.
        """
        world, ground, goals = self._world, self._world.ground, self._world.goals
        if self._seen[0] is not goals or self._seen[1] != world.fields_version:
            self._key[:] = -1
            self._seen = (goals, world.fields_version)
        fields = self._fields_of(people.goal)
        desire_directions(
            cells.order, cells.n, people.x, people.y, fields, people.is_walking, people.desired_speed,
            people.speed_factor, people.spot_x, people.spot_y, people.is_in_goal, goals.directions, goals.costs,
            ground.x0, ground.y0, ground.cell, world.solid_walls(), WALL_CELL_M, ground.wall_columns,
            ground.sight.start, ground.sight.of, threats, len(threats), self._key, self._corners,
            self.speed, self.x, self.y,
        )  # fmt: skip

    def _fields_of(self, goal: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
        # The field that leads each person to their goal: each class of mobility has its own.
        if self._mobility is None:
            return goal
        return np.where(goal >= 0, goal + self._mobility * np.int16(len(self._world.goals.names)), goal)
