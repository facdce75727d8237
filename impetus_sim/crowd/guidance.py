"""Exits to which people have been sent, by a message, a sign or staff, and how far they follow."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.crowd.behaviour import Behaviour
from impetus_sim.crowd.influences.base import Influence


class Guidance(Behaviour, Influence):
    """Remembers the last exit that each person was told and means to use.

    Parameters
    ----------
    exit_of, worth_s_of
        Name of an intervention to the exit it names, and to the seconds for which people follow it.
    """

    def __init__(self, n_people: int, *, exit_of: dict[str, int], worth_s_of: dict[str, float]) -> None:
        self._exit_of, self._worth_s_of = exit_of, worth_s_of
        self.told = Table("guidance", n_people, {"exit": "i2", "worth_s": "f8"})
        self.told.exit[:] = -1

    @property
    def state(self) -> list[Table]:
        """Tables that a later step reads."""
        return [self.told]

    def tell(self, rows: npt.NDArray[np.intp], name: str) -> None:
        """Tell people the exit of an intervention; nothing where it names none."""
        if name in self._exit_of:
            self.told.exit[rows] = self._exit_of[name]
            self.told.worth_s[rows] = self._worth_s_of[name]

    def weigh(self, due: npt.NDArray[np.int32], out_s: npt.NDArray[np.float64]) -> None:
        """Take the worth of what they were told off that exit."""
        knows = np.flatnonzero(self.told.exit[due] >= 0)
        out_s[knows, self.told.exit[due[knows]]] -= self.told.worth_s[due[knows]]
