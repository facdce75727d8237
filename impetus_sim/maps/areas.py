"""Areas and lines in local metres from ways and multipolygon relations.

Closed ways with an area tag become polygons; relations are put together from their member ways by
polygonizing. What is self-crossing is mended, what cannot be closed is dropped, and both are reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from impetus_sim.maps.osm_data import OsmData, OsmRelation, OsmWay, Tags
from impetus_sim.maps.repair_report import ReportBuilder, name_some

AREA_KEYS = [
    "building",
    "leisure",
    "landuse",
    "natural",
    "water",
    "waterway",
    "amenity",
    "place",
    "man_made",
    "tourism",
    "shop",
    "power",
    "railway",
    "public_transport",
    "historic",
    "office",
    "emergency",
    "area:highway",
    "healthcare",
    "military",
    "aeroway",
    "playground",
    "sport",
]
NOT_AREAS = {
    ("natural", "coastline"),
    ("natural", "tree_row"),
    ("natural", "cliff"),
    ("man_made", "pipeline"),
    ("man_made", "embankment"),
    ("railway", "rail"),
    ("railway", "tram"),
    ("power", "line"),
    ("waterway", "stream"),
    ("waterway", "river"),
    ("leisure", "track"),
}
NO_MEANING = {"type", "source", "created_by", "note", "fixme"}


@dataclass(frozen=True, kw_only=True)
class Shape:
    """An area or a line with its tags.

    Parameters
    ----------
    osm_id
        Such as "way/123" or "relation/7".
    tags
        Its tags.
    shape
        Polygon, MultiPolygon or LineString in local metres.
    """

    osm_id: str
    tags: Tags
    shape: Any


def build_areas(data: OsmData, report: ReportBuilder) -> list[Shape]:
    """Return all areas, relations after ways.

    Parameters
    ----------
    data
        In local metres.
    report
        Gets a row for what was mended, closed across missing nodes, or dropped.
    """
    relations, used = _relation_areas(data, report)
    ways = [
        way
        for way in data.ways
        if way.closed and len(way.refs) >= 3 and is_area(way.tags) and way.id not in used
    ]
    areas = [
        Shape(osm_id=f"way/{way.id}", tags=way.tags, shape=polygon)
        for way, polygon in zip(ways, _polygons(ways), strict=True)
    ]
    report.add(
        "mended_areas_closed_across_missing_nodes",
        sum(bool(way.breaks) for way in ways),
        detail="areas cut by the edge of the data, closed by a straight line",
    )
    return _mend([*areas, *relations], report)


def is_area(tags: Tags) -> bool:
    """Return whether a closed way with these tags is an area rather than a loop."""
    if tags.get("area") == "no":
        return False
    if tags.get("area") == "yes":
        return True
    if "highway" in tags or "barrier" in tags:
        return tags.get("highway") in ("platform", "rest_area", "services") or (
            "barrier" in tags and ("building" in tags or "leisure" in tags)
        )
    return any(key in tags and (key, tags[key]) not in NOT_AREAS for key in AREA_KEYS)


def split_runs(way: OsmWay) -> list[slice]:
    """Return the runs of at least two nodes between missing ones."""
    cuts = [0, *(cut for cut in way.breaks if 0 < cut < len(way.refs)), len(way.refs)]
    return [slice(a, b) for a, b in pairwise(cuts) if b - a >= 2]


def build_lines(ways: list[OsmWay]) -> list[Shape]:
    """Return each run of each way as a line."""
    return [
        Shape(osm_id=f"way/{way.id}", tags=way.tags, shape=shapely.linestrings(way.points[run]))
        for way in ways
        for run in split_runs(way)
    ]


def _polygons(ways: list[OsmWay]) -> Any:
    """Return one polygon for each closed way, in one call."""
    if not ways:
        return []
    rings = [np.vstack([way.points, way.points[:1]]) for way in ways]
    index = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    return shapely.polygons(shapely.linearrings(np.concatenate(rings), indices=index))


def _relation_areas(data: OsmData, report: ReportBuilder) -> tuple[list[Shape], set[int]]:
    """Return the areas of relations and the ways whose tags those take over."""
    areas: list[Shape] = []
    used: set[int] = set()
    dropped: list[str] = []
    partial: list[str] = []
    for relation in data.relations:
        outers = [
            data.way_of_id[ref] for ref, role in relation.members if role != "inner" and ref in data.way_of_id
        ]
        tags = _relation_tags(relation, outers)
        if not any(key in tags for key in (*AREA_KEYS, "highway", "area")) or not outers:
            continue
        shape, whole = _assemble(relation, data)
        if shape is None:
            dropped.append(f"relation/{relation.id}")
            continue
        if not whole:
            partial.append(f"relation/{relation.id}")
        areas.append(Shape(osm_id=f"relation/{relation.id}", tags=tags, shape=shape))
        used.update(way.id for way in outers if _same_thing(way.tags, tags))
    report.add(
        "dropped_incomplete_relations",
        len(dropped),
        detail=f"rings not closed in this data: {name_some(dropped)}",
    )
    report.add(
        "kept_partial_relations",
        len(partial),
        detail=f"some member ways are not in this data: {name_some(partial)}",
    )
    return areas, used


def _relation_tags(relation: OsmRelation, outers: list[OsmWay]) -> Tags:
    """Return the tags of an area; old relations carry them on their outer way."""
    if set(relation.tags) - NO_MEANING or not outers:
        return relation.tags
    return outers[0].tags


def _same_thing(a: Tags, b: Tags) -> bool:
    """Return whether two sets of tags describe the same kind of area."""
    return any(key in a and a.get(key) == b.get(key) for key in (*AREA_KEYS, "highway"))


def _assemble(relation: OsmRelation, data: OsmData) -> tuple[BaseGeometry | None, bool]:
    """Return the area of a relation, and whether all its members were there."""
    lines: dict[bool, list[BaseGeometry]] = {True: [], False: []}
    whole = True
    for ref, role in relation.members:
        way = data.way_of_id.get(ref)
        if way is None or way.breaks:
            whole = False
        if way is None:
            continue
        if way.closed and len(way.refs) >= 3:
            lines[role == "inner"].append(shapely.linestrings(np.vstack([way.points, way.points[:1]])))
        else:
            lines[role == "inner"] += [shapely.linestrings(way.points[run]) for run in split_runs(way)]
    outer, inner = _faces(lines[False]), _faces(lines[True])
    if not outer:
        return None, whole
    if not inner:
        return shapely.union_all(outer), whole
    holes = shapely.union_all(inner)
    islands = [face for face in outer if holes.covers(face)]
    ground = shapely.difference(shapely.union_all([face for face in outer if face not in islands]), holes)
    shape = shapely.union_all([ground, *islands])
    return (None, whole) if shape.is_empty else (shape, whole)


def _faces(lines: list[BaseGeometry]) -> list[BaseGeometry]:
    """Return the polygons that lines enclose."""
    if not lines:
        return []
    return [face for face in shapely.get_parts(shapely.polygonize(lines)) if face.area > 0]


def _mend(areas: list[Shape], report: ReportBuilder) -> list[Shape]:
    """Return valid areas with a size; mended and dropped ones are reported."""
    if not areas:
        return []
    shapes = np.array([area.shape for area in areas], dtype=object)
    bad = ~shapely.is_valid(shapes)
    before = shapely.area(shapes[bad])
    shapes[bad] = [
        _polygonal(shape)
        for shape in shapely.make_valid(shapes[bad], method="structure", keep_collapsed=False)
    ]
    change = float(np.abs(shapely.area(shapes[bad]) - before).sum())
    report.add(
        "mended_self_crossings",
        int(bad.sum()),
        area_m2=change,
        detail="self-crossing areas made valid: "
        + name_some([area.osm_id for area, is_bad in zip(areas, bad, strict=True) if is_bad]),
    )
    kept = [
        Shape(osm_id=area.osm_id, tags=area.tags, shape=shape)
        for area, shape in zip(areas, shapes, strict=True)
        if shape.area > 0.01
    ]
    report.add("dropped_areas_without_size", len(areas) - len(kept), detail="areas that collapse to a line")
    return kept


def _polygonal(shape: BaseGeometry) -> BaseGeometry:
    """Return only the polygons of a geometry."""
    parts = [part for part in shapely.get_parts(shapely.get_parts(shape)) if part.geom_type == "Polygon"]
    return shapely.union_all(parts) if parts else shapely.Polygon()
