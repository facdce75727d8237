"""A world with streams whose readings a test writes by hand."""

import numpy as np
import pytest

from impetus_sim import registry
from impetus_sim.detection.system import DetectionSystem
from impetus_sim.detection.watch import Watch, find_streams
from impetus_sim.world.streams import Streams, Telemetry


def streams_of(**kinds):
    """Return streams by id (``__`` for the dot) and kind, ten metres apart."""
    ids = sorted(name.replace("__", ".") for name in kinds)
    n = len(ids)
    return Streams(
        ids=tuple(ids),
        kinds=tuple(kinds[name.replace(".", "__")] for name in ids),
        units=("1",) * n,
        x=10.0 * np.arange(n),
        y=np.zeros(n),
        every_s=np.ones(n),
        asset=np.full(n, -1),
    )


@pytest.fixture(scope="session")
def detector():
    """Return a maker of detectors."""
    return make_detector


@pytest.fixture(scope="session", name="streams_of")
def streams_of_fixture():
    """Return a maker of streams."""
    return streams_of


def make_detector(kind, n=1, **spec):
    """Return a detector of n streams called a, b, c."""
    part = registry.catalogue("detectors")[kind]
    return part("part", part.Spec(streams="*", **spec), [chr(97 + k) for k in range(n)])


class Desk:
    """Detectors in a world: `say` writes readings and lets them hear."""

    def __init__(self, world, streams, sections):
        parts, watches = registry.catalogue("detectors"), {}
        self.world = world
        self.telemetry = world.telemetry = Telemetry(streams)
        for name, section in sections.items():
            part = parts[section["kind"]]
            spec = part.Spec(**{key: value for key, value in section.items() if key != "kind"})
            rows = find_streams(spec.streams, streams)
            detector = part(name, spec, [streams.ids[row] for row in rows])
            watches[name] = Watch(detector, rows, ticks_of=world.ticks)
        self.system = DetectionSystem(watches, world)

    def say(self, time_s, values, *, late_s=0.0, cause=-1):
        """Write readings by stream id at a time and advance to it."""
        readings, world = self.telemetry.readings, self.world
        world.tick = world.ticks(time_s)
        for name, value in values.items():
            row = self.telemetry.streams.ids.index(name)
            readings.value[row] = value
            readings.observed_tick[row] = world.tick
            readings.arrived_tick[row] = world.tick + world.ticks(late_s)
            readings.serial[row] += 1
            readings.cause[row] = cause
        self.system.advance(world.tick)


@pytest.fixture
def desk(room, start):
    """Return a maker of desks: streams by id, then sections by name."""

    def make(streams, **sections):
        return Desk(start(room({}), until=0.0).world, streams_of(**streams), sections)

    return make
