"""What `impetus info` says of sensors: how many readings each was due, and how many were heard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from impetus_sim.recording.reader import Recording


def describe_sensors(recording: Recording) -> list[dict[str, Any]]:
    """Return one row for each sensor of the scenario; empty for runs without."""
    from impetus_sim.analysis.sensing.recorded import count_readings, has_streams, read_streams

    return count_readings(read_streams(recording)) if has_streams(recording) else []
