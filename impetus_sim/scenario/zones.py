"""Zones by name: places given one by one, or the areas of a GeoJSON or GeoPackage file.

Forms: ``{1: PLACE, harbour: PLACE}``; "zones.geojson"; ``{file: zones.gpkg, layer: zones, property: number}``. The
property names the zones; `name`, `zone`, `zone_id` or `id` when left out, whichever comes first. A file is read
when the scenario is, so that the resolved scenario holds its areas.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from impetus_sim.scenario.drawn import read_document
from impetus_sim.scenario.places import Place, parse_place
from impetus_sim.scenario.spec import Named, refuse
from impetus_sim.scenario.tree import Located

FORMS = "{NAME: PLACE, ...}, a GeoJSON file, or {file: FILE, layer: NAME, property: NAME}"
NAME_PROPERTIES = ("name", "zone", "zone_id", "id")
MAX_ZONES = 5000


def parse_zones(raw: Any) -> Named[Place]:
    """Read any form (validator of a field)."""
    if isinstance(raw, str):
        raw = {"file": raw}
    if not isinstance(raw, Mapping):
        refuse(f"{str(raw)[:60]!r} are not zones", allowed=FORMS)
    if "file" in raw and set(raw) <= {"file", "layer", "property"}:
        places = _read_file(raw["file"], raw.get("layer"), raw.get("property"))
    else:
        places = {str(name): parse_place(place) for name, place in raw.items()}
    if len(places) > MAX_ZONES:
        refuse(f"{len(places)} zones", allowed=f"at most {MAX_ZONES}")
    return Named(sorted(places.items()))


ZonePlaces = Annotated[
    dict[str, Place],
    PlainValidator(parse_zones),
    WithJsonSchema({"type": ["string", "object"], "description": f"zones: {FORMS}"}),
]


def _read_file(file: Any, layer: Any, wanted: Any) -> dict[str, Place]:
    if not isinstance(file, str) or not isinstance(layer, str | None) or not isinstance(wanted, str | None):
        refuse("file, layer and property are texts", allowed=FORMS)
    folder = file.mark.folder if isinstance(file, Located) else Path()
    if file.lower().endswith(".gpkg"):
        document = _read_geopackage(file, layer, folder=folder)
    else:
        document = read_document(str(file), folder=folder)
    features = document.get("features")
    if not isinstance(features, list) or not features:
        refuse(f"'{file}' holds no features", allowed="a FeatureCollection of areas")
    places: dict[str, Place] = {}
    for feature in features:
        name = _name_of(feature, wanted, str(file))
        if name in places:
            refuse(f"'{file}' holds zone '{name}' twice", allowed="one feature for each zone")
        places[name] = parse_place({"geojson": feature.get("geometry"), "name": name})
    return places


def _name_of(feature: Any, wanted: str | None, file: str) -> str:
    if not isinstance(feature, Mapping):
        refuse(f"'{file}' holds something that is no feature")
    properties = feature.get("properties")
    held = {"id": feature.get("id"), **(properties if isinstance(properties, Mapping) else {})}
    for key in NAME_PROPERTIES if wanted is None else (wanted,):
        value = held.get(key)
        if value is not None and str(value).strip():
            is_whole = isinstance(value, float) and value == int(value)
            return str(int(value)) if is_whole else str(value).strip()
    refuse(
        f"a feature of '{file}' has no {wanted or ' or '.join(NAME_PROPERTIES)}",
        key="property",
        allowed=", ".join(key for key in held if held[key] is not None),
    )


def _read_geopackage(file: str, layer: str | None, *, folder: Path) -> dict[str, Any]:
    import geopandas

    try:
        frame = geopandas.read_file(folder / file, layer=layer)
    except (OSError, ValueError, RuntimeError) as error:
        refuse(f"cannot read '{file}': {error}"[:200], allowed="a GeoPackage, relative to the scenario")
    if frame.crs is None:
        refuse(f"'{file}' does not say its coordinate system")
    document: dict[str, Any] = json.loads(frame.to_crs(4326).to_json())
    return document
