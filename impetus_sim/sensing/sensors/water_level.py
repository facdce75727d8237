"""Water-level gauges: depth of water above the ground where they stand, m.

A gauge says the depth with normal noise, never below 0; on a dry street, and in a run without a flood, that is
the noise about 0 cut off below it. Radar gauges are good to some millimetres and ultrasonic ones to a centimetre
or so by their makers: the default of 1 cm is a chosen value.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np

from impetus_sim.registry import register
from impetus_sim.scenario.quantities import FixedSeconds, Metres, limits
from impetus_sim.sensing.base import Reading, Said, Sensor, SensorSpec, with_causes
from impetus_sim.sensing.draws import Decision, normals


class WaterLevelSpec(SensorSpec):
    """Gauges.

    Parameters
    ----------
    noise
        Standard deviation of the error, m.
    every
        Time between two readings, s.
    """

    noise: Annotated[Metres, limits(high=1.0)] = 0.01
    every: Annotated[FixedSeconds, limits(above=0.0)] = 60.0


@register("sensors", "water_level")
class WaterLevel(Sensor):
    """Measures the depth of water."""

    Spec = WaterLevelSpec
    says: ClassVar[tuple[Said, ...]] = (Said("water_level", "m"),)

    def read(self, serial: int) -> Reading:
        """Return the depth at each gauge, with noise."""
        devices, water = self.devices, self.scene.water
        noise = self.spec.noise * normals(self.keys, serial, Decision.NOISE)
        if water is None:
            return self.without_cause(np.maximum(noise, 0.0))
        depth = water.amount(devices.x, devices.y)
        return with_causes(np.maximum(depth + noise, 0.0), water.cause(devices.x, devices.y))
