"""The detectors of one run: they take in what sensors say, and raise alerts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from impetus_sim.arrays import Table
from impetus_sim.detection.base import ALERT_OF_STREAM, Detector
from impetus_sim.detection.blind_spots import log_blind_spots
from impetus_sim.detection.joint_alerts import SOURCE, JointAlerts
from impetus_sim.detection.watch import Watch
from impetus_sim.world.phases import Phase
from impetus_sim.world.system import System
from impetus_sim.world.world import World


class DetectionSystem(System):
    """All detectors, in the order of their names.

    A reading is seen at the first tick that is processed from its arrival on. An alert has the causes of the
    readings on which it rests: one for which nothing in the world is to blame has none. Beside them stand events of
    sensors that should have seen it and could not (`blind_spots`).

    Parameters
    ----------
    watches
        Detectors with the rows of their streams, by name.
    world
        With telemetry; it has alarms from now on.
    joint
        How alerts are joined; None for not at all.
    """

    name = "detection"
    phase = Phase.DETECTION

    def __init__(
        self, watches: Mapping[str, Watch], world: World, *, joint: JointAlerts | None = None
    ) -> None:
        assert world.telemetry is not None
        self._world = world
        self._telemetry = world.telemetry
        self._watches = dict(sorted(watches.items()))
        self._joint = joint
        self._alarms = world.need_alarms()
        n = len(self._telemetry.streams)
        self.seen = Table("detection_seen", n, {"serial": "i8"})

    @property
    def detectors(self) -> dict[str, Detector]:
        """Detectors by name."""
        return {name: watch.detector for name, watch in self._watches.items()}

    @property
    def state(self) -> list[Table]:
        """Every table that a later step reads."""
        joint = [] if self._joint is None else self._joint.tables
        return [self.seen, *(table for watch in self._watches.values() for table in watch.tables), *joint]

    @property
    def optional_state(self) -> list[Table]:
        """All of it: a branch may add detectors."""
        return self.state

    def next_tick(self, after: int) -> int | None:
        """Return when the next reading that is on its way arrives; None for none."""
        readings = self._telemetry.readings
        on_its_way = (readings.serial != self.seen.serial) & (readings.arrived_tick > after)
        return int(readings.arrived_tick[on_its_way].min()) if on_its_way.any() else None

    def advance(self, tick: int) -> None:
        """Show every detector the readings that have arrived since the last time."""
        readings = self._telemetry.readings
        is_new = (readings.serial != self.seen.serial) & (readings.arrived_tick <= tick)
        if not is_new.any():
            return
        self.seen.serial[is_new] = readings.serial[is_new]
        values = np.where(is_new, readings.value, np.nan)
        n_before = len(self._alarms.alerts)
        for name, watch in self._watches.items():
            if is_new[watch.rows].any():
                for k, score in watch.observe(tick, self._world.seconds(tick), values[watch.rows]):
                    self._alert(name, watch, k, score)
        self._join(len(self._alarms.alerts) - n_before)

    def counts(self) -> dict[str, Any]:
        """Return the alerts so far."""
        return {"alerts": len(self._alarms.alerts)}

    def _alert(self, name: str, watch: Watch, k: int, score: float) -> None:
        streams, readings = self._telemetry.streams, self._telemetry.readings
        row = int(watch.rows[k])
        x, y, cause = float(streams.x[row]), float(streams.y[row]), int(readings.cause[row])
        kind = watch.detector.spec.alert or watch.detector.says or ALERT_OF_STREAM[streams.kinds[row]]
        blind = log_blind_spots(self._world, streams, watch.rows, row)
        causes = [*([cause] if cause >= 0 else []), *blind]
        event = self._raise(name, kind, x, y, score, causes, row=row)
        if self._joint is not None:
            self._joint.add(self._world.time_s, x, y, event=event)

    def _join(self, n_new: int) -> None:
        if self._joint is None:
            return
        found = self._joint.due(self._world.time_s, self._alarms.alerts, n_new=n_new)
        if found is not None:
            self._raise(SOURCE, found.kind, found.x, found.y, found.evidence, found.causes, row=-1)

    def _raise(
        self, source: str, kind: str, x: float, y: float, score: float, causes: Sequence[int], *, row: int
    ) -> int:
        world, streams = self._world, self._telemetry.streams
        said = {} if row < 0 else {"stream": streams.ids[row]}
        event = world.log("alert", source, x=x, y=y, causes=causes, alert=kind, score=round(score, 6), **said)
        self._alarms.raise_alert(
            source, kind, tick=world.tick, x=x, y=y, score=score, event=event, stream=row
        )
        return event
