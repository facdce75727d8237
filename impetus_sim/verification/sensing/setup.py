"""A square of ground with people where a case puts them, sensors on it, and bands of what they may say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from impetus_sim import registry, rng
from impetus_sim.scenario.places import Place
from impetus_sim.sensing.base import Sensor, SensorContext
from impetus_sim.sensing.scene import AtPoints, AwareNow, LeftNow, Measurand, Scene
from impetus_sim.sensing.view import SIGHT_CELL_M, Sight, SightGrid
from impetus_sim.verification.case import Measured
from impetus_sim.world.goals import build_goals
from impetus_sim.world.ground import ExitLine, build_ground
from impetus_sim.world.world import World

Floats = npt.NDArray[np.float64]

SIDE_M = 60.0
SEED = 11
RESOLUTION_US = 10_000
Z_999 = 3.2905
"""Half width of the 99.9 % band of a normal number, in standard errors."""


@dataclass
class Crowd:
    """People of a case; moved by giving them other places."""

    x: Floats = field(default_factory=lambda: np.zeros(0))
    y: Floats = field(default_factory=lambda: np.zeros(0))

    def look(self) -> tuple[npt.NDArray[np.uint64], Floats, Floats]:
        """Return ids and places."""
        return np.arange(len(self.x), dtype=np.uint64), self.x, self.y


def build_stage(crowd: Crowd | None = None, opaque: Floats | None = None, **shown: Any) -> SensorContext:
    """Return a square with one exit, ``gate``, for sensors to look at.

    Parameters
    ----------
    crowd
        Who is there.
    opaque
        float64 (n, 4), m: what stands before cameras.
    shown
        More of what there is to be seen, as in `Scene`.
    """
    gate = ExitLine(name="gate", geometry=shapely.LineString([(0, 20), (0, 40)]))
    ground = build_ground(shapely.box(0, 0, SIDE_M, SIDE_M), exits=[gate])
    world = World(
        ground=ground,
        goals=build_goals(ground, {}),
        resolution_us=RESOLUTION_US,
        areas={},
        open_exits=np.ones(1, bool),
    )
    n = int(SIDE_M / SIGHT_CELL_M)
    sight = Sight(
        SightGrid(x0=0.0, y0=0.0, cell=SIGHT_CELL_M, rows=n, columns=n),
        np.empty((0, 4)) if opaque is None else opaque,
        people=(crowd or Crowd()).look,
        extinction=lambda x, y: None,
        clear=lambda x, y: (x, y),
    )
    return SensorContext(
        world=world,
        locate=_locate,
        stream_key=lambda stream: rng.stream_key(SEED, 0, stream),
        buildings=lambda: np.empty(0, object),
        scene=Scene(
            sight=sight,
            n_people=0,
            people=lambda: (np.zeros(0, np.int32), np.zeros(0), np.zeros(0)),
            **({"aware": _nobody, "left": _nobody_left} | shown),
        ),
    )


def _nobody() -> AwareNow:
    return AwareNow(np.zeros(0), np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int64))


def _nobody_left() -> LeftNow:
    none = np.zeros(0, np.int64)
    return LeftNow(none, none, none)


def uncaused(amount: AtPoints) -> Measurand:
    """Return something to be measured that no event has caused."""
    return Measurand(amount, lambda x, y: np.full(len(x), -1, np.int64))


def _locate(place: Place) -> shapely.Geometry:
    return shapely.box(*place.numbers) if place.form == "box" else shapely.Point(*place.numbers)


def build_sensor(context: SensorContext, kind: str, name: str = "sensor", **keys: Any) -> Any:
    """Return a sensor of a kind with the given keys of its section."""
    part: type[Sensor] = registry.catalogue("sensors")[kind]
    return part(name, part.Spec(**keys), context)


def read(sensor: Sensor, n: int) -> Floats:
    """Return the values of n readings one after another, float64 (n, devices, kinds)."""
    world = sensor.world
    every = world.ticks(float(sensor.spec.every))
    values = []
    for serial in range(1, n + 1):
        world.tick = serial * every
        values.append(sensor.read(serial).values)
    return np.array(values)


def off_binomial(n: int, found: float, chance: float, what: str) -> Measured:
    """Measure how many standard errors a count of successes is off its expectation."""
    error = float(np.sqrt(n * chance * (1.0 - chance)))
    off = abs(found - n * chance) / error
    return Measured(
        value=off, text=f"{what} {found / n:.5f} of {n}, set {chance:g}: {off:.2f} standard errors"
    )


def off_poisson(total: float, expected: float, what: str) -> Measured:
    """Measure how many standard errors a Poisson total is off its expectation."""
    off = abs(total - expected) / float(np.sqrt(expected))
    return Measured(value=off, text=f"{what} {total:.0f}, expected {expected:.1f}: {off:.2f} standard errors")


def off_mean(values: Floats, expected: float, what: str) -> Measured:
    """Measure how many standard errors the mean of a sample is off its expectation."""
    error = float(values.std(ddof=1) / np.sqrt(len(values)))
    off = abs(float(values.mean()) - expected) / error
    text = f"{what} {values.mean():.5g}, expected {expected:.5g}: {off:.2f} standard errors"
    return Measured(value=off, text=text)
