"""People who cannot walk: they stay where they are, in the way of others, and wish for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.crowd.behaviour import Behaviour, Rows

if TYPE_CHECKING:
    from impetus_sim.crowd.system import CrowdSystem


class Lying(Behaviour):
    """A behaviour by which people come to lie where they are.

    What a subclass writes: `is_down`, and `lay_down` of those who fall.
    """

    _n_down = 0

    @property
    def is_down(self) -> npt.NDArray[np.bool_]:
        """bool (people,): who lies."""
        raise NotImplementedError(f"{type(self).__name__} does not say who lies")

    def lay_down(self, crowd: CrowdSystem, rows: Rows) -> None:
        """Let people fall where they are; they never walk again."""
        people = crowd.people
        self._n_down += len(rows)
        people.is_walking[rows] = 0
        people.vx[rows] = people.vy[rows] = 0.0

    def before_choice(self, crowd: CrowdSystem, tick: int) -> None:
        """Keep those who lie from starting to walk."""
        del tick
        if self._n_down:
            crowd.people.is_walking[self._down(crowd.inside)] = 0

    def adjust_wishes(
        self,
        crowd: CrowdSystem,
        tick: int,
        speed: npt.NDArray[np.float64],
        desired_x: npt.NDArray[np.float64],
        desired_y: npt.NDArray[np.float64],
    ) -> None:
        """Let those who lie wish for nothing."""
        del tick, desired_x, desired_y
        if self._n_down:
            speed[self._down(crowd.inside)] = 0.0

    def restored(self, crowd: CrowdSystem) -> None:
        """Count those who lie again."""
        del crowd
        self._n_down = int(np.count_nonzero(self.is_down))

    def _down(self, rows: Rows) -> Rows:
        return rows[self.is_down[rows]]
