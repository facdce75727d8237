"""What doors let through: at most a given flow per metre of width, as handbooks limit it for design.

The walking model alone lets 1.3 to 1.8 persons per second and metre through a door, as laboratories measure
with fit and willing people; guidelines for evacuation design allow no more than 1.33 (IMO MSC.1/Circ.1533;
SFPE: 1.32). Each exit holds an allowance (`impetus_sim.crowd.allowance`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from impetus_sim.crowd.allowance import grow, may_pass
from impetus_sim.world.world import World


class Doors:
    """The flow limit of all exits.

    Parameters
    ----------
    capacity
        Persons per second and metre of width.
    step_s
        Length of a crowd step, s.
    passage_flows
        Persons per second through each passage, in the order of `Ground.passage_names`.
    """

    def __init__(
        self, world: World, *, capacity: float, step_s: float, passage_flows: Sequence[float] = ()
    ) -> None:
        widths = [world.ground.exit_width_m(e) for e in range(len(world.ground.exit_names))]
        self._world = world
        flows = np.concatenate([capacity * np.array(widths, np.float64), np.array(passage_flows, np.float64)])
        self._gain = flows * step_s
        self._lets = np.zeros(len(flows), np.uint8)

    def open_for_step(self) -> npt.NDArray[np.uint8]:
        """Let the allowances grow by one step; return uint8 (exits,): 1 where somebody may cross."""
        exits = self._world.exits
        grow(exits.allowance, self._gain, exits.is_awaited)
        self._lets[:] = may_pass(exits.allowance)
        return self._lets.copy()

    def note_waiting(self, is_refused: npt.NDArray[np.uint8]) -> None:
        """Note where somebody was kept in this step (uint8 per line) by the door's own limit."""
        self._world.exits.is_awaited[(is_refused == 1) & (self._lets == 0)] = 1

    def let_through(self, crossed: npt.NDArray[np.int16]) -> None:
        """Take those who crossed (exit of each) off the allowances."""
        np.subtract.at(self._world.exits.allowance, crossed, 1.0)

    def give_back(self, refused: npt.NDArray[np.int16]) -> None:
        """Put those who crossed and had to turn back (line of each) on the allowances again."""
        np.add.at(self._world.exits.allowance, refused, 1.0)

    def count(self, left: npt.NDArray[np.int16]) -> None:
        """Add those who left (exit of each) to the exits' counts."""
        np.add.at(self._world.exits.n_left, left, 1)
