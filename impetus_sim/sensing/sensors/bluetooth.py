"""Bluetooth readers at two places: how long vehicles need from one to the other.

Of all vehicles the share `penetration` carries a device that can be told apart (by a draw of reader pair and
vehicle, the same all through a run). A vehicle is seen at a reader when a scan finds it on a link within reach;
its travel time runs from when it was first seen at the first reader to when it was first seen at the second.
What is said is the median of the vehicles that came to the second one since the last reading, and nothing when
none did. Scans make each time uncertain by one scan at either end.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np
import numpy.typing as npt
import shapely

from impetus_sim.arrays import Table
from impetus_sim.errors import InvalidInputError
from impetus_sim.registry import register
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import FixedSeconds, Metres, Share, limits
from impetus_sim.sensing.base import Devices, Reading, Said, Sensor, SensorContext, SensorSpec
from impetus_sim.sensing.draws import Decision, of_individuals

NEVER = -1


class BluetoothSpec(SensorSpec):
    """A pair of readers beside streets.

    Parameters
    ----------
    to
        Where the second reader stands; the first stands at `at`.
    reach
        How far from a reader a street may be, m.
    penetration
        Share of vehicles that can be told apart.
    scan
        Time between two scans, s.
    every
        Time between two readings, s.
    """

    to: Place
    reach: Annotated[Metres, limits(above=0.0, high=500.0)] = 30.0
    penetration: Share = 0.3
    scan: Annotated[FixedSeconds, limits(above=0.0)] = 2.0
    every: Annotated[FixedSeconds, limits(above=0.0)] = 60.0


@register("sensors", "bluetooth")
class Bluetooth(Sensor):
    """Measures travel times."""

    Spec = BluetoothSpec
    says: ClassVar[tuple[Said, ...]] = (Said("travel_time", "s"),)

    def __init__(self, name: str, spec: BluetoothSpec, context: SensorContext) -> None:
        super().__init__(name, spec, context)
        self.scan_every_s = float(spec.scan)
        self._streets = streets = context.scene.require_streets()
        self._near = np.array([self._zone(context.locate(place)) for place in (spec.at, spec.to)])
        self._is_told_apart = of_individuals(self.keys[0], streets.vehicles, Decision.MISS) < spec.penetration
        columns = {"first_tick": "i8", "second_tick": "i8"}
        self._table = Table(f"sensor_{name}", len(streets.vehicles), columns)
        self._forget()

    def place_devices(self, context: SensorContext) -> Devices:
        """Return the one pair, at its first reader."""
        devices = super().place_devices(context)
        if len(devices) != 1 or self.spec.at is None:
            raise InvalidInputError("a pair of readers stands at two places", hint="give at and to")
        return devices

    def _zone(self, place: shapely.Geometry) -> npt.NDArray[np.bool_]:
        near: npt.NDArray[np.bool_] = shapely.distance(self._streets.lines, place) <= self.spec.reach
        if not near.any():
            raise InvalidInputError(
                f"no street for vehicles within {self.spec.reach:g} m of a reader", hint="a wider reach"
            )
        return near

    @property
    def state(self) -> list[Table]:
        """When each vehicle was first seen at either reader."""
        return [self._table]

    def _forget(self) -> None:
        self._table.first_tick[:] = self._table.second_tick[:] = NEVER

    def begin(self) -> None:
        """Nobody has been seen."""
        self._table.load({name: np.full(len(self._streets.vehicles), NEVER) for name in self._table.columns})

    def scan(self) -> None:
        """Note who is near a reader."""
        if not self.is_on[0]:
            return
        link, tick, table = self._streets.link_of_vehicle(), self.world.tick, self._table
        drives = self._is_told_apart & (link >= 0)
        at_first, at_second = (drives & near[link] for near in self._near)
        table.first_tick[at_first & (table.first_tick == NEVER)] = tick
        arrives = at_second & ~at_first & (table.first_tick != NEVER) & (table.second_tick == NEVER)
        table.second_tick[arrives] = tick

    def read(self, serial: int) -> Reading:
        """Return the median travel time of those who arrived since the last reading, nan for none."""
        del serial
        table, world = self._table, self.world
        arrived = table.second_tick > world.tick - world.ticks(self.spec.every)
        ticks = table.second_tick[arrived] - table.first_tick[arrived]
        return self.without_cause([world.seconds(1) * np.median(ticks) if len(ticks) else np.nan])
