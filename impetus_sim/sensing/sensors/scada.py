"""Telemetry of assets as control rooms see it: the level that each reports, 0 to 1, with noise.

What is reported is what the telemetry says, so an attacker's false value comes as it is, and an asset out of view
says nothing. Unlike other devices an asset that gives nothing still reports: that it gives nothing.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from impetus_sim.registry import register
from impetus_sim.scenario.quantities import FixedSeconds, Share, limits
from impetus_sim.sensing.base import Needs, Reading, Said, Sensor, SensorSpec
from impetus_sim.sensing.draws import Decision, normals


class ScadaSpec(SensorSpec):
    """Telemetry.

    Parameters
    ----------
    needs
        The assets, ids or kinds.
    at
        The area in which they are; everywhere when left out.
    every
        Time between two readings, s.
    noise
        Standard deviation of the error, as a share of the full level.
    """

    needs: Annotated[Needs, Field(min_length=1)]
    every: Annotated[FixedSeconds, limits(above=0.0)] = 10.0
    noise: Annotated[Share, limits(high=0.5)] = 0.0


@register("sensors", "scada")
class Scada(Sensor):
    """Reports the levels of assets."""

    Spec = ScadaSpec
    says: ClassVar[tuple[Said, ...]] = (Said("asset_reading", "1"),)
    reports_outage = True

    def read(self, serial: int) -> Reading:
        """Return the level that each asset reports; the system puts false ones in their place."""
        states = self.world.asset_states
        assert states is not None
        level = states.level[self.devices.asset]
        if self.spec.noise > 0.0:
            noise = self.spec.noise * normals(self.keys, serial, Decision.NOISE)
            level = np.clip(level + noise, 0.0, 1.0)
        return self.without_cause(level)
