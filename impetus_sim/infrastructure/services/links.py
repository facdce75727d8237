"""Whether telemetry of an asset is seen and commands reach it, and what it was last commanded to do.

Telemetry and commands travel over what an asset needs of TELECOM; commands also need whom it needs for CONTROL. An
asset without control keeps the level it was last told; what it is commanded meanwhile is carried out when
commands reach it again. Loss of view alone changes nothing but what is seen.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.infrastructure.change import NO_CAUSE
from impetus_sim.world.assets import Service

_VIEW_NEEDS: Final = 1 << Service.TELECOM
_CONTROL_NEEDS: Final = _VIEW_NEEDS | 1 << Service.CONTROL


class Links:
    """View and control of all assets.

    Parameters
    ----------
    states
        The table of asset states; has_view, has_control, told and reading are written here.
    """

    def __init__(self, states: Table) -> None:
        n = len(states)
        self._states = states
        columns = {
            "commanded": "f8",
            "spoofed": "f8",
            "view_open": "u1",
            "control_open": "u1",
            "spoof_cause": "i8",
            "view_cause": "i8",
        }
        self.table = Table("services_links", n, columns)
        self.table.commanded[:] = 1.0
        self.table.spoofed[:] = np.nan
        self.table.view_open[:] = 1
        self.table.control_open[:] = 1
        self.table.spoof_cause[:] = NO_CAUSE
        self.table.view_cause[:] = NO_CAUSE

    def command(self, asset: int, level: float, *, by_hand: bool) -> bool:
        """Command a level; return whether it is carried out now."""
        self.table.commanded[asset] = level
        if not by_hand and not self._states.has_control[asset]:
            return False
        self._states.told[asset] = level
        return True

    def open_view(self, asset: int, is_open: bool) -> None:
        """Let telemetry through, or hold it back."""
        self.table.view_open[asset] = is_open

    def open_control(self, asset: int, is_open: bool) -> None:
        """Let commands through, or hold them back."""
        self.table.control_open[asset] = is_open

    def spoof(self, asset: int, reading: float) -> None:
        """Let telemetry say something else than the truth; nan for the truth again."""
        self.table.spoofed[asset] = reading

    def follow(self, asset: int) -> dict[str, bool]:
        """Bring view and control of an asset to date; return which of ``view`` and ``control`` changed, to what."""
        states, changed = self._states, {}
        unmet = int(states.unmet[asset])
        view = bool(self.table.view_open[asset]) and not unmet & _VIEW_NEEDS
        control = bool(self.table.control_open[asset]) and not unmet & _CONTROL_NEEDS
        if view != bool(states.has_view[asset]):
            states.has_view[asset] = changed["view"] = view
        if control != bool(states.has_control[asset]):
            states.has_control[asset] = changed["control"] = control
        return changed

    def catch_up(self, asset: int) -> bool:
        """Tell an asset that has control what it was last commanded; return whether that is news to it."""
        states = self._states
        if not states.has_control[asset] or states.told[asset] == self.table.commanded[asset]:
            return False
        states.told[asset] = self.table.commanded[asset]
        return True

    def read(self, assets: npt.NDArray[np.int64] | list[int]) -> None:
        """Bring what the telemetry of some assets says to date."""
        states, spoofed = self._states, self.table.spoofed[assets]
        true = np.where(np.isnan(spoofed), states.level[assets], spoofed)
        states.reading[assets] = np.where(states.has_view[assets] != 0, true, math.nan)
