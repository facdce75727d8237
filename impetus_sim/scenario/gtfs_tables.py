"""The tables of a GTFS feed, from a zip file or a folder: rows with their line numbers, and faults with theirs.

Plain CSV is read row by row, rather than by a library: faults need file and line, and only the trips of one day and
a window of hours are kept. Source: General Transit Feed Specification, Schedule Reference (gtfs.org).
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from impetus_sim.scenario.spec import refuse

MAX_BYTES = 2 * 1024**3
"""Of one table, unpacked."""
FORMS = "a GTFS feed: a zip file or a folder, relative to the scenario"
_MOST_FAULTS = 10

NEEDED = {
    "stops": ("stop_id",),
    "routes": ("route_id", "route_type"),
    "trips": ("route_id", "service_id", "trip_id"),
    "stop_times": ("trip_id", "stop_id", "stop_sequence"),
}
"""Tables that must be there, with the columns that must."""
OPTIONAL = {
    "calendar": (
        "service_id",
        "start_date",
        "end_date",
        *["monday", "tuesday", "wednesday", "thursday", "friday"],
    ),
    "calendar_dates": ("service_id", "date", "exception_type"),
    "frequencies": ("trip_id", "start_time", "end_time", "headway_secs"),
}

Row = dict[str, str]


class Feed:
    """A feed, read table by table; its faults are gathered, and told together.

    Raises pydantic's error kinds where it cannot be read at all (used inside validators).
    """

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        self._path = path
        self._zip: zipfile.ZipFile | None = None
        self._faults: list[str] = []
        try:
            if path.is_dir():
                self._files = {entry.name: entry.name for entry in path.iterdir() if entry.suffix == ".txt"}
            else:
                self._zip = zipfile.ZipFile(path)
                self._files = {item.rsplit("/", 1)[-1]: item for item in self._zip.namelist()}
        except (OSError, zipfile.BadZipFile) as error:
            reason = getattr(error, "strerror", None) or str(error)
            refuse(f"cannot read '{name}': {reason}", allowed=FORMS)
        for table in NEEDED:
            if f"{table}.txt" not in self._files:
                self.fault(table, 0, "is missing")
        if not {"calendar.txt", "calendar_dates.txt"} & set(self._files):
            self.fault("calendar", 0, "is missing, and so is calendar_dates.txt")
        self.require_sound()

    def fault(self, table: str, line: int, message: str) -> None:
        """Note a fault; the first ten end the reading."""
        at = f"{table}.txt, line {line}: " if line else f"{table}.txt "
        self._faults.append(at + message[:160])
        if len(self._faults) == _MOST_FAULTS:
            self.require_sound()

    def require_sound(self) -> None:
        """Refuse the feed if any fault was found so far."""
        if self._faults:
            refuse(f"'{self.name}', {'; '.join(self._faults)}", allowed=FORMS)

    def rows(self, table: str) -> Iterator[tuple[int, Row]]:
        """Yield each row of a table with its line; nothing where an optional table is not there."""
        needed = NEEDED.get(table) or OPTIONAL[table]
        if f"{table}.txt" not in self._files:
            return
        try:
            with self._open(f"{table}.txt") as file:
                reader = csv.reader(file)
                heading = [cell.strip() for cell in next(reader, [])]
                missing = [column for column in needed if column not in heading]
                if missing:
                    self.fault(table, 1, f"has no column {', '.join(missing)}")
                    self.require_sound()
                for cells in reader:
                    if any(cell.strip() for cell in cells):
                        row = dict.fromkeys(heading, "")
                        row |= zip(heading, map(str.strip, cells), strict=False)
                        empty = [column for column in needed if not row[column]]
                        if empty:
                            self.fault(table, reader.line_num, f"{', '.join(empty)} is empty")
                        yield reader.line_num, row
        except (OSError, ValueError, zipfile.BadZipFile, zlib.error, csv.Error, EOFError) as error:
            self._unreadable(table, error)

    def _open(self, file: str) -> io.TextIOBase:
        if self._zip is None:
            path = self._path / file
            if path.stat().st_size > MAX_BYTES:
                refuse(f"'{self.name}', {file} is larger than {MAX_BYTES >> 30} GB")
            return path.open(encoding="utf-8-sig", newline="")
        if self._zip.getinfo(self._files[file]).file_size > MAX_BYTES:
            refuse(f"'{self.name}', {file} is larger than {MAX_BYTES >> 30} GB")
        return io.TextIOWrapper(self._zip.open(self._files[file]), encoding="utf-8-sig", newline="")

    def _unreadable(self, table: str, error: Exception) -> NoReturn:
        reason = getattr(error, "strerror", None) or str(error)
        refuse(f"'{self.name}', cannot read {table}.txt: {reason}"[:200], allowed=FORMS)
