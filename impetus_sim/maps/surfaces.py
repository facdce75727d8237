"""Ground that people can stand on, before buildings, water and barriers are taken out: areas and buffered
ways."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from impetus_sim.maps.areas import Shape, build_lines
from impetus_sim.maps.ground_rules import (
    is_bridge,
    is_passage,
    is_underground,
    is_underpass,
    surface_kind,
)
from impetus_sim.maps.highway_classes import WALK_WIDTH_M, is_ground, read_width
from impetus_sim.maps.osm_data import OsmData, Tags
from impetus_sim.maps.repair_report import ReportBuilder

PASSAGE_WIDTH_M = 3.0
LONGEST_UNDERPASS_M = 80.0
ARC_SEGMENTS = 2
"""Segments for a quarter circle in buffers: corners within 8 % of the half width, few walls for the crowd."""


@dataclass(frozen=True, kw_only=True)
class Surface:
    """One piece of ground.

    Parameters
    ----------
    kind
        square, park, platform, parking, pier, street or footway.
    osm_id, name
        Where it comes from.
    shape
        Polygon in local metres.
    axis
        The line it was buffered from, or None for an area.
    is_bridge, is_underpass, is_passage
        Whether it is carried above something, leads below something, or through a building.
    """

    kind: str
    osm_id: str
    name: str
    shape: shapely.Geometry
    axis: shapely.Geometry | None = None
    is_bridge: bool = False
    is_underpass: bool = False
    is_passage: bool = False


def build_surfaces(data: OsmData, areas: list[Shape], report: ReportBuilder) -> list[Surface]:
    """Return all ground at the surface: areas first, then buffered ways.

    Parameters
    ----------
    data
        In local metres.
    areas
        From ``build_areas``.
    report
        Gets what is underground or inside and what has a guessed width.
    """
    return [*_area_surfaces(areas, report), *_way_surfaces(data, report)]


def _area_surfaces(areas: list[Shape], report: ReportBuilder) -> list[Surface]:
    """Return squares, parks, platforms, parking places and piers."""
    kinds = [(area, kind) for area in areas if (kind := surface_kind(area.tags))]
    below = [area for area, _ in kinds if is_underground(area.tags)]
    report.add(
        "excluded_underground_areas",
        len(below),
        area_m2=sum(area.shape.area for area in below),
        detail="walkable areas in tunnels, below ground or inside buildings",
    )
    return [
        Surface(
            kind=kind,
            osm_id=area.osm_id,
            name=area.tags.get("name", ""),
            shape=area.shape,
            is_bridge=is_bridge(area.tags),
        )
        for area, kind in kinds
        if not is_underground(area.tags)
    ]


def _way_surfaces(data: OsmData, report: ReportBuilder) -> list[Surface]:
    """Return ways for people on foot as strips of their width."""
    ways = [way for way in data.ways if _is_strip(way.tags, closed=way.closed)]
    lines = build_lines(ways)
    below = [line for line in lines if is_underground(line.tags) and not _is_short_underpass(line)]
    report.add(
        "excluded_underground_ways",
        len(below),
        length_m=sum(line.shape.length for line in below),
        detail="ways in tunnels, below ground or inside buildings",
    )
    lines = [line for line in lines if not is_underground(line.tags) or _is_short_underpass(line)]
    if not lines:
        return []
    widths, sources = zip(*(_width(line.tags) for line in lines), strict=True)
    guessed = [line.shape.length for line, source in zip(lines, sources, strict=True) if source == "guessed"]
    report.add(
        "guessed_widths",
        len(guessed),
        length_m=sum(guessed),
        detail="ways without width or lanes, default of their class taken",
    )
    strips = shapely.buffer([line.shape for line in lines], np.array(widths) / 2, quad_segs=ARC_SEGMENTS)
    return [
        Surface(
            kind="footway" if line.tags.get("highway", "footway") in WALK_WIDTH_M else "street",
            osm_id=line.osm_id,
            name=line.tags.get("name", ""),
            shape=strip,
            axis=line.shape,
            is_bridge=is_bridge(line.tags),
            is_underpass=_is_short_underpass(line),
            is_passage=is_passage(line.tags),
        )
        for line, strip in zip(lines, strips, strict=True)
    ]


def _is_short_underpass(line: Shape) -> bool:
    """Return whether a line may be an underpass: short, and only below ground because it is in a tunnel."""
    return is_underpass(line.tags) and line.shape.length <= LONGEST_UNDERPASS_M


def _is_strip(tags: Tags, *, closed: bool) -> bool:
    """Return whether a way is a strip of ground: a street or footway, a platform edge or a pier."""
    if closed and tags.get("area") == "yes":
        return False
    if tags.get("highway") is None:
        line = tags.get("railway") == "platform" or tags.get("man_made") == "pier"
        return line and not closed
    return is_ground(tags)


def _width(tags: Tags) -> tuple[float, str]:
    """Return the width of a strip and how it is known."""
    if tags.get("highway") is None:
        return WALK_WIDTH_M["platform"], "guessed"
    width, source = read_width(tags)
    return (
        (min(width, PASSAGE_WIDTH_M), source) if is_passage(tags) and source == "guessed" else (width, source)
    )
