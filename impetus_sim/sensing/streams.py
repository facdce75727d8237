"""The streams of all sensors of a run, in one order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from impetus_sim.errors import InvalidInputError
from impetus_sim.sensing.base import Sensor
from impetus_sim.sensing.scene import Rows
from impetus_sim.world.streams import Streams


class _Stream(NamedTuple):
    id: str
    sensor: int
    device: int
    said: int


def build_streams(sensors: Sequence[Sensor]) -> tuple[Streams, list[Rows]]:
    """Return all streams by id, and for each sensor the rows of its own, int64 (devices, kinds).

    Raises
    ------
    InvalidInputError
        When two sensors have a device of the same name.
    """
    devices = Counter(device for sensor in sensors for device in sensor.devices.ids)
    twice = [device for device, n in devices.items() if n > 1]
    if twice:
        raise InvalidInputError(
            f"sensing.sensors: there are two devices '{twice[0]}'", hint="rename one of the sensors"
        )
    found = sorted(
        _Stream(f"{device}.{said.kind}", k, d, s)
        for k, sensor in enumerate(sensors)
        for d, device in enumerate(sensor.devices.ids)
        for s, said in enumerate(sensor.says)
    )
    rows = [np.empty((len(sensor.devices), len(sensor.says)), np.int64) for sensor in sensors]
    for row, stream in enumerate(found):
        rows[stream.sensor][stream.device, stream.said] = row
    of = [(sensors[stream.sensor], stream) for stream in found]
    return (
        Streams(
            ids=tuple(stream.id for stream in found),
            kinds=tuple(sensor.says[stream.said].kind for sensor, stream in of),
            units=tuple(sensor.says[stream.said].unit for sensor, stream in of),
            x=np.array([sensor.devices.x[stream.device] for sensor, stream in of], np.float64),
            y=np.array([sensor.devices.y[stream.device] for sensor, stream in of], np.float64),
            every_s=np.array([float(sensor.spec.every) for sensor, _ in of], np.float64),
            asset=np.array([sensor.devices.asset[stream.device] for sensor, stream in of], np.int64),
            reports_outage=np.array([sensor.reports_outage for sensor, _ in of], np.bool_),
        ),
        rows,
    )
