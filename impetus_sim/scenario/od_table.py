"""Origin-destination tables: CSV files beside a scenario, held in it as text once read.

Columns origin, destination and trips (or o_zone_id, d_zone_id and volume, as in GMNS demand tables), and if wanted
class (car, truck, bus) and period. Rows of one pair, class and period are added up.
"""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from impetus_sim.scenario.held_file import read_text_beside
from impetus_sim.scenario.spec import refuse

OUT = "out"
"""Zone of the streets that leave the map."""
CLASSES = ("car", "truck", "bus")
MAX_BYTES = 50 * 1024 * 1024
_COLUMNS = ("origin", "destination", "trips", "class", "period")
_ALIKE = {"o_zone_id": "origin", "d_zone_id": "destination", "volume": "trips"}
_MOST_FAULTS = 10
_FORMS = "a CSV file with columns origin, destination, trips, and if wanted class and period"


@dataclass(frozen=True, order=True)
class OdRow:
    """One pair: names of zones, vehicle class and period ('' where not given), and trips, maybe a fraction."""

    origin: str
    destination: str
    kind: str
    period: str
    trips: float


def parse_table(raw: Any) -> str:
    """Read a file, or text that holds a table, and return it as sorted text (validator of a field)."""
    if not isinstance(raw, str):
        refuse(f"{str(raw)[:60]!r} is not a table", allowed=_FORMS)
    is_text = "\n" in raw
    name = "the table" if is_text else f"'{raw}'"
    total: dict[tuple[str, str, str, str], float] = {}
    for row in _read_rows(
        str(raw)
        if is_text
        else read_text_beside(raw, max_bytes=MAX_BYTES, forms=f"{_FORMS}, relative to the scenario"),
        name,
    ):
        key = (row.origin, row.destination, row.kind, row.period)
        total[key] = total.get(key, 0.0) + row.trips
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for (origin, destination, kind, period), trips in sorted(total.items()):
        if trips > 0.0:
            writer.writerow((origin, destination, repr(trips), kind, period))
    text = out.getvalue()
    if text.count("\n") < 2:
        refuse(f"{name} holds no trips", allowed=_FORMS)
    return text


TableText = Annotated[
    str, PlainValidator(parse_table), WithJsonSchema({"type": "string", "description": f"{_FORMS}"})
]


def rows_of(text: str) -> list[OdRow]:
    """Return the rows of a text that `parse_table` gave."""
    return _read_rows(text, "the table")


def _read_rows(text: str, name: str) -> list[OdRow]:
    reader = csv.reader(io.StringIO(text))
    heading = [_ALIKE.get(cell.strip().lower(), cell.strip().lower()) for cell in next(reader, [])]
    missing = [column for column in _COLUMNS[:3] if column not in heading]
    if missing:
        refuse(f"{name} has no column {', '.join(missing)}", allowed=_FORMS)
    at = {column: heading.index(column) for column in _COLUMNS if column in heading}
    rows, faults = [], []
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        given = {column: cells[k].strip() if k < len(cells) else "" for column, k in at.items()}
        trips, fault = _check_cells(given)
        if fault:
            faults.append(f"line {reader.line_num}: {fault}")
            if len(faults) == _MOST_FAULTS:
                break
        rows.append(
            OdRow(
                given["origin"],
                given["destination"],
                given.get("class", "").lower(),
                given.get("period", ""),
                trips,
            )
        )
    if faults:
        refuse(f"{name}, {'; '.join(faults)}", allowed=_FORMS)
    return rows


def _check_cells(given: dict[str, str]) -> tuple[float, str]:
    # The trips, and what is wrong with the row.
    try:
        trips = float(given["trips"])
    except ValueError:
        return 0.0, f"'{given['trips'][:40]}' is not a number of trips"
    if not (math.isfinite(trips) and trips >= 0.0):
        return 0.0, f"{given['trips'][:40]} trips"
    if not given["origin"] or not given["destination"]:
        return 0.0, "a zone is missing"
    kind = given.get("class", "").lower()
    if kind and kind not in CLASSES:
        return 0.0, f"class '{kind[:40]}' is none of {', '.join(CLASSES)}"
    return trips, ""
