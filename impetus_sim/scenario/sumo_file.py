"""SUMO trips and routes: XML files beside a scenario, held in it as a table once read.

Read are `vType` (id, vClass), `route`, `trip`, `vehicle` and `flow` with from and to (edges, or longitude and
latitude) or a route of edges. Departure lanes, speeds and positions, stops and parameters are not. A file with a
document type (and so with entities) is refused. Source: SUMO documentation, Definition of Vehicles, Vehicle Types,
and Routes.
"""

from __future__ import annotations

import csv
import gzip
import io
import math
import re
import zlib
from dataclasses import astuple, dataclass
from typing import Annotated, Any, NoReturn
from xml.parsers import expat

from pydantic import PlainValidator, WithJsonSchema

from impetus_sim.scenario.held_file import path_beside, refuse_larger, refuse_unreadable
from impetus_sim.scenario.spec import refuse

MAX_BYTES = 200 * 1024 * 1024
MOST_OF_FLOW = 1 << 20
"""Vehicles of one flow: their ids leave room for so many."""
FORMS = "a SUMO file of trips or routes (.xml, .xml.gz), relative to the scenario"
ROUTE, EDGES, LONLAT = "route", "edges", "lonlat"
"""Forms of a way: all its edges, its first and last edge, or the points at its ends."""
TYPE = "type "
"""Before the name of a type, where its class is not known."""
_ROOTS = ("routes", "trips", "additional")
_CARRIERS = ("trip", "vehicle", "flow")
_ELEMENTS = ("vType", "route", *_CARRIERS)
_IGNORED = ("param", "stop")
_CLASSES = {"truck": "truck", "trailer": "truck", "bus": "bus", "coach": "bus", "emergency": "emergency"}
_CARS = "passenger private taxi hov evehicle vip delivery motorcycle moped custom1 custom2 authority army ignoring"
_COLUMNS = ("id", "depart", "number", "period", "class", "form", "way")
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d\d):(\d\d(?:\.\d+)?)")
_ELSEWHERE = ("fromXY", "toXY", "fromTaz", "toTaz", "fromJunction", "toJunction", "via", "viaLonLat", "viaXY")


@dataclass(frozen=True)
class SumoRow:
    """One trip, vehicle or flow: `number` vehicles, the first at `depart` s, one each `period` s.

    kind: car, truck, bus or emergency; the class of SUMO that does not drive here; or `TYPE` and the name of a type
    that the file does not hold. form: of the way, which are edges by id or numbers.
    """

    id: str
    depart: float
    number: int
    period: float
    kind: str
    form: str
    way: tuple[str, ...]


def parse_sumo(raw: Any) -> str:
    """Read a file, or text that holds what was read of one, and return it as sorted text (validator of a field)."""
    if not isinstance(raw, str):
        refuse(f"{str(raw)[:60]!r} is not a file", allowed=FORMS)
    if raw.startswith(",".join(_COLUMNS)):
        return str(raw)
    rows = _Reader(str(raw), _read_bytes(raw)).rows
    if not rows:
        refuse(f"'{raw}' holds no trips", allowed=FORMS)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in sorted(rows, key=lambda row: row.id):
        writer.writerow((*astuple(row)[:-1], " ".join(row.way)))
    return out.getvalue()


SumoText = Annotated[
    str, PlainValidator(parse_sumo), WithJsonSchema({"type": "string", "description": FORMS})
]


def rows_of(text: str) -> list[SumoRow]:
    """Return the rows of a text that `parse_sumo` gave."""
    reader = csv.reader(io.StringIO(text))
    next(reader)
    return [
        SumoRow(id_, float(depart), int(number), float(period), kind, form, tuple(way.split()))
        for id_, depart, number, period, kind, form, way in reader
    ]


def _read_bytes(raw: str) -> bytes:
    path = path_beside(raw)
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            held = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error, ValueError) as error:
        refuse_unreadable(raw, error, forms=FORMS)
    if len(held) > MAX_BYTES:
        refuse_larger(raw, MAX_BYTES)
    return held


class _Reader:
    """The elements of a file in order; every fault ends it with the line."""

    def __init__(self, name: str, data: bytes) -> None:
        self._name = name
        self.rows: list[SumoRow] = []
        self._types = {"DEFAULT_VEHTYPE": "car", "DEFAULT_TRUCKTYPE": "truck"}
        self._routes: dict[str, tuple[str, ...]] = {}
        self._ids: set[str] = set()
        self._open: list[tuple[str, dict[str, str], int]] = []
        parser = self._parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = lambda *_: self._refuse("a document type", "XML without DOCTYPE")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        try:
            parser.Parse(data, True)
        except expat.ExpatError as error:
            refuse(f"'{name}', line {error.lineno}: no valid XML: {error}"[:200], allowed=FORMS)

    def _refuse(self, message: str, allowed: str = "", *, line: int | None = None) -> NoReturn:
        at = self._parser.CurrentLineNumber if line is None else line
        refuse(f"'{self._name}', line {at}: {message[:200]}", allowed=allowed)

    def _start(self, tag: str, given: dict[str, str]) -> None:
        depth = len(self._open)
        if depth == 0 and tag not in _ROOTS:
            self._refuse(f"<{tag}> is not a list of trips", " or ".join(f"<{root}>" for root in _ROOTS))
        if depth == 1 and tag not in _ELEMENTS:
            self._refuse(f"<{tag}> cannot be read", ", ".join(_ELEMENTS))
        if depth > 1 and tag in _ELEMENTS:
            parent = self._open[-1]
            if tag != "route" or parent[0] not in ("vehicle", "flow"):
                self._refuse(f"<{tag}> in <{parent[0]}>", "route in vehicle or flow")
            parent[1]["edges"] = self._need(given, "edges", "route")
        elif depth > 1 and tag not in _IGNORED and self._open[1][0] != "vType":
            self._refuse(f"<{tag}> in <{self._open[-1][0]}> cannot be read", ", ".join(_IGNORED))
        self._open.append((tag, given, self._parser.CurrentLineNumber))

    def _end(self, tag: str) -> None:
        _, given, line = self._open.pop()
        if len(self._open) != 1:
            return
        if tag == "vType":
            name = given.get("vClass", "passenger")
            kind = "car" if name in _CARS.split() else _CLASSES.get(name, name)
            self._types[self._need(given, "id", tag)] = kind
        elif tag == "route":
            self._routes[self._need(given, "id", tag)] = self._edges(self._need(given, "edges", tag))
        elif tag in _CARRIERS:
            self.rows.append(self._row(tag, given, line))

    def _need(self, given: dict[str, str], key: str, tag: str) -> str:
        if not given.get(key, "").strip():
            self._refuse(f"<{tag}> without {key}")
        return given[key].strip()

    def _edges(self, text: str) -> tuple[str, ...]:
        return tuple(text.split())

    def _row(self, tag: str, given: dict[str, str], line: int) -> SumoRow:
        id_ = self._need(given, "id", tag)
        if id_ in self._ids:
            self._refuse(f"the id '{id_}' is there twice", "one element for each id", line=line)
        self._ids.add(id_)
        kind = given.get("type", "DEFAULT_VEHTYPE")
        depart, number, period = self._times(tag, given, line)
        form, way = self._way(id_, given, line)
        return SumoRow(id_, depart, number, period, self._types.get(kind, TYPE + kind), form, way)

    def _times(self, tag: str, given: dict[str, str], line: int) -> tuple[float, int, float]:
        # first departure, number of vehicles, time between two
        if tag != "flow":
            return self._time(given, "depart", line), 1, 0.0
        begin, end = self._time(given, "begin", line), math.inf
        if "end" in given:
            end = self._time(given, "end", line)
        rates = {"period": 1.0, "vehsPerHour": 3600.0}
        rate = next((key for key in rates if key in given), "")
        number = self._number(given, "number", line) if "number" in given else math.inf
        if rate:
            value = self._number(given, rate, line)
            period = value if rate == "period" else rates[rate] / value
            number = min(number, math.ceil(round((end - begin) / period, 9)) if end < math.inf else math.inf)
        else:
            period = (end - begin) / number
        if not (end > begin and 1 <= number <= MOST_OF_FLOW and number == int(number) and period < math.inf):
            self._refuse(
                f"the flow '{given['id']}' is not that of 1 to {MOST_OF_FLOW} vehicles after begin",
                "begin and end with number, period or vehsPerHour; or begin, number and period",
                line=line,
            )
        return begin, int(number), period

    def _time(self, given: dict[str, str], key: str, line: int) -> float:
        text = given.get(key, "0" if key == "begin" else "").strip()
        clock = _CLOCK.fullmatch(text)
        if clock:
            days, hours, minutes, seconds = clock.groups()
            return ((int(days or 0) * 24 + int(hours)) * 60 + int(minutes)) * 60 + float(seconds)
        return self._number({key: text}, key, line, least=0.0)

    def _number(self, given: dict[str, str], key: str, line: int, *, least: float = 1e-9) -> float:
        try:
            value = float(given[key])
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and value >= least):
            self._refuse(
                f"{key}='{given[key][:40]}'",
                "a positive number" if least else "seconds, or HH:MM:SS, not negative",
                line=line,
            )
        return value

    def _way(self, id_: str, given: dict[str, str], line: int) -> tuple[str, tuple[str, ...]]:
        elsewhere = [key for key in _ELSEWHERE if key in given]
        if elsewhere:
            self._refuse(
                f"'{id_}' has {elsewhere[0]}", "from and to, fromLonLat and toLonLat, or a route", line=line
            )
        if "edges" in given:
            return ROUTE, self._edges(given["edges"])
        if "route" in given:
            if given["route"] not in self._routes:
                self._refuse(
                    f"'{id_}' takes the route '{given['route']}', which the file does not hold before it",
                    ", ".join([*self._routes][:10]) or "a route with an id",
                    line=line,
                )
            return ROUTE, self._routes[given["route"]]
        if given.get("from", "").strip() and given.get("to", "").strip():
            return EDGES, (given["from"].strip(), given["to"].strip())
        if "fromLonLat" in given and "toLonLat" in given:
            return LONLAT, (*self._lonlat(given, "fromLonLat", line), *self._lonlat(given, "toLonLat", line))
        self._refuse(
            f"'{id_}' does not say from where to where",
            "from and to, fromLonLat and toLonLat, or a route",
            line=line,
        )

    def _lonlat(self, given: dict[str, str], key: str, line: int) -> tuple[str, str]:
        try:
            lon, lat = (float(part) for part in given[key].split(","))
        except ValueError:
            lon = lat = math.nan
        if not (abs(lon) <= 180.0 and abs(lat) <= 90.0):
            self._refuse(f"{key}='{given[key][:60]}'", "longitude,latitude in degrees", line=line)
        return repr(lon), repr(lat)
