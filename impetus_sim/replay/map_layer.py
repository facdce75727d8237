"""The map beneath the moving things, as plain lists of coordinates in centimetre steps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from impetus_sim.analysis.ground import Exit, read_backdrop, read_ground, read_static, read_texts
from impetus_sim.analysis.traffic.recorded import has_traffic, read_network
from impetus_sim.analysis.ways import read_ways
from impetus_sim.recording.reader import Recording

_DECIMALS = 2
Rings = list[list[float]]


def describe_map(recording: Recording) -> dict[str, Any]:
    """Return everything that stands still: see docs/replay.md for the form of each list."""
    ground, backdrop, ways = read_ground(recording), read_backdrop(recording), read_ways(recording)
    walls = np.asarray(read_static(recording, "ground").get("walls", ()), float).reshape(-1, 4)
    return {
        "buildings": [rings[0] for rings in _polygons(backdrop.buildings)],
        "walkable": _polygons([ground.polygon] if ground.polygon is not None else []),
        "walls": np.round(walls, _DECIMALS).tolist(),
        "streets": _streets(recording) or _lines(backdrop.streets),
        "water": _polygons(backdrop.water),
        "green": _polygons(backdrop.green),
        "exits": [_describe_exit(number, way_out) for number, way_out in enumerate(ground.exits)],
        "queues": [
            {"name": mark.name, "points": _flat(mark.line), "desks": _flat(mark.desks)}
            for mark in ways.queues
        ],
        "places": _places(recording),
        "floors": [
            {"name": sheet.name, "box": list(sheet.box), "elevation_m": sheet.elevation_m}
            for sheet in ground.sheets
        ],
        "passages": [_describe_exit(number, passage) for number, passage in enumerate(ground.passages)],
    }


def _flat(points: Any) -> list[float]:
    return [float(value) for value in np.round(np.asarray(points, float)[:, :2], _DECIMALS).ravel()]


def _polygons(shapes: Iterable[BaseGeometry]) -> list[Rings]:
    """Return each polygon as its outer ring and its holes."""
    parts = shapely.get_parts(np.asarray(list(shapes), dtype=object))
    parts = parts[(shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(parts)]
    rings, of_part = shapely.get_rings(parts, return_index=True)
    flat = np.round(shapely.get_coordinates(rings), _DECIMALS).ravel().tolist()
    ends = (2 * np.cumsum(shapely.get_num_coordinates(rings))).tolist()
    found: list[Rings] = [[] for _ in parts]
    for part, start, end in zip(of_part.tolist(), [0, *ends], ends, strict=False):
        found[part].append(flat[start:end])
    return found


def _lines(shapes: Iterable[BaseGeometry]) -> list[dict[str, Any]]:
    return [
        {"class": "street", "width_m": None, "lanes": None, "name": "", "points": _flat(part.coords)}
        for shape in shapes
        for part in shapely.get_parts(shape)
        if part.geom_type == "LineString"
    ]


def _streets(recording: Recording) -> list[dict[str, Any]]:
    """Return the drive network, one line for each directed link; nothing without vehicles."""
    if not has_traffic(recording):
        return []
    network = read_network(recording)
    points = np.round(network.points, _DECIMALS)
    return [
        {
            "class": "drive",
            "width_m": None,
            "lanes": int(network.n_lanes[link]),
            "name": str(network.name[link]),
            "points": points[network.first[link] : network.first[link + 1]].ravel().tolist(),
        }
        for link in range(len(network))
    ]


def _describe_exit(number: int, way_out: Exit) -> dict[str, Any]:
    return {
        "id": number,
        "name": way_out.name,
        "width_m": round(way_out.width_m, _DECIMALS),
        "segments": np.round(way_out.segments, _DECIMALS).tolist(),
        "points": [float(value) for value in np.round(way_out.segments.reshape(-1), _DECIMALS)],
    }


def _places(recording: Recording) -> list[dict[str, Any]]:
    hospitals = read_static(recording, "hospitals")
    return [
        {"id": f"hospital:{name}", "kind": "hospital", "name": name, "x": float(x), "y": float(y)}
        for name, x, y in zip(
            read_texts(hospitals.get("name")), hospitals.get("x", ()), hospitals.get("y", ()), strict=True
        )
    ]
