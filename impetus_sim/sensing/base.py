"""The interface of sensors.

Write: a frozen `Spec`, what it `says`, and a class with `read`. What comes for free: when readings are due,
how long they are under way, readings that get lost, silence while power, line or view are lacking, what an
attacker puts in their place, and streams that detectors, operators and recordings read.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import BeforeValidator, model_validator

from impetus_sim.arrays import Table
from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.on_assets import OnAssets, find_assets
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import FixedSeconds, Share, limits
from impetus_sim.scenario.spec import Spec, refuse
from impetus_sim.sensing.scene import Floats, Rows, Scene
from impetus_sim.world.context import PartContext
from impetus_sim.world.world import World

NO_ASSET = -1
NO_CAUSE = -1


def _no_needs(raw: Any) -> Any:
    if raw is None or raw == "none":
        return ()
    return (raw,) if isinstance(raw, str) else raw


Needs = Annotated[tuple[str, ...], BeforeValidator(_no_needs)]
"""Ids or kinds of assets; ``none`` for no asset."""


class SensorSpec(Spec):
    """What every sensor has: a place, what it needs to speak, and how often it does.

    Parameters
    ----------
    at
        Where it stands; of an area its centre. With `needs`: the area in which the assets are.
    needs
        Assets that it is, ids or kinds: one device stands where each does, and says nothing while that gives less
        than half of its level or its telemetry is not seen. ``none``: one device that stands alone.
    every
        Time between two readings, s.
    lag
        Time until a reading can be read, s.
    drop_out
        Share of readings that are lost.
    """

    at: Place | None = None
    needs: Needs = ()
    every: Annotated[FixedSeconds, limits(above=0.0)] = 1.0
    lag: FixedSeconds = 0.0
    drop_out: Annotated[Share, limits(high=0.999)] = 0.0

    @model_validator(mode="after")
    def _check_place(self) -> SensorSpec:
        if not self.has_place:
            refuse("nothing says where it stands", key="at", allowed="at: PLACE, or needs: an asset")
        return self

    @property
    def has_place(self) -> bool:
        """Whether what is given says where its devices stand."""
        return self.at is not None or bool(self.needs)


class Said(NamedTuple):
    """One number that each device says: a kind of `world.streams.STREAM_KINDS`, and its unit (UCUM)."""

    kind: str
    unit: str


@dataclass(frozen=True, kw_only=True)
class Devices:
    """The devices of one sensor of a scenario.

    ids: unique in the run. x, y: local metres, float64 (n,). asset: row of the asset that each is, or `NO_ASSET`.
    """

    ids: tuple[str, ...]
    x: Floats
    y: Floats
    asset: Rows

    def __len__(self) -> int:
        return len(self.ids)


class Views(NamedTuple):
    """Where devices look, float64 (devices,): compass bearing of the middle and angle, degrees, and how far, m.

    An angle of 360 is all round; nan for devices that do not look in directions.
    """

    bearing_deg: Floats
    angle_deg: Floats
    reach_m: Floats


class Reading(NamedTuple):
    """What all devices of a sensor say: values float64 (devices, kinds), nan for nothing; causes, events, int64."""

    values: Floats
    causes: Rows


@dataclass(frozen=True, kw_only=True)
class SensorContext(PartContext):
    """Surroundings of a sensor under construction: those of every part, and what there is to be seen."""

    scene: Scene


class Sensor(ABC):
    """A sensor of one run: one device, or several alike.

    Parameters
    ----------
    name
        Its key in the scenario.
    spec
        Its section, drawn.
    context
        World, places, and what there is to be seen.
    """

    Spec: ClassVar[type[SensorSpec]]
    kind: ClassVar[str]
    says: ClassVar[tuple[Said, ...]]
    reports_outage: ClassVar[bool] = False
    """Whether a device is heard while its asset gives nothing, as long as its telemetry is seen."""

    def __init__(self, name: str, spec: Any, context: SensorContext) -> None:
        self.name = name
        self.spec = spec
        self.world: World = context.world
        self.scene = context.scene
        self.devices = self.place_devices(context)
        self.keys: npt.NDArray[np.uint32] = np.array(
            [context.stream_key(f"sensing.{device}") for device in self.devices.ids], np.uint32
        ).reshape(len(self.devices), 2)
        """Keys of the random draws of each device, (devices, 2)."""
        self.is_on: npt.NDArray[np.bool_] = np.ones(len(self.devices), bool)
        """Whether each device works and can be heard; set before `read` and `scan`."""
        self.scan_every_s = 0.0
        """Above 0, `scan` is called at multiples of this."""

    def place_devices(self, context: SensorContext) -> Devices:
        """Return its devices: at the assets that it is, or one at its place."""
        spec = self.spec
        if not spec.needs:
            point = context.locate(spec.at).representative_point()
            return stand_alone([self.name], [point.x], [point.y])
        assets = context.world.assets
        rows = find_assets(OnAssets(assets=spec.needs, at=spec.at), assets, context.locate)
        assert assets is not None
        names = [assets.ids[row] for row in rows]
        is_one = len(rows) == 1
        return Devices(
            ids=tuple(self.name if is_one else f"{self.name}_{asset}" for asset in names),
            x=assets.x[rows],
            y=assets.y[rows],
            asset=rows,
        )

    def share_asset(self, devices: Devices, context: SensorContext) -> Devices:
        """Return devices that stand elsewhere and all need the one asset of the spec, or none.

        Raises
        ------
        InvalidInputError
            When the spec names several assets.
        """
        spec = self.spec
        if not spec.needs:
            return devices
        rows = find_assets(OnAssets(assets=spec.needs, at=spec.at), context.world.assets, context.locate)
        if len(rows) != 1:
            raise InvalidInputError(
                f"needs: {len(rows)} assets, but its devices stand elsewhere and share one",
                hint="name one id; `impetus map infrastructure MAP --assets` lists them",
            )
        return replace(devices, asset=np.full(len(devices), rows[0], np.int64))

    @property
    def views(self) -> Views:
        """Where its devices look, for those who show them; nowhere for kinds that do not look."""
        nowhere = np.full(len(self.devices), np.nan)
        return Views(nowhere, nowhere, nowhere)

    @property
    def state(self) -> list[Table]:
        """Tables that a later reading needs."""
        return []

    def begin(self) -> None:  # noqa: B027 - most kinds keep nothing
        """Look for the first time: what has happened before is no news."""

    def scan(self) -> None:  # noqa: B027 - most kinds look only when they are read
        """Look in between readings, for kinds with `scan_every_s`."""

    @abstractmethod
    def read(self, serial: int) -> Reading:
        """Return what all devices say now; asked at every time that is due, whether or not they can be heard.

        Parameters
        ----------
        serial
            Number of this reading, from 1; draws are keyed by device and serial.
        """

    def without_cause(self, values: npt.ArrayLike) -> Reading:
        """Return a reading of ordinary values, (devices, kinds) or (devices,) of a single kind."""
        shape = len(self.devices), len(self.says)
        return Reading(np.asarray(values, np.float64).reshape(shape), np.full(shape, NO_CAUSE, np.int64))


def with_causes(values: Floats, causes: Rows) -> Reading:
    """Return a reading of a single kind, both (devices,); a device that says 0 or nothing names no cause."""
    return Reading(values[:, None], np.where(values > 0.0, causes, NO_CAUSE)[:, None])


def stand_alone(ids: Sequence[str], x: Sequence[float], y: Sequence[float]) -> Devices:
    """Return devices at places that are no assets."""
    return Devices(
        ids=tuple(ids),
        x=np.array(x, np.float64),
        y=np.array(y, np.float64),
        asset=np.full(len(ids), NO_ASSET, np.int64),
    )
