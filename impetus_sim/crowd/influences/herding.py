"""People prefer the exit that others in sight make for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.crowd.influences.base import Influence
from impetus_sim.crowd.kernels.look import weigh_others
from impetus_sim.crowd.population import INSIDE
from impetus_sim.crowd.surroundings import Surroundings
from impetus_sim.world.world import World


class HerdingInfluence(Influence):
    """See `impetus_sim.scenario.exit_choice.Herding`.

    Parameters
    ----------
    worth_s, radius_m
        Weight of the others, and how far they are seen.
    """

    def __init__(self, people: Table, world: World, *, worth_s: float, radius_m: float) -> None:
        self._people, self._world, self._worth_s = people, world, worth_s
        self._leaving = Surroundings(len(people), world.ground, reach_m=radius_m)

    def weigh(self, due: npt.NDArray[np.int32], out_s: npt.NDArray[np.float64]) -> None:
        """Take off the worth of the others in sight."""
        people, ground, leaving = self._people, self._world.ground, self._leaving
        is_shown = (people.state == INSIDE) & (people.is_leaving == 1) & (people.is_walking == 1)
        leaving.update(people, np.flatnonzero(is_shown).astype(np.int32))
        weigh_others(
            due, people.x, people.y, people.goal, out_s.shape[1], leaving.order, leaving.start, leaving.x0,
            leaving.y0, leaving.reach, leaving.n_columns, leaving.n_rows, self._worth_s, ground.inside, ground.x0,
            ground.y0, ground.cell, out_s,
        )  # fmt: skip
