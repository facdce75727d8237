"""Air samplers: the concentration of a substance where they stand.

Below the detection limit a sampler says 0; above it, the truth times one plus normal noise. With `averages` it
collects all through the time since its last reading, as bio-collectors do, and says the mean; how long the
analysis takes is the lag: seconds for an electrochemical cell, minutes for a collector that moves bacteria into
water and counts them.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np

from impetus_sim.arrays import Table
from impetus_sim.errors import InvalidInputError
from impetus_sim.registry import register
from impetus_sim.scenario.quantities import FixedSeconds, Number, Share, limits
from impetus_sim.sensing.base import Reading, Said, Sensor, SensorContext, SensorSpec, with_causes
from impetus_sim.sensing.draws import Decision, normals

COLLECT_EVERY_S = 1.0


class AirSamplerSpec(SensorSpec):
    """Samplers of air.

    Parameters
    ----------
    substance
        What it measures: ``smoke`` (extinction, 1/m), ``co``, ``co2``, or a plume by the name of its hazard
        (mg/m3).
    limit
        Concentration below which it says 0, in the same unit.
    noise
        Standard deviation of its error, as a share of the truth.
    averages
        Whether it says the mean since its last reading; otherwise what there is at that moment.
    every, lag
        Time between two readings, and until one can be read, s.
    """

    substance: str = "co"
    limit: Annotated[Number, limits(low=0.0)] = 0.0
    noise: Share = 0.05
    averages: bool = False
    every: Annotated[FixedSeconds, limits(above=0.0)] = 10.0
    lag: FixedSeconds = 30.0


@register("sensors", "air_sampler")
class AirSampler(Sensor):
    """Measures what is in the air."""

    Spec = AirSamplerSpec
    says: ClassVar[tuple[Said, ...]] = (Said("concentration", "mg/m3"),)

    def __init__(self, name: str, spec: AirSamplerSpec, context: SensorContext) -> None:
        super().__init__(name, spec, context)
        known = context.scene.substances
        if spec.substance not in known:
            raise InvalidInputError(
                f"substance: the run has no '{spec.substance}'", hint=f"one of {', '.join(sorted(known))}"
            )
        self._substance = known[spec.substance]
        self._table = Table(f"sensor_{name}", len(self.devices), {"sum": "f8", "n": "i8"})
        if spec.averages:
            self.scan_every_s = COLLECT_EVERY_S

    @property
    def state(self) -> list[Table]:
        """What has been collected since the last reading."""
        return [self._table]

    def scan(self) -> None:
        """Collect air; a device that does not work collects none."""
        at = self._substance.amount(self.devices.x, self.devices.y)
        self._table.sum[self.is_on] += at[self.is_on]
        self._table.n[self.is_on] += 1

    def read(self, serial: int) -> Reading:
        """Return the concentration, with noise."""
        spec, table, devices = self.spec, self._table, self.devices
        if spec.averages:
            true = np.where(table.n > 0, table.sum / np.maximum(table.n, 1), np.nan)
            table.sum[:], table.n[:] = 0.0, 0
        else:
            true = self._substance.amount(devices.x, devices.y)
        factor = 1.0 + spec.noise * normals(self.keys, serial, Decision.NOISE)
        said = np.where(true < spec.limit, 0.0, true * np.maximum(factor, 0.0))
        return with_causes(said, self._substance.cause(devices.x, devices.y))
