"""Build a city from an OpenStreetMap file: each step is one file of this package, in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely

from impetus_sim.errors import InvalidInputError
from impetus_sim.maps.areas import Shape, build_areas, build_lines
from impetus_sim.maps.assets import build_assets
from impetus_sim.maps.buildings import build_buildings
from impetus_sim.maps.city import ODBL_CREDIT, City
from impetus_sim.maps.coast import build_sea
from impetus_sim.maps.ground_rules import is_barrier, is_opening, is_water
from impetus_sim.maps.layers import empty_layers, make_layer
from impetus_sim.maps.osm_data import Box, OsmData
from impetus_sim.maps.places import build_places
from impetus_sim.maps.power_lines import build_power_lines
from impetus_sim.maps.read_osm import read_osm
from impetus_sim.maps.repair_report import ReportBuilder
from impetus_sim.maps.roads import build_drive, build_walk
from impetus_sim.maps.surfaces import Surface, build_surfaces
from impetus_sim.maps.walkable import Obstacles, WalkableArea, build_walkable
from impetus_sim.maps.working_area import WorkingArea, find_working_area
from impetus_sim.version import __version__

if TYPE_CHECKING:
    import geopandas as gpd

Progress = Callable[[str], None]


def build_city(
    source: Path,
    *,
    name: str | None = None,
    bbox: Box | None = None,
    meta: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> City:
    """Build a city.

    Parameters
    ----------
    source
        .osm, .osm.xml or .osm.pbf file.
    name
        Name of the city; default the file's name.
    bbox
        West, south, east, north in degrees; default found from the data.
    meta
        date, licence, credit and other facts that replace the defaults.
    progress
        Called with the name of each step.

    Raises
    ------
    InvalidInputError
        The file is no usable map; nothing has been written.
    """
    say = progress or (lambda step: None)
    say("reading")
    data = read_osm(source, bbox=bbox)
    if not data.ways:
        raise InvalidInputError(
            f"'{source}' holds no ways{' in the box asked for' if bbox else ''}, so there is no map to build",
            hint="check the extract, or --bbox W,S,E,N",
        )
    area = find_working_area(data, bbox=bbox)
    facts = {
        "source": source.name,
        "licence": "ODbL 1.0",
        "credit": ODBL_CREDIT,
        "date": data.date[:10],
        "bbox_lonlat": list(area.box),
        "built_with": f"impetus_sim {__version__}",
    } | dict(meta or {})
    return _build(
        data, area, name=name or source.name.split(".")[0], facts=facts, say=say, source=str(source)
    )


def _build(
    data: OsmData, area: WorkingArea, *, name: str, facts: dict[str, Any], say: Progress, source: str
) -> City:
    """Return the city of the data inside the working area."""
    crs = _local_crs(area.box)
    report = ReportBuilder()
    _report_reading(data, area, report)
    box, reach = _local_box(area.box, crs), _local_box(area.reach, crs)
    local = data.project(crs)
    ground = shapely.box(*box)
    layers = empty_layers(crs)
    say("areas")
    areas = build_areas(local, report)
    say("drive network")
    layers |= build_drive(local, crs=crs, box=box, reach=reach, report=report)
    say("walk network")
    layers |= build_walk(local, crs=crs, box=box, reach=reach, report=report)
    say("buildings and assets")
    surfaces = build_surfaces(local, areas, report)
    passages = [surface for surface in surfaces if surface.is_passage]
    layers["buildings"] = build_buildings(areas, passages, crs=crs, box=ground, report=report)
    layers["assets"] = build_assets(local, areas, crs=crs, box=ground, report=report)
    layers["power_lines"] = build_power_lines(local, crs=crs, box=ground)
    say("walkable area")
    sea = build_sea(local, box=ground)
    lakes = [item for item in areas if is_water(item.tags)]
    water = [Shape(osm_id="coastline", tags={}, shape=face) for face, _ in sea] + lakes
    barriers = _find_barriers(local, areas)
    obstacles = Obstacles(
        buildings=list(layers["buildings"].geometry),
        water=[item.shape for item in lakes] + [face for face, is_mapped in sea if is_mapped],
        barriers=[item.shape for item in barriers],
        openings=[shapely.Point(node.x, node.y) for node in local.nodes if is_opening(node.tags)],
    )
    walkable = build_walkable(surfaces, obstacles, box=ground, report=report)
    layers |= _ground_layers(walkable, surfaces, water, barriers, crs=crs, box=ground)
    layers["places"] = build_places(local, areas, surfaces, crs=crs, box=ground)
    if not (len(layers["walkable"]) or len(layers["drive_edges"])):
        raise InvalidInputError(
            f"'{source}' holds neither streets nor walkable ground, so there is no map to build",
            hint="check the extract, or --bbox W,S,E,N",
        )
    return City(
        name=name, crs=crs, layers=layers, meta=facts | {"bbox_local": list(box)}, report=report.build()
    )


def _report_reading(data: OsmData, area: WorkingArea, report: ReportBuilder) -> None:
    """Report the working area and what the file lacked."""
    n_ways = data.ways_with_missing + data.ways_without_nodes
    text = ",".join(f"{value:.5f}" for value in area.box)
    report.add("area_of_map", 1, detail=f"{text} (W,S,E,N): {area.origin}")
    report.add(
        "dropped_missing_nodes",
        data.missing_nodes,
        detail=f"node references outside the data, in {n_ways} ways; the ways go on without them",
    )
    report.add(
        "dropped_ways_without_nodes", data.ways_without_nodes, detail="fewer than two nodes are in the data"
    )


def _find_barriers(data: OsmData, areas: list[Shape]) -> list[Shape]:
    """Return walls, fences and hedges: lines, and areas such as broad hedges."""
    ways = [way for way in data.ways if is_barrier(way.tags) and way.tags.get("area") != "yes"]
    lines = [
        Shape(osm_id=line.osm_id, tags=line.tags, shape=line.shape)
        for line in build_lines([way for way in ways if len(way.refs) >= 2])
    ]
    return lines + [item for item in areas if is_barrier(item.tags) and item.tags.get("area") == "yes"]


def _ground_layers(
    walkable: WalkableArea,
    surfaces: list[Surface],
    water: list[Shape],
    barriers: list[Shape],
    *,
    crs: str,
    box: shapely.Geometry,
) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers of the ground."""
    parts, cut = walkable.parts, walkable.cut_off
    named = _inside([(item.kind, item.osm_id, item.name, item.shape) for item in surfaces], box)
    wet = _inside(
        [
            ("sea" if w.osm_id == "coastline" else "water", w.osm_id, w.tags.get("name", ""), w.shape)
            for w in water
        ],
        box,
    )
    walls = _inside([(item.tags["barrier"], item.osm_id, "", item.shape) for item in barriers], box)
    return {
        "walkable": make_layer(
            "walkable",
            {"kind": "ground", "component": range(len(parts)), "area_m2": [part.area for part in parts]},
            parts,
            crs=crs,
        ),
        "walkable_cut_off": make_layer(
            "walkable_cut_off",
            {"reason": [reason for _, reason in cut], "area_m2": [part.area for part, _ in cut]},
            [part for part, _ in cut],
            crs=crs,
        ),
        "surfaces": _named_layer("surfaces", named, crs),
        "water": _named_layer("water", wet, crs),
        "barriers": _named_layer("barriers", walls, crs),
    }


def _named_layer(name: str, rows: list[tuple[str, str, str, shapely.Geometry]], crs: str) -> gpd.GeoDataFrame:
    """Return a layer of (kind, osm_id, name, shape) rows."""
    columns = {
        "kind": [row[0] for row in rows],
        "osm_id": [row[1] for row in rows],
        "name": [row[2] for row in rows],
    }
    return make_layer(name, columns, [row[3] for row in rows], crs=crs)


def _inside(
    rows: list[tuple[str, str, str, shapely.Geometry]], box: shapely.Geometry
) -> list[tuple[str, str, str, shapely.Geometry]]:
    """Return the rows cut to the working area."""
    if not rows:
        return []
    shapes = shapely.intersection([row[3] for row in rows], box)
    return [(*row[:3], shape) for row, shape in zip(rows, shapes, strict=True) if not shape.is_empty]


def _local_crs(box: Box) -> str:
    """Return the UTM zone of a box in degrees."""
    import geopandas as gpd

    return str(gpd.GeoSeries([shapely.box(*box)], crs="EPSG:4326").estimate_utm_crs().to_string())


def _local_box(box: Box, crs: str) -> Box:
    """Return the box in local metres that lies within the four sides of a box in degrees."""
    import pyproj

    transformer = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    west, south, east, north = box
    x, y = transformer.transform([west, west, east, east], [south, north, south, north])
    return (min(x[0], x[1]), min(y[0], y[2]), max(x[2], x[3]), max(y[1], y[3]))
