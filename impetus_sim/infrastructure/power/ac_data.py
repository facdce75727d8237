"""What AC power flow knows of a network beyond DC flow; see `PowerNetwork.ac`."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LOW_PU, HIGH_PU = 0.9, 1.1
"""What customers may be given: nominal voltage within 10 % (EN 50160)."""


@dataclass(frozen=True, kw_only=True)
class AcData:
    """Values in the order of a network's buses and branches; per unit on `base_mva` and each bus's kV.

    Parameters
    ----------
    base_mva
        Base power.
    kv, load_mvar, shunt_mvar, set_pu
        float (buses,): rated voltage, reactive load, what capacitors feed in at 1 pu, voltage that an outside
        network would hold there.
    resistance_pu, reactance_pu, charging_pu, ratio, shift_deg
        float (branches,): of the pi model, the ideal transformer (1 for lines) at `from_bus`.
    """

    base_mva: float
    kv: Floats
    load_mvar: Floats
    shunt_mvar: Floats
    set_pu: Floats
    resistance_pu: Floats
    reactance_pu: Floats
    charging_pu: Floats
    ratio: Floats
    shift_deg: Floats

    def rebased(self, base_mva: float) -> AcData:
        """Return the same on another base power."""
        factor = base_mva / self.base_mva
        return dataclasses.replace(
            self,
            base_mva=base_mva,
            resistance_pu=self.resistance_pu * factor,
            reactance_pu=self.reactance_pu * factor,
            charging_pu=self.charging_pu / factor,
        )
