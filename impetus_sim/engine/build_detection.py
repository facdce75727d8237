"""The detectors of a run, from the scenario's section and the streams of its sensors."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from impetus_sim import registry
from impetus_sim.detection.joint_alerts import JointAlerts
from impetus_sim.detection.system import DetectionSystem
from impetus_sim.detection.watch import Watch, find_streams
from impetus_sim.engine.naming import about
from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.stream_history import read_history

if TYPE_CHECKING:
    from impetus_sim.detection.base import Detector, Floats
    from impetus_sim.scenario.detection import Detection
    from impetus_sim.world.streams import Streams
    from impetus_sim.world.world import World


def build_detection(spec: Detection | None, world: World, *, start: str) -> DetectionSystem | None:
    """Build the detectors; None where a scenario has none.

    Parameters
    ----------
    spec
        Already drawn.
    world
        With the streams of the run's sensors.
    start
        Local date and time of tick 0, ISO 8601.

    Raises
    ------
    InvalidInputError
        When there are no sensors, or a detector watches streams that do not exist.
    """
    if spec is None or not spec.detectors:
        return None
    if world.telemetry is None:
        raise InvalidInputError(
            "detection: there are no sensors to listen to", hint="write some under sensing.sensors"
        )
    streams, parts, watches = world.telemetry.streams, registry.catalogue("detectors"), {}
    week_s = time_of_week_s(start)
    history = None if spec.history is None else read_history(spec.history)
    sections: dict[str, Any] = dict(spec.detectors)
    for name, section in sections.items():
        with about(f"detection.detectors.{name}"):
            rows = find_streams(section.streams, streams)
            ids = [streams.ids[row] for row in rows.tolist()]
            _require_same_interval(section, streams, rows)
            detector = parts[section.kind](name, section, ids, week_s=week_s)
            if history is not None:
                _teach(detector, *history, week_s=week_s)
        watches[name] = Watch(detector, rows, ticks_of=world.ticks)
    joint = None if spec.fusion is None else JointAlerts(spec.fusion)
    return DetectionSystem(watches, world, joint=joint)


def _require_same_interval(section: Any, streams: Streams, rows: npt.NDArray[np.intp]) -> None:
    # a detector that reckons in counts per reading must know how long one is
    every = getattr(section, "every", None)
    if every is None:
        return
    other = rows[streams.every_s[rows] != float(every)]
    if len(other):
        raise InvalidInputError(
            f"every: {every:g} s, but {streams.ids[other[0]]} speaks every {streams.every_s[other[0]]:g} s",
            hint="give the detector the interval of its sensors",
        )


def _teach(
    detector: Detector, streams: tuple[str, ...], times_s: Floats, values: Floats, *, week_s: float
) -> None:
    # Streams that the record does not hold were silent in it; its times become those of the run.
    held = np.full((len(times_s), len(detector.streams)), np.nan)
    for k, stream in enumerate(detector.streams):
        if stream in streams:
            held[:, k] = values[:, streams.index(stream)]
    if np.isfinite(held).any():
        detector.fit(times_s - week_s, held)


def time_of_week_s(start: str) -> float:
    """Return the time since Monday midnight of a local date and time, s."""
    moment = datetime.fromisoformat(start)
    return moment.weekday() * 86400.0 + (
        moment.hour * 3600.0 + moment.minute * 60.0 + moment.second + moment.microsecond / 1e6
    )
