"""A plan drawn by hand as GeoJSON (longitude and latitude), for instance in QGIS, as a City.

Each feature has properties ``name`` and ``role``:

    walkable   Polygon: people can be here
    obstacle   Polygon: taken out of the walkable ground
    fence      LineString or Polygon: stops people (a line is taken as 0.2 m wide)
    exit       LineString, drawn within 1 m of the edge of the ground: ends are put on the edge
    area       Polygon: a place to name in a scenario
    street     Polygon or LineString: a place to name in a scenario
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely
import shapely.ops
from shapely.geometry.base import BaseGeometry

from impetus_sim.errors import InvalidInputError
from impetus_sim.maps.city import City
from impetus_sim.maps.plan import NamedShape, build_plan
from impetus_sim.maps.repair_report import ReportBuilder, name_some

ROLES: Mapping[str, tuple[str, ...]] = {
    "walkable": ("Polygon", "MultiPolygon"),
    "obstacle": ("Polygon", "MultiPolygon"),
    "fence": ("LineString", "MultiLineString", "Polygon", "MultiPolygon"),
    "exit": ("LineString",),
    "area": ("Polygon", "MultiPolygon"),
    "street": ("Polygon", "MultiPolygon", "LineString", "MultiLineString"),
}
FENCE_WIDTH_M = 0.2
CRACK_M = 0.2
"""Polygons drawn side by side touch only roughly: a crack of this width is not a wall."""
EXIT_REACH_M = 1.0
MOST_BYTES = 50_000_000
WIDEST_DEGREES = 2.0


def load_sketch(path: Path | str) -> City:
    """Load a drawn plan.

    Parameters
    ----------
    path
        A GeoJSON FeatureCollection in longitude and latitude.

    Raises
    ------
    InvalidInputError
        Not GeoJSON, a feature without a known role, a wrong geometry, an exit away from the edge.
    """
    path = Path(path)
    document = _read_document(path)
    report = ReportBuilder()
    features = [
        _read_feature(feature, index, path, report) for index, feature in enumerate(document["features"])
    ]
    if not features:
        raise InvalidInputError(
            f"'{path}' has no features", hint="draw at least one polygon with role walkable"
        )
    crs = _local_crs([feature.shape for feature in features], path)
    shapes = [_project(feature, crs) for feature in features]
    by_role = {role: [item for item in shapes if item.kind == role] for role in ROLES}
    if not by_role["walkable"]:
        raise InvalidInputError(
            f"'{path}' has no feature with role walkable "
            f"(roles found: {', '.join(sorted({s.kind for s in shapes}))})"
        )
    ground = _make_ground(by_role, report)
    exits = [_put_on_edge(item, ground, path) for item in by_role["exit"]]
    _require_distinct([*exits, *by_role["area"], *by_role["street"]], path)
    whole = [
        NamedShape(name=item.name, kind="area", shape=item.shape) for item in by_role["walkable"] if item.name
    ]
    places = [
        *exits,
        *by_role["area"],
        *by_role["street"],
        *_new_names(whole, [*exits, *by_role["area"], *by_role["street"]]),
    ]
    bounds = shapely.total_bounds([feature.shape for feature in features])
    meta = {
        "source": path.name,
        "licence": str(document.get("licence", "")),
        "credit": str(document.get("credit", "")),
        "date": str(document.get("date", "")),
        "bbox_lonlat": [float(value) for value in bounds],
    }
    return build_plan(
        name=str(document.get("name") or path.stem),
        ground=ground,
        places=places,
        obstacles=[*by_role["obstacle"], *by_role["fence"]],
        crs=crs,
        meta=meta,
        report=report.build(),
    )


def _read_document(path: Path) -> dict[str, Any]:
    """Return the GeoJSON FeatureCollection in a file."""
    if not path.is_file():
        raise InvalidInputError(f"sketch '{path}' is not a file", hint="check the path")
    if path.stat().st_size > MOST_BYTES:
        raise InvalidInputError(
            f"sketch '{path}' is larger than {MOST_BYTES // 1_000_000} MB; a drawn plan is small"
        )
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidInputError(f"'{path}' is not GeoJSON: {_first_line(error)}") from error
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise InvalidInputError(f"'{path}' is not a GeoJSON FeatureCollection")
    if not isinstance(document.get("features"), list):
        raise InvalidInputError(f"'{path}': 'features' must be a list")
    return document


def _read_feature(feature: Any, index: int, path: Path, report: ReportBuilder) -> NamedShape:
    """Return one feature in longitude and latitude, checked and mended."""
    where = f"'{path}' feature {index}"
    if not isinstance(feature, dict) or not isinstance(feature.get("properties") or {}, dict):
        raise InvalidInputError(f"{where} is not a GeoJSON Feature")
    properties = feature.get("properties") or {}
    name = str(properties.get("name") or "")
    where += f" ('{name}')" if name else ""
    role = str(properties.get("role"))
    if role not in ROLES:
        raise InvalidInputError(f"{where}: role is {role!r} (allowed: {', '.join(ROLES)})")
    try:
        geometry = feature.get("geometry")
        shape = shapely.from_geojson(json.dumps(geometry)) if geometry else None
    except (shapely.errors.ShapelyError, ValueError, TypeError) as error:
        raise InvalidInputError(f"{where}: its geometry cannot be read: {_first_line(error)}") from error
    if shape is None or shape.is_empty or shape.geom_type not in ROLES[role]:
        found = "nothing" if shape is None or shape.is_empty else shape.geom_type
        raise InvalidInputError(
            f"{where}: role {role} needs {' or '.join(ROLES[role])}, but the feature holds {found}"
        )
    points = shapely.get_coordinates(shape)
    if not np.isfinite(points).all() or np.abs(points[:, 0]).max() > 180 or np.abs(points[:, 1]).max() > 84:
        raise InvalidInputError(
            f"{where}: coordinates must be longitude (-180 to 180) and latitude (-84 to 84) in degrees",
            hint="save the layer as EPSG:4326",
        )
    if role == "exit" and not name:
        raise InvalidInputError(f"{where}: an exit needs a name")
    if not shape.is_valid and shape.geom_type in ("Polygon", "MultiPolygon"):
        shape = _mend(shape, where)
        report.add("mended_self_crossings", 1, detail=f"feature {index} {name}".strip())
    return NamedShape(name=name, kind=role, shape=shape)


def _mend(shape: BaseGeometry, where: str) -> BaseGeometry:
    """Return a valid polygon made from a self-crossing one."""
    parts = shapely.get_parts(shapely.make_valid(shape, method="structure", keep_collapsed=False))
    polygons = [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]
    if not polygons:
        raise InvalidInputError(f"{where}: the polygon has no area")
    return shapely.union_all(polygons)


def _local_crs(shapes: list[BaseGeometry], path: Path) -> str:
    """Return the UTM zone of the drawing."""
    import geopandas as gpd

    west, south, east, north = shapely.total_bounds(shapes)
    if east - west > WIDEST_DEGREES or north - south > WIDEST_DEGREES:
        raise InvalidInputError(
            f"'{path}' spans {east - west:.2f} x {north - south:.2f} degrees; a plan is a few km wide"
        )
    return str(
        gpd.GeoSeries([shapely.box(west, south, east, north)], crs="EPSG:4326").estimate_utm_crs().to_string()
    )


def _project(item: NamedShape, crs: str) -> NamedShape:
    """Return a shape in local metres, on a 1 mm grid."""
    import pyproj

    transformer = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    shape = shapely.transform(
        item.shape, lambda points: np.column_stack(transformer.transform(points[:, 0], points[:, 1]))
    )
    return NamedShape(name=item.name, kind=item.kind, shape=shapely.set_precision(shape, 0.001))


def _make_ground(by_role: Mapping[str, list[NamedShape]], report: ReportBuilder) -> BaseGeometry:
    """Return walkable polygons minus obstacles and fences; cracks between neighbours are closed."""
    drawn = shapely.union_all([item.shape for item in by_role["walkable"]], grid_size=0.001)
    ground = drawn.buffer(CRACK_M / 2, join_style="mitre").buffer(-CRACK_M / 2, join_style="mitre")
    closed = ground.area - drawn.area
    if closed > 1e-3:
        report.add("bridged_gaps", 1, area_m2=closed, detail=f"cracks up to {CRACK_M} m between polygons")
    solid = [item.shape for item in by_role["obstacle"]]
    solid += [
        item.shape.buffer(FENCE_WIDTH_M / 2, cap_style="flat", join_style="mitre")
        if "Line" in item.shape.geom_type
        else item.shape
        for item in by_role["fence"]
    ]
    return shapely.difference(ground, shapely.union_all(solid, grid_size=0.001), grid_size=0.001)


def _put_on_edge(item: NamedShape, ground: BaseGeometry, path: Path) -> NamedShape:
    """Return an exit as the part of the edge between its two ends."""
    start, end = (shapely.Point(item.shape.coords[i]) for i in (0, -1))
    for ring in _rings(ground):
        if max(ring.distance(start), ring.distance(end)) <= EXIT_REACH_M:
            first, last = sorted((ring.project(start), ring.project(end)))
            inner = shapely.ops.substring(ring, first, last)
            outer = shapely.line_merge(
                shapely.union_all(
                    [shapely.ops.substring(ring, last, ring.length), shapely.ops.substring(ring, 0, first)]
                )
            )
            line = min((inner, outer), key=lambda part: part.length)
            if line.length > 0.3:
                return NamedShape(name=item.name, kind="exit", shape=line)
    gap = max(ground.boundary.distance(start), ground.boundary.distance(end))
    raise InvalidInputError(
        f"'{path}': exit '{item.name}' must lie on the edge of the walkable ground, "
        f"but an end is {gap:.1f} m from it or its ends are on different edges "
        f"(allowed: within {EXIT_REACH_M} m of one edge)",
        hint="snap the exit line to the walkable polygon",
    )


def _rings(ground: BaseGeometry) -> list[BaseGeometry]:
    """Return all rings of the ground as lines, outer ones first."""
    polygons = [part for part in shapely.get_parts(ground) if part.geom_type == "Polygon"]
    outer = [shapely.LineString(polygon.exterior.coords) for polygon in polygons]
    return outer + [shapely.LineString(ring.coords) for polygon in polygons for ring in polygon.interiors]


def _new_names(items: list[NamedShape], others: list[NamedShape]) -> list[NamedShape]:
    """Return the items whose names are not taken."""
    taken = {other.name for other in others}
    return [item for item in items if item.name not in taken]


def _require_distinct(items: list[NamedShape], path: Path) -> None:
    """Refuse two places of one name."""
    names = [item.name for item in items if item.name]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidInputError(f"'{path}': names must differ, but these appear twice: {name_some(twice)}")


def _first_line(error: BaseException) -> str:
    """Return the first line of an error's text."""
    return (str(error).splitlines() or [type(error).__name__])[0]
