"""Load of phone cells: calls in progress at each.

The calls that a cell carries (docs/models/telecom.md) are a mean; the calls in progress at a moment vary about it
as a Poisson number, which holds for lines far from full and is too wide for full ones.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from impetus_sim.errors import InvalidInputError
from impetus_sim.registry import register
from impetus_sim.scenario.quantities import FixedSeconds, limits
from impetus_sim.sensing.base import Needs, Reading, Said, Sensor, SensorContext, SensorSpec
from impetus_sim.sensing.draws import Decision, poissons


class CellLoadSpec(SensorSpec):
    """Counters of cells.

    Parameters
    ----------
    needs
        The cells, ids, or the kind ``cell`` for all.
    at
        The area in which they are; everywhere when left out.
    every
        Time between two readings, s.
    """

    needs: Annotated[Needs, Field(min_length=1)] = ("cell",)
    every: Annotated[FixedSeconds, limits(above=0.0)] = 60.0


@register("sensors", "cell_load")
class CellLoad(Sensor):
    """Counts calls at cells."""

    Spec = CellLoadSpec
    says: ClassVar[tuple[Said, ...]] = (Said("phones", "{calls}"),)

    def __init__(self, name: str, spec: CellLoadSpec, context: SensorContext) -> None:
        super().__init__(name, spec, context)
        calls = context.scene.calls
        if calls is None or not set(self.devices.asset.tolist()) <= set(calls()):
            raise InvalidInputError(
                "needs: only cells of the phone network carry calls",
                hint="needs: cell, with infrastructure: {}",
            )
        self._calls = calls

    def read(self, serial: int) -> Reading:
        """Return the calls in progress at each cell."""
        now = self._calls()
        mean = np.array([now[row] for row in self.devices.asset.tolist()], np.float64)
        return self.without_cause(poissons(self.keys, serial, Decision.BACKGROUND, mean))
