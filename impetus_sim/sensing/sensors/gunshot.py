"""Acoustic sensors that listen for shots and explosions: how many bangs they heard since the last reading.

A bang within range is heard with a chance, drawn for each device and event; other noises (fireworks, backfires) are
taken for bangs as a Poisson stream of a rate a device. Range, chance and rate are chosen values: cities report
alerts of which many cannot be confirmed, and makers claim 90 % and more. Time to locate and classify is the lag.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from impetus_sim.arrays import Table
from impetus_sim.registry import register
from impetus_sim.scenario.names import Texts
from impetus_sim.scenario.quantities import FixedSeconds, Metres, Number, Share, limits
from impetus_sim.sensing.base import NO_CAUSE, Reading, Said, Sensor, SensorContext, SensorSpec, Views
from impetus_sim.sensing.draws import Decision, of_individual, poissons

SECONDS_PER_HOUR = 3600.0


class GunshotSpec(SensorSpec):
    """Microphones.

    Parameters
    ----------
    range
        How far a bang is heard, m.
    hit
        Chance that a bang within range is heard for what it is.
    false_per_hour
        Bangs an hour that are none, of each device.
    hears
        Kinds of events that are bangs.
    lag
        Time until a bang is reported, s.
    """

    range: Annotated[Metres, limits(above=0.0)] = 300.0
    hit: Share = 0.9
    false_per_hour: Annotated[Number, limits(low=0.0, high=3600.0)] = 0.02
    hears: Annotated[Texts, Field(min_length=1)] = ("shot", "blast")
    lag: FixedSeconds = 5.0


@register("sensors", "gunshot")
class Gunshot(Sensor):
    """Hears bangs."""

    Spec = GunshotSpec
    says: ClassVar[tuple[Said, ...]] = (Said("bangs", "{bangs}"),)

    def __init__(self, name: str, spec: GunshotSpec, context: SensorContext) -> None:
        super().__init__(name, spec, context)
        self._table = Table(f"sensor_{name}", 1, {"n_events": "i8"})
        self._hears = {kind.encode() for kind in spec.hears}

    @property
    def views(self) -> Views:
        """All round, as far as a bang is heard."""
        n = len(self.devices)
        return Views(np.zeros(n), np.full(n, 360.0), np.full(n, float(self.spec.range)))

    @property
    def state(self) -> list[Table]:
        """How many events have been listened to."""
        return [self._table]

    def begin(self) -> None:
        """Take what has happened so far as past."""
        self._table.n_events[0] = len(self.world.events)

    def read(self, serial: int) -> Reading:
        """Return the bangs heard since the last reading; the cause is the last of them that is true."""
        spec, events, devices = self.spec, self.world.events, self.devices
        n = poissons(self.keys, serial, Decision.FALSE, spec.false_per_hour * spec.every / SECONDS_PER_HOUR)
        causes = np.full(len(devices), NO_CAUSE, np.int64)
        for event in range(int(self._table.n_events[0]), len(events)):
            if events.kind[event] in self._hears:
                apart = np.hypot(devices.x - events.x[event], devices.y - events.y[event])
                is_heard = (apart <= spec.range) & (of_individual(self.keys, event, Decision.MISS) < spec.hit)
                n[is_heard] += 1
                causes[is_heard] = event
        self._table.n_events[0] = len(events)
        return Reading(n[:, None].astype(np.float64), causes[:, None])
