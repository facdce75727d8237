"""The `time` section: start, zone, duration and resolution of the one clock."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, model_validator

from impetus_sim.scenario.quantities import FixedSeconds, limits
from impetus_sim.scenario.spec import Spec, refuse

MAX_STEPS = 20_000_000
"""Crowd steps of one run: a week at 0.05 s is 12 million."""


def microseconds(seconds: float) -> int:
    """Return a duration as whole microseconds, the unit in which divisibility is judged."""
    return round(seconds * 1e6)


def _local_start(raw: Any) -> str:
    if isinstance(raw, str):
        try:
            start = datetime.fromisoformat(raw.strip())
        except ValueError:
            start = None
        if start is not None and start.tzinfo is None and 1900 <= start.year <= 2200:
            return start.isoformat()
    refuse(f"'{raw}' is not a local date and time", allowed='"2026-09-12 20:30", with the zone in time.zone')


def _zone(raw: Any) -> str:
    import zoneinfo

    if raw == "UTC":
        return "UTC"
    known = zoneinfo.available_timezones()
    if isinstance(raw, str) and (raw in known or not known):
        return str(raw)
    import difflib

    near = difflib.get_close_matches(str(raw)[:60], known, n=1)
    refuse(
        f"'{raw}' is not a time zone", allowed="Europe/Helsinki, UTC, ...", nearest=near[0] if near else ""
    )


class Time(Spec):
    """The clock of a run.

    Parameters
    ----------
    duration
        Simulated time, s; a whole number of crowd steps.
    start
        Local date and time of tick 0, ISO 8601 without offset.
    zone
        IANA time zone of `start`.
    resolution
        Length of a tick, s; a whole number of microseconds.
    """

    duration: Annotated[FixedSeconds, limits(above=0.0)]
    start: Annotated[str, BeforeValidator(_local_start)] = "2026-01-01T12:00:00"
    zone: Annotated[str, BeforeValidator(_zone)] = "UTC"
    resolution: Annotated[FixedSeconds, limits(low=0.0001, high=1.0)] = 0.01

    @model_validator(mode="after")
    def _check(self) -> Time:
        if abs(self.resolution * 1e6 - self.resolution_us) > 1e-6:
            refuse(f"{self.resolution} s is not a whole number of microseconds", key="resolution")
        if self.zone != "UTC":
            self._check_exists()
        return self

    def _check_exists(self) -> None:
        import zoneinfo

        try:
            zone = zoneinfo.ZoneInfo(self.zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            return  # no zone data on this machine: the name was checked as far as it can be
        local = datetime.fromisoformat(self.start)
        there = local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None)
        if there != local:
            refuse(f"{self.start} does not exist in {self.zone}: the clocks go forward", key="start")

    @property
    def resolution_us(self) -> int:
        """Length of a tick in microseconds."""
        return microseconds(self.resolution)

    @property
    def duration_ticks(self) -> int:
        """Length of the run in ticks."""
        return self.to_ticks(self.duration)

    def to_ticks(self, seconds: float) -> int:
        """Return the tick nearest to a moment."""
        return round(microseconds(seconds) / self.resolution_us)
