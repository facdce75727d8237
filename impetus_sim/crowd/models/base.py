"""The interface of walking models.

Write: a frozen `Spec` and a class with `propose`, registered in the family ``walking_models``. What comes for
free: exits and ways, walls that nobody passes, arrivals, threats, checkpoints, recording, the contract test and
the verification suite. A model keeps no state of its own: what its next step reads is in the table of people.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.crowd.cells import CellList
from impetus_sim.scenario.spec import Spec
from impetus_sim.world.ground import Ground


class WalkingModel(ABC):
    """A walking model over the people of one run.

    Parameters
    ----------
    spec
        Its section of the scenario.
    people
        The table of people.
    ground
        Walls.
    step_s
        Length of a crowd step, s.

    `slack_m` is how far, together, two people may have moved since people were last sorted by cell. At 0, unless
    a model sets it, they are sorted every step; see `crowd.cells.CellList` for what a slack means.
    """

    Spec: ClassVar[type[Spec]]
    kind: ClassVar[str]

    def __init__(self, spec: Any, people: Table, ground: Ground, *, step_s: float) -> None:
        self.spec = spec
        self.people = people
        self.ground = ground
        self.step_s = step_s
        self.slack_m = 0.0

    @abstractmethod
    def propose(
        self,
        cells: CellList,
        speed: npt.NDArray[np.float64],
        desired_x: npt.NDArray[np.float64],
        desired_y: npt.NDArray[np.float64],
        wall_is_open: npt.NDArray[np.uint8],
    ) -> None:
        """Write the velocity for the coming step of everybody in `cells` into the people's `vx` and `vy`.

        On entry `vx` and `vy` hold the velocity realised in the step before, which models with inertia go on
        from. Walls are kept by the step that follows; a model need not be safe against them.

        Parameters
        ----------
        cells
            People inside, sorted by cell.
        speed, desired_x, desired_y
            float64 (people,): wished speed now, m/s, and unit direction; speed 0 for whoever stands.
        wall_is_open
            uint8 (walls,): 1 for the line of an open exit or gate.
        """
