"""Records of streams from which detectors learn: CSV files beside a scenario, held in it as text once read.

The first column is ``time``, in seconds after a Monday midnight; each other column is the id of a stream. A cell
without a number is a reading that was not there.
"""

from __future__ import annotations

import csv
import io
import math
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import PlainValidator, WithJsonSchema

from impetus_sim.scenario.held_file import read_text_beside
from impetus_sim.scenario.spec import refuse

Floats = npt.NDArray[np.float64]

MAX_BYTES = 50 * 1024 * 1024
_FORM = "a CSV file with a column time (s after a Monday midnight) and one for each stream"


def parse_history(raw: Any) -> str:
    """Read a file, or text that holds a record, check it, and return its text (validator of a field)."""
    if not isinstance(raw, str):
        refuse(f"{str(raw)[:60]!r} is not a record of streams", allowed=_FORM)
    is_text = "\n" in raw
    text = (
        str(raw)
        if is_text
        else read_text_beside(raw, max_bytes=MAX_BYTES, forms=f"{_FORM}, relative to the scenario")
    )
    read_history(text, "the record" if is_text else f"'{raw}'")
    return text


HistoryText = Annotated[
    str, PlainValidator(parse_history), WithJsonSchema({"type": "string", "description": _FORM})
]


def read_history(text: str, name: str = "the record") -> tuple[tuple[str, ...], Floats, Floats]:
    """Return the ids of the streams, times (m,) and values (m, n), nan where there was no reading.

    Parameters
    ----------
    text
        Of a record.
    name
        What messages call it.
    """
    reader = csv.reader(io.StringIO(text))
    heading = [cell.strip() for cell in next(reader, [])]
    if len(heading) < 2 or heading[0] != "time" or len(set(heading)) < len(heading):
        refuse(f"{name} has no column time and streams", allowed=_FORM)
    rows: list[list[float]] = []
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        row = [_number(cell, f"{name}, line {reader.line_num}") for cell in cells]
        if len(row) != len(heading) or math.isnan(row[0]):
            refuse(
                f"{name}, line {reader.line_num}: not a time and {len(heading) - 1} readings", allowed=_FORM
            )
        if rows and row[0] <= rows[-1][0]:
            refuse(f"{name}, line {reader.line_num}: time does not ascend", allowed=_FORM)
        rows.append(row)
    if len(rows) < 2:
        refuse(f"{name} holds no two readings", allowed=_FORM)
    table = np.array(rows)
    return tuple(heading[1:]), table[:, 0].copy(), table[:, 1:].copy()


def _number(cell: str, where: str) -> float:
    if not cell.strip():
        return math.nan
    try:
        value = float(cell)
    except ValueError:
        refuse(f"{where}: '{cell.strip()[:40]}' is not a number", allowed=_FORM)
    return value if math.isfinite(value) else math.nan
