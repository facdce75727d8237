"""Collision-Free Speed Model V2 (Tordeux, Chraibi, Seyfried 2016; version 2 as in JuPedSim 1.4).

People walk as fast as the free gap ahead allows, in their desired direction bent by repulsion from
neighbours and walls. First order in time: no inertia, no overlap through acceleration. Equations and
parameters: docs/models/collision_free_speed.md; the kernel is `crowd.kernels.collision_free_speed`.
"""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.crowd.cells import CellList
from impetus_sim.crowd.kernels.collision_free_speed import SCRATCH, propose_velocities
from impetus_sim.crowd.models.base import WalkingModel
from impetus_sim.crowd.models.surroundings import require_room
from impetus_sim.crowd.neighbours import NeighbourLists
from impetus_sim.kernels.compile import BLOCK
from impetus_sim.registry import register
from impetus_sim.scenario.quantities import FixedMetres, FixedNumber, limits
from impetus_sim.scenario.spec import Spec
from impetus_sim.world.ground import NEAR_WALL_M, WALL_CELL_M, Ground

NEGLIGIBLE = 1e-4
"""Repulsion below this share of the unit desired direction is left out."""
LISTS_HOLD_S = 0.08
"""Lists of neighbours hold for about this long at the fastest walk: longer, and they grow more than they save."""
LONGEST_STEP_S = 0.1
"""With longer steps lists are made anew every step."""


class CollisionFreeSpeedSpec(Spec):
    """Parameters of the model, the same for everybody; radius and time gap come with the profile.

    Parameters
    ----------
    strength, range
        Repulsion between people: amplitude and decay length. JuPedSim 1.4 defaults: 8.0 and 0.1 m.
    wall_strength, wall_range
        Repulsion from walls. JuPedSim 1.4 defaults: 5.0 and 0.02 m.
    """

    strength: Annotated[FixedNumber, limits(low=0.0, high=100.0)] = 8.0
    range: Annotated[FixedMetres, limits(low=0.001, high=1.0)] = 0.1
    wall_strength: Annotated[FixedNumber, limits(low=0.0, high=100.0)] = 5.0
    wall_range: Annotated[FixedMetres, limits(low=0.001, high=0.05)] = 0.02


@register("walking_models", "collision_free_speed")
class CollisionFreeSpeed(WalkingModel):
    """The model over the people of one run; writes `facing_x`, `facing_y` beside the velocities."""

    Spec = CollisionFreeSpeedSpec

    def __init__(self, spec: CollisionFreeSpeedSpec, people: Table, ground: Ground, *, step_s: float) -> None:
        super().__init__(spec, people, ground, step_s=step_s)
        self._max_radius = float(people.radius.max(initial=0.0))
        self._reach = _reach(spec.strength, spec.range)
        self._wall_reach = min(_reach(spec.wall_strength, spec.wall_range), NEAR_WALL_M - self._max_radius)
        n_blocks = max(1, -(-len(people) // BLOCK))
        self._scratch = np.zeros((n_blocks, SCRATCH))
        self._overflow, self._is_stale = np.zeros(n_blocks, np.int64), np.zeros(n_blocks, np.int64)
        self._lists = NeighbourLists(len(people))
        self._free = np.zeros(len(people))
        fastest = float(people.desired_speed.max(initial=0.0))
        steps = max(1, round(LISTS_HOLD_S / step_s)) if step_s <= LONGEST_STEP_S else 0
        self.slack_m = 2.0 * fastest * steps * step_s * 1.001

    def propose(
        self,
        cells: CellList,
        speed: npt.NDArray[np.float64],
        desired_x: npt.NDArray[np.float64],
        desired_y: npt.NDArray[np.float64],
        wall_is_open: npt.NDArray[np.uint8],
    ) -> None:
        """Write the velocity of everybody in `cells` into the people's `vx` and `vy`.

        Parameters
        ----------
        cells
            People inside, sorted by cell.
        speed, desired_x, desired_y
            float64 (people,): wished speed now, m/s, and unit direction.
        wall_is_open
            uint8 (walls,): 1 for the line of an open exit.

        Raises
        ------
        RunFailedError
            When more people stand within reach of one person than there is room for.
        """
        if self._lists.sorts != cells.sorts:
            self._list(cells, speed)
        if self._propose(cells, speed, desired_x, desired_y, wall_is_open):
            cells.sort()  # somebody walks faster than the lists allow for
            self._list(cells, speed)
            self._propose(cells, speed, desired_x, desired_y, wall_is_open)

    def _list(self, cells: CellList, speed: npt.NDArray[np.float64]) -> None:
        rows = cells.order[: cells.n]
        fastest = np.maximum(self.people.desired_speed[rows], speed[rows])
        np.multiply(fastest, self.people.time_gap[rows], out=self._free[: cells.n])
        reach = np.maximum(self._free[: cells.n], self._reach)
        reach += cells.radius[: cells.n]
        reach += self._max_radius + self.slack_m
        self._lists.update(cells, reach)

    def _propose(
        self,
        cells: CellList,
        speed: npt.NDArray[np.float64],
        desired_x: npt.NDArray[np.float64],
        desired_y: npt.NDArray[np.float64],
        wall_is_open: npt.NDArray[np.uint8],
    ) -> bool:
        # Whether somebody walks faster than the lists allow for.
        people, ground, spec, lists = self.people, self.ground, self.spec, self._lists
        propose_velocities(
            cells.order, cells.n, cells.is_here, cells.x, cells.y, cells.radius, lists.first, lists.count,
            lists.of, self._free, speed, people.time_gap, desired_x, desired_y, people.facing_x,
            people.facing_y, spec.strength, spec.range, spec.wall_strength, spec.wall_range, self._reach,
            self._wall_reach, self._max_radius, ground.walls, wall_is_open, ground.x0, ground.y0, WALL_CELL_M,
            ground.wall_columns, ground.near.start, ground.near.of, ground.sight.start, ground.sight.of,
            self._scratch, people.vx, people.vy, self._overflow, self._is_stale,
        )  # fmt: skip
        require_room(self._overflow, cells)
        return bool(self._is_stale[: -(-cells.n // BLOCK)].any())


def _reach(strength: float, decay: float) -> float:
    return decay * math.log(strength / NEGLIGIBLE) if strength > NEGLIGIBLE else 0.0
