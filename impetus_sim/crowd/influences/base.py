"""The interface of influences on the choice of an exit."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
import numpy.typing as npt


class Influence(ABC):
    """Something that adds seconds to, or takes them off, the estimated time through an exit.

    An influence keeps no state of its own: it reads tables, or what follows from keyed draws.
    """

    @abstractmethod
    def weigh(self, due: npt.NDArray[np.int32], out_s: npt.NDArray[np.float64]) -> None:
        """Add to `out_s`, float64 (len(due), exits), the seconds that count for each of the rows `due`."""
