"""Cameras that count people in their field of view, past real buildings.

In view is who stands in a cell that the camera sees: within its range and angle, with no building between. Each
person in view is missed with one chance, by a draw of camera, person and reading; things taken for people come
as a Poisson number a reading. With `crowd_hides`, people in a crowd hide each other: a line of sight to a head at
height z = 1.6 m from a camera at height H runs below the heads of others (1.75 m) over a length
L = d (1.75 - z) / (H - z), and in a Poisson crowd of a density rho nobody of width w = 0.45 m stands there with
chance exp(-rho w L). Smoke hides people behind an optical depth of 3 (visibility 3 / K, Jin 1978).

Misses of successive readings are independent; a real camera tends to miss the same person again. Default rates are
chosen values: published detectors reach them in sparse scenes and fall short of them in crowds.

Privacy: a camera may send pictures all the time, or only once an alert has been raised near it (the way of IMPETUS'
weapon detection, whose operators saw shaded boxes until a weapon was confirmed); before that it sends a count or
nothing. Every change is an event, and person-seconds in pictures are counted.
"""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Final, Literal

import numpy as np
import numpy.typing as npt
from pydantic import model_validator

from impetus_sim.arrays import Table
from impetus_sim.errors import InvalidInputError
from impetus_sim.registry import register
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import Degrees, Metres, Number, Seconds, Share, limits
from impetus_sim.scenario.spec import refuse
from impetus_sim.sensing.base import Devices, Reading, Said, Sensor, SensorContext, SensorSpec, Views
from impetus_sim.sensing.draws import Decision, poissons
from impetus_sim.sensing.kernels.view import count_in_view
from impetus_sim.sensing.view import ALL_ROUND_DEG

HEAD_M: Final = 1.75
TARGET_M: Final = 1.6
BODY_M: Final = 0.45


class CameraSpec(SensorSpec):
    """Cameras; the height is that of the lens.

    Parameters
    ----------
    facing, looks_at
        Compass bearing in degrees, or a place in the middle of the picture; all round when neither is given.
    field_of_view
        Angle of the picture in degrees, for cameras that face somewhere.
    range
        How far people are told from background, m.
    height
        Above ground, m.
    miss
        Share of people in view who are not counted.
    false_people
        Mean number, in each reading, of people counted who are none.
    crowd_hides
        Whether people who stand close hide each other.
    pictures
        ``always``; or ``on_trigger``: pictures only after an alert, before that a count; or
        ``nothing_before_trigger``: before that nothing.
    trigger_within
        How near an alert must be, m; one that does not say where counts for all.
    trigger_lasts
        How long pictures are sent after an alert, s.
    """

    facing: Degrees | None = None
    looks_at: Place | None = None
    field_of_view: Annotated[Degrees, limits(low=1.0, high=360.0)] = 90.0
    range: Annotated[Metres, limits(above=0.0, high=500.0)] = 40.0
    height: Annotated[Metres, limits(low=2.0, high=200.0)] = 5.0
    miss: Share = 0.1
    false_people: Annotated[Number, limits(low=0.0, high=1000.0)] = 0.05
    crowd_hides: bool = False
    pictures: Literal["always", "on_trigger", "nothing_before_trigger"] = "always"
    trigger_within: Metres = 100.0
    trigger_lasts: Seconds = 300.0

    @model_validator(mode="after")
    def _check_facing(self) -> CameraSpec:
        if self.facing is not None and self.looks_at is not None:
            refuse("it faces two ways", key="facing", allowed="facing or looks_at")
        return self


@register("sensors", "camera")
class Camera(Sensor):
    """Counts the people in view."""

    Spec = CameraSpec
    says: ClassVar[tuple[Said, ...]] = (Said("people_in_view", "{people}"),)

    def __init__(self, name: str, spec: CameraSpec, context: SensorContext) -> None:
        super().__init__(name, spec, context)
        self._sight = context.scene.sight
        self._looks = self._directions(context)
        self._first, self._cells = self._find_cells()
        self._hides_per_m = 0.0
        if spec.crowd_hides:
            self._hides_per_m = BODY_M * (HEAD_M - TARGET_M) / (spec.height - TARGET_M)
        n = len(self.devices)
        columns = {"pictures_until": "i8", "by_alert": "i8", "person_s": "f8", "n_alerts": "i8"}
        self._table = Table(f"sensor_{name}", n, columns)
        self._table.pictures_until[:] = -1
        self._table.by_alert[:] = -1
        self.n_true: npt.NDArray[np.int64] = np.zeros(n, np.int64)
        """People in view at the last reading, in truth, (devices,); for verification."""

    def place_devices(self, context: SensorContext) -> Devices:
        """Return devices outside of buildings."""
        devices, clear = super().place_devices(context), context.scene.sight.clear
        moved = [clear(float(x), float(y)) for x, y in zip(devices.x, devices.y, strict=True)]
        return Devices(
            ids=devices.ids,
            x=np.array([x for x, _ in moved], np.float64),
            y=np.array([y for _, y in moved], np.float64),
            asset=devices.asset,
        )

    def _find_cells(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        spec, devices = self.spec, self.devices
        seen = [
            self._sight.cells_in_view(x, y, range_m=float(spec.range), bearing_deg=bearing, angle_deg=angle)
            for x, y, (bearing, angle) in zip(
                devices.x.tolist(), devices.y.tolist(), self._looks, strict=True
            )
        ]
        first = np.cumsum([0, *(len(cells) for cells in seen)], dtype=np.int64)
        return first, np.concatenate([np.zeros(0, np.int64), *seen])

    def _directions(self, context: SensorContext) -> list[tuple[float, float]]:
        # bearing and angle of each device
        spec, devices = self.spec, self.devices
        if spec.facing is None and spec.looks_at is None:
            return [(0.0, ALL_ROUND_DEG)] * len(devices)
        angle = float(spec.field_of_view)
        if spec.facing is not None:
            return [(float(spec.facing), angle)] * len(devices)
        aim = context.locate(spec.looks_at).representative_point()
        away = [(aim.x - x, aim.y - y) for x, y in zip(devices.x, devices.y, strict=True)]
        if any(math.hypot(*d) == 0.0 for d in away):
            raise InvalidInputError("looks_at: it stands there itself", hint="give facing in degrees")
        return [(math.degrees(math.atan2(dx, dy)), angle) for dx, dy in away]

    @property
    def views(self) -> Views:
        """Bearing and angle of each picture, and how far people are told from background."""
        looks = np.array(self._looks, np.float64).reshape(-1, 2)
        return Views(looks[:, 0], looks[:, 1], np.full(len(looks), float(self.spec.range)))

    @property
    def state(self) -> list[Table]:
        """Until when pictures are sent, and how many person-seconds they held; alerts seen so far."""
        return [self._table]

    def cells_of(self, device: int) -> npt.NDArray[np.int64]:
        """Return the cells of the sight grid that a device sees."""
        return self._cells[self._first[device] : self._first[device + 1]]

    def read(self, serial: int) -> Reading:
        """Return the people counted in view."""
        grid, devices = self._sight.grid, self.devices
        people = self._sight.look(self.world.tick)
        seen = np.empty(len(devices), np.int64)
        count_in_view(
            self.keys, serial, int(Decision.MISS), devices.x, devices.y, self._first, self._cells,
            people.start, people.order, people.uid, people.x, people.y, people.extinction,
            grid.rows, grid.columns, grid.cell, float(self.spec.miss), self._hides_per_m, self.n_true, seen,
        )  # fmt: skip
        if self.spec.false_people > 0.0:
            seen += poissons(self.keys, serial, Decision.FALSE, self.spec.false_people)
        reading = self.without_cause(seen)
        return self._keep_private(reading)

    def _keep_private(self, reading: Reading) -> Reading:
        table, world = self._table, self.world
        if self.spec.pictures == "always":
            table.person_s[:] += np.where(self.is_on, self.n_true, 0) * self.spec.every
            return reading
        self._follow_alerts()
        has_pictures = (table.pictures_until >= world.tick) & self.is_on
        for device in np.flatnonzero((table.pictures_until < world.tick) & (table.by_alert >= 0)):
            self._log(int(device), "pictures_end", int(table.by_alert[device]))
            table.by_alert[device] = -1
        table.person_s[has_pictures] += self.n_true[has_pictures] * self.spec.every
        if self.spec.pictures == "nothing_before_trigger":
            reading.values[~has_pictures] = np.nan
        reading.causes[has_pictures, 0] = table.by_alert[has_pictures]
        return reading

    def _follow_alerts(self) -> None:
        alarms, table, spec = self.world.alarms, self._table, self.spec
        if alarms is None:
            return
        alerts, until = alarms.alerts, self.world.tick + self.world.ticks(spec.trigger_lasts)
        for row in range(int(table.n_alerts[0]), len(alerts)):
            apart = np.hypot(self.devices.x - alerts.x[row], self.devices.y - alerts.y[row])
            is_near = ~(apart > spec.trigger_within)
            for device in np.flatnonzero(is_near & (table.by_alert < 0)):
                table.by_alert[device] = self._log(int(device), "pictures_begin", int(alerts.event[row]))
            table.pictures_until[is_near] = until
        table.n_alerts[:] = len(alerts)

    def _log(self, device: int, kind: str, cause: int) -> int:
        devices = self.devices
        return self.world.log(
            kind, devices.ids[device], x=float(devices.x[device]), y=float(devices.y[device]), causes=[cause]
        )
