"""Induction loops: vehicles that drove past the end of a street since the last reading.

A loop lies at the downstream end of a link of the drive network, as loops at stop lines do. Each vehicle is missed
with a chance; well-kept loops count to within a few per cent (FHWA, Traffic Detector Handbook, 2006, recalled), so
the default of 2 % is a chosen value in that range.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np
import shapely

from impetus_sim.arrays import Table
from impetus_sim.errors import InvalidInputError
from impetus_sim.registry import register
from impetus_sim.scenario.quantities import Degrees, FixedSeconds, Metres, Share, limits
from impetus_sim.sensing.base import Reading, Said, Sensor, SensorContext, SensorSpec
from impetus_sim.sensing.draws import Decision, binomials
from impetus_sim.sensing.scene import Rows

SAME_LINE_M = 0.5
"""Links as near as this to the nearest one are the same street, such as its other direction."""
SAME_WAY_DEG = 60.0


class LoopCounterSpec(SensorSpec):
    """Loops at a place on a street; away from junctions, it is the street meant.

    Parameters
    ----------
    heading
        Compass bearing of the vehicles that are counted, within 60 degrees; both directions when left out.
    within
        How far from the place the street may be, m.
    every
        Time between two readings, s.
    miss
        Share of vehicles that are not counted.
    """

    heading: Degrees | None = None
    within: Annotated[Metres, limits(above=0.0, high=200.0)] = 20.0
    every: Annotated[FixedSeconds, limits(above=0.0)] = 60.0
    miss: Share = 0.02


@register("sensors", "loop_counter")
class LoopCounter(Sensor):
    """Counts vehicles."""

    Spec = LoopCounterSpec
    says: ClassVar[tuple[Said, ...]] = (Said("vehicles_passing", "{vehicles}"),)

    def __init__(self, name: str, spec: LoopCounterSpec, context: SensorContext) -> None:
        super().__init__(name, spec, context)
        self._streets = context.scene.require_streets()
        self._links = [
            self._links_at(x, y)
            for x, y in zip(self.devices.x.tolist(), self.devices.y.tolist(), strict=True)
        ]
        self._table = Table(f"sensor_{name}", len(self.devices), {"n_seen": "i8"})

    def _links_at(self, x: float, y: float) -> Rows:
        spec, streets = self.spec, self._streets
        apart = shapely.distance(streets.lines, shapely.Point(x, y))
        is_meant = apart <= spec.within
        if spec.heading is not None:
            off = (streets.bearing_deg - spec.heading + 180.0) % 360.0 - 180.0
            is_meant &= np.abs(off) <= SAME_WAY_DEG
        if not is_meant.any():
            raise InvalidInputError(
                f"at: no street for vehicles within {spec.within:g} m of ({x:g} m, {y:g} m)"
                + ("" if spec.heading is None else f" in the direction of {spec.heading:g} degrees"),
                hint="a place on a street, or a wider within",
            )
        return np.flatnonzero(is_meant & (apart <= apart[is_meant].min() + SAME_LINE_M)).astype(np.int64)

    @property
    def links(self) -> list[Rows]:
        """Links whose ends each device counts."""
        return self._links

    @property
    def state(self) -> list[Table]:
        """How many vehicles have passed each device in truth."""
        return [self._table]

    def begin(self) -> None:
        """Take who has passed so far as counted."""
        self._table.n_seen[:] = self._n_passed()

    def _n_passed(self) -> Rows:
        n_left = self._streets.n_left()
        return np.array([n_left[links].sum() for links in self._links], np.int64)

    def read(self, serial: int) -> Reading:
        """Return the vehicles counted since the last reading."""
        so_far = self._n_passed()
        passed = so_far - self._table.n_seen
        self._table.n_seen[:] = so_far
        return self.without_cause(
            passed - binomials(self.keys, serial, Decision.MISS, passed, self.spec.miss)
        )
