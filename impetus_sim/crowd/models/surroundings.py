"""What the kernels of several walking models are given: who is where, how they move, walls, and room to work in."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.crowd.cells import CellList
from impetus_sim.crowd.kernels.lanes import ROW
from impetus_sim.crowd.kernels.nearby import MAX_NEIGHBOURS, Places, Walls, gather_motion
from impetus_sim.errors import RunFailedError
from impetus_sim.kernels.compile import BLOCK
from impetus_sim.world.ground import WALL_CELL_M, Ground


class Surroundings:
    """Arrays that a walking model hands to its kernel.

    Parameters
    ----------
    n_rows
        Rows of the kernel's scratch table.

    scratch: float64 (blocks, n_rows * ROW). scratch_of: uint32 (blocks, MAX_NEIGHBOURS). overflow: int64 (blocks,),
    people with more neighbours than fit. most_speed: greatest speed seen, m/s.
    """

    def __init__(self, people: Table, ground: Ground, *, n_rows: int) -> None:
        self._people, self._ground = people, ground
        n_blocks = max(1, -(-len(people) // BLOCK))
        self.max_radius = float(people.radius.max(initial=0.0))
        self.most_speed = 0.0
        self.scratch = np.zeros((n_blocks, n_rows * ROW))
        self.scratch_of = np.zeros((n_blocks, MAX_NEIGHBOURS), np.uint32)
        self.overflow = np.zeros(n_blocks, np.int64)
        self._motion = np.zeros((6, max(1, len(people))))
        self._free_speed = np.zeros(len(people))

    def look(
        self,
        cells: CellList,
        speed: npt.NDArray[np.float64],
        desired_x: npt.NDArray[np.float64],
        desired_y: npt.NDArray[np.float64],
    ) -> npt.NDArray[np.float64]:
        """Return how everybody in `cells` moves, float64 (6, >= cells.n), in cell order; see `gather_motion`."""
        people = self._people
        np.multiply(people.desired_speed, people.speed_factor, out=self._free_speed)
        gather_motion(
            cells.order, cells.n, people.state, speed, self._free_speed, desired_x, desired_y,
            people.vx, people.vy, people.facing_x, people.facing_y, self._motion,
        )  # fmt: skip
        velocity = self._motion[:2, : cells.n]
        self.most_speed = float(np.sqrt((velocity * velocity).sum(axis=0).max(initial=0.0)))
        return self._motion

    def places(self, cells: CellList) -> Places:
        """Return the people in cell order as kernels take them."""
        return Places(
            cells.start, cells.x0, cells.y0, cells.cell, cells.n_columns, cells.n_cells // cells.n_columns,
            cells.x, cells.y, cells.radius,
        )  # fmt: skip

    def walls(self, wall_is_open: npt.NDArray[np.uint8]) -> Walls:
        """Return the walls as kernels take them."""
        ground = self._ground
        return Walls(
            ground.walls, wall_is_open, ground.x0, ground.y0, WALL_CELL_M, ground.wall_columns,
            ground.near.start, ground.near.of, ground.sight.start, ground.sight.of,
        )  # fmt: skip


def require_room(overflow: npt.NDArray[np.int64], cells: CellList) -> None:
    """Raise when more people stood within reach of one person than there is room for.

    Parameters
    ----------
    overflow
        int64 (blocks,): people in the block whom that concerns, as kernels fill it.

    Raises
    ------
    RunFailedError
        How many they are.
    """
    crowded = int(overflow[: -(-cells.n // BLOCK)].sum())
    if crowded:
        raise RunFailedError(
            f"{crowded} people have more than {MAX_NEIGHBOURS} others within reach",
            hint="the crowd is packed beyond what bodies allow: check counts, areas and radii",
        )
