"""Overlay of polygons on a 1 mm grid, keeping areas only: lines and points that overlays leave behind are
dropped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

GRID_M: Final = 0.001


def keep_polygons(shape: BaseGeometry) -> BaseGeometry:
    """Return only the polygons of a geometry, as Polygon or MultiPolygon."""
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape
    parts = [part for part in shapely.get_parts(shapely.get_parts(shape)) if part.geom_type == "Polygon"]
    return shapely.multipolygons(parts) if parts else shapely.Polygon()


def unite(shapes: Sequence[BaseGeometry]) -> BaseGeometry:
    """Return the union; an empty polygon for nothing."""
    if not len(shapes):
        return shapely.Polygon()
    try:
        return keep_polygons(shapely.union_all(shapes))
    except shapely.errors.GEOSException:  # an input is not valid: mend all and try once more
        return keep_polygons(shapely.union_all([_mend(shape) for shape in shapes]))


def subtract(shape: BaseGeometry, taken: BaseGeometry) -> BaseGeometry:
    """Return a shape without another."""
    try:
        return keep_polygons(shapely.difference(shape, taken, grid_size=GRID_M))
    except shapely.errors.GEOSException:
        return keep_polygons(shapely.difference(_mend(shape), _mend(taken), grid_size=GRID_M))


def clip(shape: BaseGeometry, box: BaseGeometry) -> BaseGeometry:
    """Return the part of a shape inside another."""
    try:
        return keep_polygons(shapely.intersection(shape, box, grid_size=GRID_M))
    except shapely.errors.GEOSException:
        return keep_polygons(shapely.intersection(_mend(shape), _mend(box), grid_size=GRID_M))


def get_polygons(shape: BaseGeometry) -> list[BaseGeometry]:
    """Return the polygons of a geometry, empty ones left out."""
    return [part for part in shapely.get_parts(keep_polygons(shape)) if not part.is_empty]


def _mend(shape: BaseGeometry) -> BaseGeometry:
    """Return a valid copy of polygons."""
    return keep_polygons(shapely.make_valid(shape))
