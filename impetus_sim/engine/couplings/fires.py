"""Radiant heat reaches people: burns by dose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.engine.couplings.exposure import Dose, Floats, Rows
from impetus_sim.hazards.burning import BURN_LAWS, thermal_dose_rate
from impetus_sim.hazards.probit import worst_severity

if TYPE_CHECKING:
    from impetus_sim.world.world import World


class FireDose(Dose):
    """Thermal dose of one fire and what it has lit, (W/m2)^(4/3) s; nothing stands between it and people."""

    coupling = "heat_burns_people"

    def __init__(self, name: str, world: World, n_people: int) -> None:
        super().__init__(name, n_people)
        assert world.fires is not None
        self._fires = world.fires

    @property
    def is_present(self) -> bool:
        """Whether something burns."""
        return self._fires.is_burning

    def grow(self, rows: Rows, x: Floats, y: Floats, seconds: float) -> None:
        """Add the dose of the heat where each is."""
        rate = thermal_dose_rate(self._fires.flux_at(x, y, key=self.name))
        hot = rate > 0.0
        self.table.dose[rows[hot]] += rate[hot] * seconds

    def severity(self, rows: Rows, bears: Floats) -> npt.NDArray[np.uint8]:
        """Return how badly people are burnt."""
        worst = np.zeros(len(rows), np.uint8)
        dosed = self.table.dose[rows] > 0.0
        worst[dosed] = worst_severity(self.table.dose[rows[dosed]], BURN_LAWS, bears[dosed])
        return worst
