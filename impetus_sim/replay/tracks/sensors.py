"""Sensors with where they look, and whether they could be heard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from impetus_sim.analysis.moving.palette import GREEN, ORANGE, VERMILION
from impetus_sim.analysis.sensing.recorded import CHANNEL, STATIC, has_streams
from impetus_sim.recording.reader import Recording
from impetus_sim.replay.tracks.base import Thing, Track, TrackState, order_changes

_SILENT_AFTER = 1.5
"""Readings overdue, in periods, from which a sensor is shown as silent."""
HEARD, FORGED, SILENT = 0, 1, 2
_STATES: Mapping[int, TrackState] = {
    HEARD: TrackState(label="heard", colour=GREEN),
    FORGED: TrackState(label="its reading has a cause (an event made it what it is)", colour=ORANGE),
    SILENT: TrackState(label="silent: no reading when one was due", colour=VERMILION),
}


def build_sensor_track(recording: Recording) -> list[Track]:
    """Return the layer of sensors, one thing for each device; nothing without any."""
    if not has_streams(recording):
        return []
    static = recording.static(STATIC)
    devices = [str(name) for name in static.get("device", static["sensor"])]
    first_row: dict[str, int] = {}
    for row, device in enumerate(devices):
        first_row.setdefault(device, row)
    rows = list(first_row.values())
    return [
        Track(
            name="sensors",
            title="sensors and what they see",
            group="Sensors",
            things=tuple(_describe(static, row, device) for device, row in first_row.items()),
            changes=order_changes(_changes(recording, static, rows)),
            states=_STATES,
        )
    ]


def _describe(static: Mapping[str, Any], row: int, device: str) -> Thing:
    kind = str(static["sensor_kind"][row]).replace("_", " ")
    looks = "reach_m" in static and bool(np.isfinite(static["reach_m"][row]))
    return Thing(
        id=f"sensor:{device}",
        kind=kind,
        label=f"{kind} {device}",
        x=float(static["x"][row]),
        y=float(static["y"][row]),
        angle=(90.0 - float(static["bearing_deg"][row])) % 360.0 if looks else None,
        spread=float(static["angle_deg"][row]) if looks else None,
        reach=float(static["reach_m"][row]) if looks else None,
    )


def _changes(
    recording: Recording, static: Mapping[str, Any], rows: list[int]
) -> list[tuple[float, int, int]]:
    """Return changes of each device, by its first stream."""
    channel = recording.channel(CHANNEL)
    times = np.asarray(recording.seconds(channel.ticks), np.float64)
    held = channel.read(range(len(times)), ("value", "cause")) if len(times) else {}
    changes = []
    for index, row in enumerate(rows):
        every, lag = float(static["every_s"][row]), float(static["lag_s"][row])
        changes.append((0.0, index, HEARD))
        due = lag + every
        heard = np.flatnonzero(~np.isnan(held["value"][:, row])).tolist() if len(times) else []
        for k in heard:
            if times[k] > due + _SILENT_AFTER * every:
                changes.append((due + every, index, SILENT))
            changes.append((float(times[k]), index, FORGED if held["cause"][k, row] >= 0 else HEARD))
            due = float(times[k]) + every
        if recording.followed_s > due + _SILENT_AFTER * every:
            changes.append((due + every, index, SILENT))
    return changes
