"""People whom a surge takes hold of: for a while they wish for nothing but to get to a place, fast and straight.

Serves the world's table of surges (`impetus_sim.world.surges`). Whoever walks, stands or is held goes along; who
lies does not. Walls and others stop them as they stop anybody; at the place they stand and press.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim import rng
from impetus_sim.arrays import Table
from impetus_sim.crowd.behaviour import Behaviour
from impetus_sim.crowd.lying import Lying
from impetus_sim.world.world import World

if TYPE_CHECKING:
    from impetus_sim.crowd.system import CrowdSystem

ARRIVED_M = 0.3
"""Who is this near to the place wishes to stand."""


class Surging(Behaviour):
    """Who surges, whereto, and until when.

    Parameters
    ----------
    people, world
        As in the crowd; the world has surges.
    seed, replicate
        Root of the draws of who goes along.
    """

    def __init__(self, people: Table, world: World, *, seed: int, replicate: int) -> None:
        assert world.surges is not None
        self._people, self._world, self._surges = people, world, world.surges
        self._seed, self._replicate = seed, replicate
        self.table = Table(
            "crowd_surging", len(people), {"until_tick": "i8", "to_x": "f8", "to_y": "f8", "hurry": "f8"}
        )
        self.progress = Table("crowd_surging_progress", 1, {"n_surges": "i8"})

    @property
    def state(self) -> list[Table]:
        """Tables that a later step reads."""
        return [self.table, self.progress]

    def before_choice(self, crowd: CrowdSystem, tick: int) -> None:
        """Let new surges take hold of people."""
        del tick
        for k in range(int(self.progress.n_surges[0]), len(self._surges)):
            self._take_hold(crowd, k)
        self.progress.n_surges[0] = len(self._surges)

    def adjust_wishes(
        self,
        crowd: CrowdSystem,
        tick: int,
        speed: npt.NDArray[np.float64],
        desired_x: npt.NDArray[np.float64],
        desired_y: npt.NDArray[np.float64],
    ) -> None:
        """Let them wish to get to the place."""
        people, table, rows = self._people, self.table, crowd.inside
        rows = rows[table.until_tick[rows] >= tick]
        for behaviour in crowd.behaviours:
            if isinstance(behaviour, Lying):
                rows = rows[~behaviour.is_down[rows]]
        if not len(rows):
            return
        dx, dy = table.to_x[rows] - people.x[rows], table.to_y[rows] - people.y[rows]
        apart = np.hypot(dx, dy)
        is_there = apart <= ARRIVED_M
        safe = np.maximum(apart, ARRIVED_M)
        wished = people.desired_speed[rows] * people.speed_factor[rows] * table.hurry[rows]
        speed[rows] = np.where(is_there, 0.0, wished)
        desired_x[rows], desired_y[rows] = dx / safe, dy / safe
        norm = np.hypot(desired_x[rows], desired_y[rows])
        far = rows[norm > 0.0]
        desired_x[far] /= norm[norm > 0.0]
        desired_y[far] /= norm[norm > 0.0]

    def _take_hold(self, crowd: CrowdSystem, k: int) -> None:
        s, people, table = self._surges, self._people, self.table
        rows = crowd.inside
        apart = self._world.sheets.distance(people.x[rows], people.y[rows], float(s.x[k]), float(s.y[k]))
        rows = rows[apart <= s.reach_m[k]]
        stream = f"crowd.surge.{s.key[k].decode()}"
        u = rng.draw_uniforms(self._seed, self._replicate, stream, people.uid[rows])[:, 0]
        rows = rows[u < s.share[k]]
        table.until_tick[rows] = s.until_tick[k]
        table.to_x[rows], table.to_y[rows], table.hurry[rows] = s.to_x[k], s.to_y[k], s.hurry[k]
        self._world.log(
            "people_surge",
            s.key[k].decode(),
            x=float(s.to_x[k]),
            y=float(s.to_y[k]),
            causes=[int(s.event[k])],
            people=len(rows),
        )
