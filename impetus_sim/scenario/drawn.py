"""Features of a GeoJSON file drawn in QGIS, read into the scenario (no geometry library needed)."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from impetus_sim.scenario.spec import refuse

MAX_BYTES = 20 * 1024 * 1024
MAX_POINTS = 200_000
_DEPTH = {"Point": 0, "LineString": 1, "MultiPoint": 1, "Polygon": 2, "MultiLineString": 2, "MultiPolygon": 3}


def read_feature(source: Any, name: str | None, *, folder: Path | None) -> str:
    """Return the geometry of one feature as compact GeoJSON text.

    Parameters
    ----------
    source
        A file name, or a geometry already read.
    name
        Property `name` (or `id`) of the feature; None or empty when the file holds just one.
    folder
        Where a relative file name starts from.
    """
    if isinstance(source, Mapping):
        return json.dumps(_checked(source), sort_keys=True, separators=(",", ":"))
    document = read_document(str(source), folder=folder)
    features = document.get("features") if document.get("type") == "FeatureCollection" else [document]
    if not isinstance(features, list) or not features:
        refuse(f"'{source}' holds no features", allowed="a GeoJSON FeatureCollection")
    names = {str(_name(feature)): feature for feature in features if isinstance(feature, Mapping)}
    if not name:
        if len(features) != 1:
            refuse(
                f"'{source}' holds {len(features)} features", allowed=f"'{source}#NAME' with {_list(names)}"
            )
        name = next(iter(names), "")
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        refuse(f"'{source}' has no feature '{name}'", allowed=_list(names), nearest=near[0] if near else "")
    feature = names[name]
    return json.dumps(_checked(feature.get("geometry", feature)), sort_keys=True, separators=(",", ":"))


def read_document(source: str, *, folder: Path | None) -> dict[str, Any]:
    """Return a GeoJSON file as data, or refuse it."""
    path = (folder or Path()) / source
    try:
        if path.stat().st_size > MAX_BYTES:
            refuse(f"'{source}' is larger than {MAX_BYTES >> 20} MB")
        document = json.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        refuse(f"cannot read '{source}': {reason}", allowed="a GeoJSON file, relative to the scenario")
    except (ValueError, RecursionError) as error:
        refuse(f"'{source}' is not GeoJSON: {error}"[:200])
    if not isinstance(document, dict):
        refuse(f"'{source}' is not GeoJSON", allowed="a FeatureCollection")
    return document


def _name(feature: Mapping[str, Any]) -> Any:
    properties = feature.get("properties")
    named = properties.get("name") if isinstance(properties, Mapping) else None
    return named if named is not None else feature.get("id", "")


def _list(names: Mapping[str, Any]) -> str:
    return ", ".join(sorted(names)[:20])


def _checked(geometry: Any) -> dict[str, Any]:
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    if kind not in _DEPTH:
        refuse(f"geometry of type {kind!r} is not a place"[:100], allowed=", ".join(_DEPTH))
    coordinates = geometry.get("coordinates")
    counter = [0]
    clean = _points(coordinates, _DEPTH[kind], counter)
    if counter[0] == 0:
        refuse("the geometry has no points")
    return {"type": str(kind), "coordinates": clean}


def _points(value: Any, depth: int, counter: list[int]) -> list[Any]:
    if not isinstance(value, (list, tuple)):
        refuse("the geometry's coordinates are not lists of [lon, lat]")
    if depth:
        return [_points(item, depth - 1, counter) for item in value]
    counter[0] += 1
    if counter[0] > MAX_POINTS:
        refuse(f"the geometry has more than {MAX_POINTS} points")
    numbers = value[:2]
    for number, bound in zip(numbers, (180.0, 90.0), strict=False):
        if isinstance(number, bool) or not isinstance(number, (int, float)) or not math.isfinite(number):
            refuse("the geometry's coordinates are not numbers")
        if abs(number) > bound:
            refuse(f"coordinate {number:g} is not in degrees", allowed="lon, lat in WGS 84")
    if len(numbers) != 2:
        refuse("the geometry's coordinates are not [lon, lat]")
    return [float(number) for number in numbers]
