"""When a recorded run took place, by the calendar of its city."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from impetus_sim.recording.reader import Recording


def start_of(recording: Recording) -> datetime:
    """Return date and time of tick 0, with the time zone of the scenario (UTC where it names none)."""
    zone = ZoneInfo(str(recording.attributes.get("zone") or "UTC"))
    return datetime.fromisoformat(str(recording.attributes["start_time"])).replace(tzinfo=zone)
