"""The sensors of one run: readings when they are due, on their way, and where they are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from impetus_sim import rng
from impetus_sim.arrays import Table
from impetus_sim.sensing.base import NO_ASSET, Sensor
from impetus_sim.sensing.draws import Decision, uniforms
from impetus_sim.sensing.scene import Rows
from impetus_sim.sensing.streams import build_streams
from impetus_sim.world.phases import Phase
from impetus_sim.world.streams import Telemetry, can_speak, readings_table
from impetus_sim.world.system import Channels, System
from impetus_sim.world.world import World

CHANNEL = "readings"
STATIC = "streams"


class SensingSystem(System):
    """All sensors, and what they say.

    A reading is due at each multiple of a sensor's own time, the first after one such time. Who cannot speak then
    says nothing: the stream keeps its last reading, and its serial number tells that no new one came.

    Parameters
    ----------
    sensors
        By name.
    world
        Gets the telemetry.
    mounted
        Of sensors that are put up during the run: whether that has been done.
    """

    name: ClassVar[str] = "sensing"
    phase: ClassVar[Phase] = Phase.SENSING
    digest_every_s: ClassVar[float] = 10.0

    def __init__(
        self,
        sensors: Mapping[str, Sensor],
        world: World,
        *,
        mounted: Mapping[str, Callable[[], bool]] | None = None,
    ) -> None:
        self._mounted = dict(mounted or {})
        self.sensors = tuple(sensor for _, sensor in sorted(sensors.items()))
        self._world = world
        streams, self._rows = build_streams(self.sensors)
        self.telemetry = world.telemetry = Telemetry(streams)
        of_stream = np.empty(len(streams), np.intp)
        for k, rows in enumerate(self._rows):
            of_stream[rows] = k
        self._sensor_of_stream = [self.sensors[k] for k in of_stream]
        self._every: dict[int, list[int]] = {}
        for k, sensor in enumerate(self.sensors):
            self._every.setdefault(world.ticks(sensor.spec.every), []).append(k)
        self._scans: dict[int, list[int]] = {}
        for k, sensor in enumerate(self.sensors):
            if sensor.scan_every_s > 0.0:
                self._scans.setdefault(world.ticks(sensor.scan_every_s), []).append(k)
        self._lag = [world.ticks(sensor.spec.lag) for sensor in self.sensors]
        self.table = Table("sensing", len(streams), {"stream": "u8"})
        self.table.stream[:] = [_hash(stream) for stream in streams.ids]
        self.progress = Table("sensing_progress", 1, {"tick": "i8"})
        self.on_way = Table(
            "readings_on_way",
            0,
            {"stream": "i8", "value": "f8", "observed_tick": "i8", "arrives_tick": "i8", "cause": "i8"},
        )
        self._arrived: npt.NDArray[np.bool_] = np.zeros(len(streams), bool)

    @property
    def state(self) -> list[Table]:
        """Every table that a later step reads."""
        return [
            self.table,
            self.progress,
            self.on_way,
            *(table for sensor in self.sensors for table in sensor.state),
        ]

    @property
    def optional_state(self) -> list[Table]:
        """All of it: a branch may add sensors."""
        return [*self.state, self.telemetry.readings]

    def begin(self) -> None:
        """Let every sensor look for the first time."""
        for sensor in self.sensors:
            sensor.begin()

    def next_tick(self, after: int) -> int | None:
        """Return the next tick after `after` at which a reading is due or arrives; None for never."""
        due = [(after // every + 1) * every for every in {*self._every, *self._scans}]
        due += self.on_way.arrives_tick.tolist()
        return max(after + 1, min(due)) if due else None

    def advance(self, tick: int) -> None:
        """Take in the readings that arrive, and have those read that are due."""
        self.progress.tick[0] = tick
        self._arrived[:] = False
        self._take_in(tick)
        if tick == 0:
            return
        for every, numbers in self._scans.items():
            if tick % every == 0:
                for k in numbers:
                    sensor = self.sensors[k]
                    sensor.is_on = self._can_speak(sensor)
                    sensor.scan()
        for every, numbers in self._every.items():
            if tick % every == 0:
                for k in numbers:
                    self._read(k, tick // every, tick)

    def _read(self, k: int, serial: int, tick: int) -> None:
        sensor, rows = self.sensors[k], self._rows[k]
        sensor.is_on = speaks = self._can_speak(sensor)
        reading = sensor.read(serial)
        values, causes = reading.values.copy(), reading.causes.copy()
        self._put_false_readings(sensor, values, causes)
        if sensor.spec.drop_out > 0.0:
            speaks = speaks & (uniforms(sensor.keys, serial, Decision.DROP_OUT) >= sensor.spec.drop_out)
        values[~speaks] = np.nan
        said = ~np.isnan(values)
        if self._lag[k] == 0:
            self._note(rows[said], values[said], tick, tick, causes[said])
            return
        for row, value, cause in zip(rows[said], values[said], causes[said], strict=True):
            self.on_way.append(
                {
                    "stream": row,
                    "value": value,
                    "observed_tick": tick,
                    "arrives_tick": tick + self._lag[k],
                    "cause": cause,
                }
            )

    def _put_false_readings(
        self, sensor: Sensor, values: npt.NDArray[np.float64], causes: npt.NDArray[np.int64]
    ) -> None:
        of_assets = np.flatnonzero(sensor.devices.asset != NO_ASSET)
        if not len(of_assets) or sensor.scene.false_readings is None:
            return
        false = sensor.scene.false_readings(sensor.devices.asset[of_assets])
        is_false = ~np.isnan(false.value)
        values[of_assets[is_false]] = false.value[is_false, None]
        causes[of_assets[is_false]] = false.cause[is_false, None]

    def _can_speak(self, sensor: Sensor) -> npt.NDArray[np.bool_]:
        is_there = sensor.name not in self._mounted or self._mounted[sensor.name]()
        return is_there & can_speak(self._world.asset_states, sensor.devices.asset, sensor.reports_outage)

    def _take_in(self, tick: int) -> None:
        way = self.on_way
        here = way.arrives_tick <= tick
        if not here.any():
            return
        for row in np.flatnonzero(here):
            self._note(
                way.stream[row : row + 1], way.value[row], way.observed_tick[row], tick, way.cause[row]
            )
        way.keep(~here)

    def _note(self, rows: Rows, value: Any, observed: int, arrived: int, cause: Any) -> None:
        readings = self.telemetry.readings
        readings.value[rows] = value
        readings.observed_tick[rows] = observed
        readings.arrived_tick[rows] = arrived
        readings.serial[rows] += 1
        readings.cause[rows] = cause
        self._arrived[rows] = True

    def restored(self, tick: int) -> None:
        """Bring loaded readings into the order of this run's streams; sensors that only a branch has start now."""
        if self.progress.tick[0] != tick:  # the run had no sensors so far
            self.progress.tick[0] = tick
            self.begin()
            return
        own = np.array([_hash(stream) for stream in self.telemetry.streams.ids], np.uint64)
        saved = self.table.stream.copy()
        if np.array_equal(saved, own):
            return
        _, at, of_saved = np.intersect1d(own, saved, return_indices=True)
        loaded, readings = self.telemetry.readings, readings_table(len(own))
        for name, column in readings.columns.items():
            column[at] = loaded.columns[name][of_saved]
        loaded.load(readings.columns)
        self.table.load({"stream": own})
        new_row = np.full(len(saved), -1, np.int64)
        new_row[of_saved] = at
        self.on_way.stream[:] = new_row[self.on_way.stream]
        self.on_way.keep(self.on_way.stream >= 0)
        is_new = ~np.isin(own, saved)
        for sensor, rows in zip(self.sensors, self._rows, strict=True):
            if is_new[rows].any():
                sensor.begin()

    def describe(self) -> dict[str, dict[str, Any]]:
        """Return the streams for the header of a recording, each with the device that says it and its view."""
        streams, sensors = self.telemetry.streams, self._sensor_of_stream
        looks = np.full((3, len(streams)), np.nan)
        devices = np.empty(len(streams), dtype=object)
        for sensor, rows in zip(self.sensors, self._rows, strict=True):
            for device, own in enumerate(rows):
                looks[:, own] = np.array([side[device] for side in sensor.views])[:, None]
                devices[own] = sensor.devices.ids[device]
        return {
            STATIC: {
                "id": np.array(streams.ids, dtype=object),
                "kind": np.array(streams.kinds, dtype=object),
                "unit": np.array(streams.units, dtype=object),
                "x": streams.x,
                "y": streams.y,
                "every_s": streams.every_s,
                "asset": streams.asset,
                "lag_s": np.array([float(sensor.spec.lag) for sensor in sensors], np.float64),
                "sensor": np.array([sensor.name for sensor in sensors], dtype=object),
                "sensor_kind": np.array([sensor.kind for sensor in sensors], dtype=object),
                "device": devices,
                "bearing_deg": looks[0],
                "angle_deg": looks[1],
                "reach_m": looks[2],
            }
        }

    def record(self, channels: Channels, tick: int, *, is_frame: bool) -> None:
        """Record the readings that arrived at this tick, nan for the other streams."""
        del is_frame
        if not self._arrived.any():
            return
        readings = self.telemetry.readings
        channels.add_series(
            CHANNEL,
            tick,
            {
                "value": np.where(self._arrived, readings.value, np.nan),
                "cause": np.where(self._arrived, readings.cause, -1).astype(np.int32),
            },
        )


def _hash(stream: str) -> int:
    return rng.stable_hash(stream) << 32 | rng.stable_hash(f"{stream}.")
