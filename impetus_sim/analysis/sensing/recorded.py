"""Streams of a recorded run: every reading, with the time it is about and the time it could be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from impetus_sim.errors import InvalidInputError
from impetus_sim.recording.reader import Recording
from impetus_sim.world.streams import Streams

CHANNEL = "readings"
STATIC = "streams"

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class RecordedStreams:
    """All readings of a run, ordered by the time at which they could be read.

    Parameters
    ----------
    streams
        What each stream is.
    lag_s
        From the time a reading is about to the time it could be read, float64 (streams,), s.
    sensors, sensor_kinds
        Key and kind in the scenario of each stream's sensor.
    times_s
        Times at which any reading could first be read, float64 (times,), s.
    values
        float64 (times, streams); nan where no new reading came.
    causes
        int32 (times, streams): event that made a reading what it is, -1 for none.
    end_s
        Until when the streams were followed, s.
    """

    streams: Streams
    lag_s: Floats
    sensors: tuple[str, ...]
    sensor_kinds: tuple[str, ...]
    times_s: Floats
    values: Floats
    causes: npt.NDArray[np.int32]
    end_s: float

    def of(self, stream: str) -> tuple[Floats, Floats]:
        """Return the times a stream's readings are about, s, and what they say, both float64 (readings,).

        Raises
        ------
        InvalidInputError
            When there is no such stream.
        """
        if stream not in self.streams.ids:
            raise InvalidInputError(
                f"there is no stream '{stream}'", hint=f"streams: {', '.join(self.streams.ids[:12])}"
            )
        column = self.streams.ids.index(stream)
        values = self.values[:, column]
        said = ~np.isnan(values)
        return self.times_s[said] - self.lag_s[column], values[said]


def has_streams(recording: Recording) -> bool:
    """Return whether a run had sensors."""
    return STATIC in recording.static_names


def read_streams(recording: Recording) -> RecordedStreams:
    """Return what the sensors of a run said.

    Raises
    ------
    InvalidInputError
        When the run had no sensors.
    """
    if not has_streams(recording):
        raise InvalidInputError(
            f"'{recording.path}' has no sensors", hint="run a scenario with a section sensing"
        )
    static = recording.static(STATIC)
    streams = Streams(
        ids=tuple(map(str, static["id"])),
        kinds=tuple(map(str, static["kind"])),
        units=tuple(map(str, static["unit"])),
        x=np.asarray(static["x"], np.float64),
        y=np.asarray(static["y"], np.float64),
        every_s=np.asarray(static["every_s"], np.float64),
        asset=np.asarray(static["asset"], np.int64),
    )
    rows = [(tick, said["value"], said["cause"]) for tick, said in recording.series(CHANNEL)]
    shape = len(rows), len(streams)
    return RecordedStreams(
        streams=streams,
        lag_s=np.asarray(static["lag_s"], np.float64),
        sensors=tuple(map(str, static["sensor"])),
        sensor_kinds=tuple(map(str, static["sensor_kind"])),
        times_s=np.array([recording.seconds(tick) for tick, _, _ in rows], np.float64),
        values=np.array([values for _, values, _ in rows], np.float64).reshape(shape),
        causes=np.array([causes for _, _, causes in rows], np.int32).reshape(shape),
        end_s=recording.followed_s,
    )


def count_readings(said: RecordedStreams) -> list[dict[str, Any]]:
    """Return one row for each sensor, by name: its kind, its streams, readings due, heard, and with a cause.

    Due is every reading that could have been read by the end. What is not heard was lost, had nothing to say, or
    came from a device without power, line or view.
    """
    due = np.floor((said.end_s - said.lag_s) / said.streams.every_s + 1e-9).astype(np.int64)
    heard = np.count_nonzero(~np.isnan(said.values), axis=0)
    with_cause = np.count_nonzero(said.causes >= 0, axis=0)
    names = np.array(said.sensors)
    rows = []
    for name in sorted(set(said.sensors)):
        own = names == name
        rows.append(
            {
                "sensor": name,
                "kind": said.sensor_kinds[said.sensors.index(name)],
                "streams": int(own.sum()),
                "due": int(np.maximum(due[own], 0).sum()),
                "heard": int(heard[own].sum()),
                "with_cause": int(with_cause[own].sum()),
            }
        )
    return rows


def read_readings(recording: Recording) -> dict[str, dict[str, Any]]:
    """Return stream to ``{"kind", "every_s", "end_s", "times_s", "values"}``, plain; empty without sensors.

    Times are those that readings are about, seconds from the start of the run. ``end_s`` is when the run was over:
    it ends early when nothing more happens.
    """
    if not has_streams(recording):
        return {}
    said = read_streams(recording)
    found = {}
    for number, name in enumerate(said.streams.ids):
        times_s, values = said.of(name)
        found[name] = {
            "kind": said.streams.kinds[number],
            "every_s": float(said.streams.every_s[number]),
            "end_s": recording.recorded_until_s,
            "times_s": times_s.tolist(),
            "values": values.tolist(),
        }
    return found
