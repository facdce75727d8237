"""The interface of laws of walking speed in smoke.

Write: a frozen `Spec` and `factor`. Register the class in the family ``smoke_speed_laws``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from impetus_sim.scenario.quantities import MetresPerSecond
from impetus_sim.scenario.spec import Spec

Floats = npt.NDArray[np.float64]
LEAST_SPEED_M_S = 1e-6
"""Free speeds are divided by no less than this."""


class SmokeSpeedSpec(Spec):
    """What every law has.

    Parameters
    ----------
    least_speed
        Smoke alone makes nobody slower than this, m/s (0.3 in some cases of NIST TN 1822); 0 for no floor.
    """

    least_speed: MetresPerSecond = 0.0


class SmokeSpeedLaw(ABC):
    """Speed in smoke over free speed.

    Parameters
    ----------
    spec
        Its section, drawn; defaults when left out.
    """

    Spec: ClassVar[type[SmokeSpeedSpec]]
    kind: ClassVar[str]

    def __init__(self, spec: Any = None) -> None:
        self.spec: Any = self.Spec() if spec is None else spec

    @abstractmethod
    def compute(self, extinction: Floats, free_speed: Floats) -> Floats:
        """Return the factor before the floor, shape (n,), from extinction (1/m) and free speed (m/s)."""

    def factor(self, extinction: Floats, free_speed: Floats) -> Floats:
        """Return the factor on free speeds (m/s, shape (n,)); 1 where there is no smoke."""
        factor = np.where(extinction > 0.0, self.compute(extinction, free_speed), 1.0)
        if self.spec.least_speed == 0.0:
            return factor
        floor = np.minimum(1.0, self.spec.least_speed / np.maximum(free_speed, LEAST_SPEED_M_S))
        return np.maximum(factor, floor)
