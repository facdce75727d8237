"""Looking places up on a city: names, OSM ids, coordinates; and what is wrong when they are missing."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

import numpy as np
import shapely
import shapely.affinity
from shapely.geometry.base import BaseGeometry

from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.faults import nearest_name
from impetus_sim.scenario.places import Place

if TYPE_CHECKING:
    from impetus_sim.maps.city import City

WALKABLE_REACH_M = 1.0
"""A place this close to walkable ground is on it: exits are drawn on its edge."""
_STREET_LAYERS = ("walk_edges", "drive_edges")
_AREA_TYPES = ("Polygon", "MultiPolygon")


def find(place: Place, city: City) -> BaseGeometry:  # noqa: PLR0911 - one return for each form
    """Return the geometry of a place in local metres; see `impetus_sim.scenario.places.locate`."""
    if place.form == "storey":
        return _on_storey(place, city)
    if place.form == "circle":
        assert place.at is not None
        return shapely.buffer(find(place.at, city), place.radius, quad_segs=16)
    if place.form == "name":
        return _by_name(place, city)
    if place.form == "osm":
        return _by_osm_id(place, city)
    if place.form == "box":
        return shapely.box(*place.numbers)
    if place.form == "drawn":
        return _drawn(place, city)
    numbers = np.reshape(place.numbers, (-1, 2))
    if place.form == "line":
        return shapely.LineString(numbers)
    return shapely.Point(city.to_local(*place.numbers) if place.form == "lonlat" else numbers[0])


def _on_storey(place: Place, city: City) -> BaseGeometry:
    from impetus_sim.maps.storeys import sheets_of

    assert place.at is not None
    sheets = sheets_of(city)
    if place.storey not in sheets:
        near = nearest_name(place.storey, sheets)
        raise InvalidInputError(
            f"there is no storey '{place.storey}'",
            hint=(f"did you mean '{near}'? " if near else "")
            + f"storeys: {', '.join(sheets) or 'none (crowd.storeys)'}",
        )
    sheet = sheets[place.storey]
    return shapely.affinity.translate(find(_renamed(place.at, sheet.prefix), city), *sheet.shift_of(place.at))


def _renamed(place: Place, prefix: str) -> Place:
    if place.form == "name":
        return replace(place, text=prefix + place.text)
    return place if place.at is None else replace(place, at=_renamed(place.at, prefix))


def names_on(city: City) -> dict[str, str]:
    """Return every name that `find` knows on a city: normalised to as written."""
    names: dict[str, str] = {}
    for layer, columns in (("places", ("name", "alt_names")), *((s, ("name",)) for s in _STREET_LAYERS)):
        frame = city.layers[layer]
        for column in columns:
            for text in frame[column].unique() if column in frame else ():
                for name in _split(text):
                    names.setdefault(_normal(name), name)
    return names


def street_names(city: City) -> set[str]:
    """Return the names of all streets and paths."""
    return {
        name
        for layer in _STREET_LAYERS
        for text in city.layers[layer]["name"].unique()
        for name in _split(text)
    }


def exit_names(city: City) -> set[str]:
    """Return the names of exits that the map itself has (drawn and synthetic plans)."""
    places = city.layers["places"]
    return set(places.loc[places["kind"] == "exit", "name"])


def _by_name(place: Place, city: City) -> BaseGeometry:
    wanted = _normal(place.text)
    places = city.layers["places"]
    hits = [
        shape
        for shape, *texts in zip(places.geometry, places["name"], places["alt_names"], strict=True)
        if any(_normal(name) == wanted for text in texts for name in _split(text))
    ]
    if hits:
        return _join(hits)
    lines = list(_streets(wanted, city))
    if lines:
        return shapely.union_all(lines)
    names = names_on(city)
    near = nearest_name(wanted, names)
    tip = f"did you mean '{names[near]}'? " if near else ""
    some = ", ".join(sorted(set(places["name"]) - {""})[:8])
    raise InvalidInputError(
        f"'{place.text}' is not on the map '{city.name}'",
        hint=f"{tip}{f'named places: {some}, ...' if some else 'the map names no places: give coordinates'}",
    )


def _streets(wanted: str, city: City) -> Iterator[BaseGeometry]:
    for layer in _STREET_LAYERS:
        frame = city.layers[layer]
        for text in frame["name"].unique():
            if any(_normal(name) == wanted for name in _split(text)):
                yield from frame.geometry[frame["name"] == text]


def _by_osm_id(place: Place, city: City) -> BaseGeometry:
    for layer in ("places", "walkable", "surfaces", "buildings", "assets", "water"):
        frame = city.layers.get(layer)
        if frame is not None and "osm_id" in frame:
            hits = list(frame.geometry[frame["osm_id"] == place.text])
            if hits:
                return _join(hits)
    number = place.text.partition("/")[2]
    for layer in _STREET_LAYERS if place.text.startswith("way/") else ():
        frame = city.layers[layer]
        if "osm_ids" in frame:
            ids = frame["osm_ids"].str.replace("way/", "").str.split(r"[;,\s]+", regex=True)
            hits = list(frame.geometry[[number in row for row in ids]])
            if hits:
                return shapely.union_all(hits)
    raise InvalidInputError(
        f"'{place.text}' is not on the map '{city.name}'",
        hint="only named places, walkable areas, buildings, assets and streets keep their OSM id",
    )


def _drawn(place: Place, city: City) -> BaseGeometry:
    shape = shapely.from_geojson(json.dumps(json.loads(place.drawn)))

    def to_local(points: np.ndarray) -> np.ndarray:
        return np.array([city.to_local(lon, lat) for lon, lat in points])

    local = shapely.transform(shape, to_local)
    if local.geom_type in _AREA_TYPES and not local.is_valid:
        local = shapely.make_valid(local, method="structure", keep_collapsed=False)
    if local.is_empty:
        raise InvalidInputError(f"'{place.text}' has no extent", hint="draw it again without self-crossings")
    return local


def _join(shapes: list[BaseGeometry]) -> BaseGeometry:
    """Return the union of the shapes of the highest dimension (areas, else lines, else points)."""
    most = max(shapely.get_dimensions(shape) for shape in shapes)
    chosen = [shape for shape in shapes if shapely.get_dimensions(shape) == most]
    return chosen[0] if len(chosen) == 1 else shapely.union_all(chosen)


def require_inside(geometry: BaseGeometry, place: Place, city: City) -> None:
    """Refuse a place that does not touch the map."""
    x0, y0, x1, y1 = city.bounds
    if geometry.intersects(shapely.box(x0, y0, x1, y1).buffer(WALKABLE_REACH_M)):
        return
    metres = geometry.distance(shapely.box(x0, y0, x1, y1))
    if place.form in ("lonlat", "drawn") or (place.at is not None and place.at.form in ("lonlat", "drawn")):
        west, south = city.to_lonlat(x0, y0)
        east, north = city.to_lonlat(x1, y1)
        box = f"lon {west:.5f} to {east:.5f}, lat {south:.5f} to {north:.5f}"
    else:
        box = f"x {x0:.0f} to {x1:.0f} m, y {y0:.0f} to {y1:.0f} m"
    raise InvalidInputError(
        f"'{place}' is {metres:.0f} m outside the map '{city.name}'", hint=f"the map spans {box}"
    )


def require_walkable(geometry: BaseGeometry, place: Place, city: City) -> None:
    """Refuse a place none of which is walkable."""
    walkable = city.layers["walkable"].geometry
    if not len(walkable):
        _refuse(f"the map '{city.name}' has no walkable ground")
    if bool(shapely.dwithin(walkable.to_numpy(), geometry, WALKABLE_REACH_M).any()):
        return
    metres = float(shapely.distance(walkable.to_numpy(), geometry).min())
    _refuse(f"'{place}' is not walkable: the nearest walkable ground is {metres:.0f} m away")


def _refuse(message: str) -> NoReturn:
    raise InvalidInputError(message, hint="look at the picture that `impetus map show` makes")


def _split(text: object) -> list[str]:
    return [name.strip() for name in str(text).split(";") if name.strip()]


def _normal(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
