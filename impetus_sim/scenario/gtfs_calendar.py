"""The days on which each service of a GTFS feed runs: weeks between two dates, and exceptions."""

from __future__ import annotations

import re
from datetime import date, datetime

from impetus_sim.scenario.gtfs_tables import Feed

_DATE = re.compile(r"\d{8}")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Calendar:
    """On which days each service runs."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._weeks: dict[str, tuple[date, date, tuple[bool, ...]]] = {}
        self._changes: dict[tuple[str, date], bool] = {}
        for line, row in feed.rows("calendar"):
            days = tuple(row.get(day, "") == "1" for day in _DAYS)
            self._weeks[row["service_id"]] = (
                self._day("calendar", line, row["start_date"]),
                self._day("calendar", line, row["end_date"]),
                days,
            )
        for line, row in feed.rows("calendar_dates"):
            if row["exception_type"] not in ("1", "2"):
                feed.fault(
                    "calendar_dates", line, f"exception_type '{row['exception_type']}' is neither 1 nor 2"
                )
            day = self._day("calendar_dates", line, row["date"])
            self._changes[row["service_id"], day] = row["exception_type"] == "1"

    def _day(self, table: str, line: int, text: str) -> date:
        try:
            if _DATE.fullmatch(text):
                return datetime.strptime(text, "%Y%m%d").date()
        except ValueError:
            pass
        self._feed.fault(table, line, f"'{text[:20]}' is no date YYYYMMDD")
        return date.min

    def runs(self, service: str, day: date) -> bool:
        """Return whether a service runs on a day."""
        if (service, day) in self._changes:
            return self._changes[service, day]
        start, end, days = self._weeks.get(service, (date.max, date.min, ()))
        return start <= day <= end and days[day.weekday()]

    def described(self) -> str:
        """Return the days that the feed is about."""
        days = [day for start, end, _ in self._weeks.values() for day in (start, end)]
        days += [day for (_, day), is_added in self._changes.items() if is_added]
        return (
            f"a day from {min(days)} to {max(days)} on which buses run"
            if days
            else "no day: it has no services"
        )
