"""Tables that people bring: CSV rows of a time, a name and a number."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from impetus_sim.errors import InvalidInputError


@dataclass(frozen=True, kw_only=True)
class TimedRow:
    """One row.

    Parameters
    ----------
    where
        File and line, for messages.
    name, value
        Of what, and how much.
    time_s
        s; None where none is given.
    """

    where: str
    name: str
    value: float
    time_s: float | None


def read_timed_rows(path: Path, *, names: Sequence[str], value: str) -> Iterator[TimedRow]:
    """Yield the rows of a table with the columns ``time``, a name and a number, in their order.

    Parameters
    ----------
    path
        The file.
    names
        What the column of names may be called.
    value
        What the column of numbers is called.

    Raises
    ------
    InvalidInputError
        When a column is missing, something is no number, or there is no row.
    """
    columns = f"columns: time, {names[0]} (or {', '.join(names[1:])}), {value}"
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        header = [name.strip().lower() for name in reader.fieldnames or ()]
        reader.fieldnames = header
        named = next((name for name in names if name in header), "")
        if not named or not {"time", value} <= set(header):
            raise InvalidInputError(f"'{path}' has the columns {', '.join(header) or 'none'}", hint=columns)
        n = 0
        for row in reader:
            n += 1
            where = f"'{path}', line {reader.line_num}"
            time = (row["time"] or "").strip()
            yield TimedRow(
                where=where,
                name=(row[named] or "").strip(),
                value=_number(row[value], value, where),
                time_s=_number(time, "time", where) if time else None,
            )
    if not n:
        raise InvalidInputError(f"'{path}' holds no rows", hint=columns)


def _number(text: str | None, column: str, where: str) -> float:
    try:
        value = float(text or "")
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InvalidInputError(f"{where}: {column} is '{text}'", hint="a number")
    return value
