"""Where something is: the forms a scenario may use, and `locate`, which finds them on a city.

Forms: "Senaatintori" (a name on the map), "way/123" (an OSM id), ``[lon, lat]``, ``{xy: [x, y]}`` and
``{box: [x0, y0, x1, y1]}`` in local metres, "square.geojson#stage" (a feature drawn in QGIS, in lon/lat,
beside the scenario), ``{line: [[x, y], ...]}``, ``{at: PLACE, radius: 30 m}``, a circle around any, and
``{storey: hall, at: PLACE}`` or ``{storey: hall, box: [...]}`` on a storey, in that storey's own metres.
A drawn feature is read when the scenario is, so that the resolved scenario holds it and needs no file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from impetus_sim.scenario.drawn import read_feature
from impetus_sim.scenario.quantities import MAX_LENGTH_M, Quantity
from impetus_sim.scenario.spec import refuse
from impetus_sim.scenario.tree import Located

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from impetus_sim.maps.city import City

FORMS = (
    "a name on the map, 'way/123', [lon, lat], 'file.geojson#name', {xy: [x, y]}, {box: [x0, y0, x1, y1]},"
    " {line: [[x, y], ...]}, {at: PLACE, radius: 30 m} or {storey: NAME, at: PLACE}"
)
_OSM_ID = re.compile(r"(node|way|relation)/\d{1,19}")
_FILE = re.compile(r"(?P<file>.+\.(?:geojson|json))(?:#(?P<name>.*))?", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """A place as the scenario gives it; `locate` turns it into geometry.

    Parameters
    ----------
    form
        ``name``, ``osm``, ``lonlat``, ``xy``, ``box``, ``line``, ``drawn``, ``circle`` or ``storey``.
    text
        How it was written, for messages and reports.
    numbers
        lon, lat; x, y; x0, y0, x1, y1; or x, y, x, y, ... of a line: degrees or local metres.
    drawn
        GeoJSON geometry in lon/lat as text, for ``drawn``.
    at, radius
        Centre and radius in metres of a ``circle``; `at` is also the place on a ``storey``.
    storey
        Its name.
    """

    form: str
    text: str
    numbers: tuple[float, ...] = ()
    drawn: str = ""
    at: Place | None = None
    radius: float = 0.0
    storey: str = ""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(parse_place)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": ["string", "array", "object"], "description": f"a place: {FORMS}"}

    def __str__(self) -> str:
        return self.text

    def plain(self) -> Any:  # noqa: PLR0911 - one return for each form
        """Return plain data that `parse_place` reads back, without any file."""
        import json

        if self.form in ("name", "osm"):
            return self.text
        if self.form == "lonlat":
            return list(self.numbers)
        if self.form == "circle":
            assert self.at is not None
            return {"at": self.at.plain(), "radius": self.radius}
        if self.form == "storey":
            assert self.at is not None
            return {"storey": self.storey, "at": self.at.plain()}
        if self.form == "drawn":
            return {"geojson": json.loads(self.drawn), "name": self.text}
        if self.form == "line":
            return {"line": [list(self.numbers[i : i + 2]) for i in range(0, len(self.numbers), 2)]}
        return {self.form: list(self.numbers)}


def circle_around(at: Place, radius: float) -> Place:
    """Return the place within `radius` metres of another."""
    return Place("circle", f"{radius:g} m around {at}", at=at, radius=radius)


def listed(raw: Any) -> Any:
    """Take one place alone for a list of one (before-validator of lists of places)."""
    is_lonlat = (
        isinstance(raw, (list, tuple)) and len(raw) == 2 and all(isinstance(v, int | float) for v in raw)
    )
    return (raw,) if isinstance(raw, (str, dict, Place)) or is_lonlat else raw


def parse_place(raw: Any) -> Place:
    """Read any form of place; raises pydantic's error kinds (used as a field type)."""
    if isinstance(raw, Place):
        return raw
    if isinstance(raw, str):
        return _parse_text(raw)
    if isinstance(raw, (list, tuple)):
        lon, lat = _numbers(raw, 2, "a list is a place [lon, lat]")
        if abs(lon) > 180 or abs(lat) > 90:
            refuse(
                f"[{lon:g}, {lat:g}] is not [lon, lat] in degrees",
                allowed="-180 to 180, -90 to 90; local metres are {xy: [x, y]}",
            )
        return Place("lonlat", f"[{lon:g}, {lat:g}]", (lon, lat))
    if isinstance(raw, Mapping):
        return _parse_mapping(raw)
    refuse(f"{'nothing' if raw is None else raw!r} is not a place"[:120], allowed=FORMS)


def _parse_text(raw: str) -> Place:
    text = str(raw).strip()
    if not text or len(text) > 300:
        refuse("an empty or endless text is not a place", allowed=FORMS)
    if _OSM_ID.fullmatch(text):
        return Place("osm", text)
    match = _FILE.fullmatch(text)
    if match is None:
        return Place("name", text)
    folder = raw.mark.folder if isinstance(raw, Located) else None
    return Place("drawn", text, drawn=read_feature(match["file"], match["name"], folder=folder))


def _parse_mapping(raw: Mapping[str, Any]) -> Place:
    keys = set(raw)
    if "storey" in keys and len(keys) > 1:
        return _parse_on_storey(raw)
    if keys == {"at", "radius"}:
        at = parse_place(raw["at"])
        radius = _RADIUS.parse(raw["radius"])
        return Place("circle", f"{radius:g} m around {at}", at=at, radius=float(radius))  # type: ignore[arg-type]
    if keys == {"xy"}:
        numbers = _numbers(raw["xy"], 2, "xy is [x, y] in local metres")
        return Place("xy", f"({numbers[0]:g} m, {numbers[1]:g} m)", numbers)
    if keys == {"box"}:
        x0, y0, x1, y1 = numbers = _numbers(raw["box"], 4, "box is [x0, y0, x1, y1] in local metres")
        if not (x0 < x1 and y0 < y1):
            refuse(f"box {list(numbers)} is empty", allowed="x0 < x1 and y0 < y1")
        return Place("box", f"box {x0:g}, {y0:g} to {x1:g}, {y1:g} m", numbers)
    if keys == {"line"}:
        points = raw["line"]
        if not isinstance(points, (list, tuple)) or not 2 <= len(points) <= 1000:
            refuse("line is a list of at least two points [x, y] in local metres")
        numbers = tuple(n for point in points for n in _numbers(point, 2, "a point is [x, y]"))
        return Place("line", f"line of {len(points)} points", numbers)
    if keys == {"geojson", "name"}:
        return Place("drawn", str(raw["name"]), drawn=read_feature(raw["geojson"], None, folder=None))
    refuse(f"keys {', '.join(sorted(map(repr, keys)))[:120]} do not make a place", allowed=FORMS)


def _parse_on_storey(raw: Mapping[str, Any]) -> Place:
    name = raw["storey"]
    if not isinstance(name, str):
        refuse(f"storey {str(name)[:40]!r} is not a name", allowed=FORMS)
    rest = {key: value for key, value in raw.items() if key != "storey"}
    at = parse_place(rest["at"] if set(rest) == {"at"} else rest)
    if at.form in ("storey", "lonlat", "drawn"):
        refuse(
            f"'{at}' cannot stand on a storey", allowed="a name on its plan, or local metres: xy, box, line"
        )
    return Place("storey", f"{at} on {name}", at=at, storey=str(name))


_RADIUS = Quantity("length", high=100_000.0, above=0.0, fixed=True)


def _numbers(raw: Any, n: int, what: str) -> tuple[float, ...]:
    if not isinstance(raw, (list, tuple)) or len(raw) != n:
        refuse(f"{what}: {n} numbers", allowed=FORMS)
    values = []
    for item in raw:
        if isinstance(item, bool) or not isinstance(item, (int, float)):
            refuse(f"{what}: {str(item)[:40]!r} is not a number", allowed=FORMS)
        if not math.isfinite(item) or abs(item) > 10 * MAX_LENGTH_M:
            refuse(f"{what}: {str(item)[:40]} is out of range")
        values.append(float(item))
    return tuple(values)


def locate(place: Place, city: City, *, walkable: bool = False) -> BaseGeometry:
    """Find a place on a city.

    Parameters
    ----------
    place
        Any form.
    city
        The city; see `impetus_sim.maps`.
    walkable
        Also require that some of it lies on walkable ground.

    Returns
    -------
    Geometry in the city's local metres: a point, a line or an area. A street's name gives its centre line.

    Raises
    ------
    InvalidInputError
        When the name is unknown (with the nearest ones), the place is outside the map, or not walkable.
    """
    from impetus_sim.scenario.gazetteer import find, require_inside, require_walkable

    geometry = find(place, city)
    require_inside(geometry, place, city)
    if walkable:
        require_walkable(geometry, place, city)
    return geometry
