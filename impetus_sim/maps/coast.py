"""The sea, from coastlines: OpenStreetMap draws them with land on the left and water on the right."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from impetus_sim.maps.areas import build_lines
from impetus_sim.maps.osm_data import OsmData

SIDE_STEP_M = 0.5


def build_sea(data: OsmData, *, box: BaseGeometry) -> list[BaseGeometry]:
    """Return the sea inside the working area; nothing when the data holds no coastline there.

    The coastlines cut the box into faces; a face is sea when more coastline has it on its right than on its
    left.

    Parameters
    ----------
    data
        In local metres.
    box
        Working area as a polygon.
    """
    lines = build_lines([way for way in data.ways if way.tags.get("natural") == "coastline"])
    inside = shapely.intersection([line.shape for line in lines], box) if lines else []
    pieces = [
        part for part in shapely.get_parts(inside) if part.geom_type == "LineString" and part.length > 0
    ]
    if not pieces:
        return []
    edges = shapely.union_all([*pieces, box.boundary], grid_size=0.001)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
    if len(faces) < 2:
        return []
    left, right = _side_points(pieces)
    tree = shapely.STRtree(faces)
    balance = np.zeros(len(faces))
    for points, sign in ((right, 1.0), (left, -1.0)):
        np.add.at(balance, tree.query(points, predicate="within")[1], sign)
    return [face for face, value in zip(faces, balance, strict=True) if value > 0]


def _side_points(lines: list[BaseGeometry]) -> tuple[np.ndarray, np.ndarray]:
    """Return points just left and just right of the middle of each segment."""
    left, right = [], []
    for line in lines:
        points = shapely.get_coordinates(line)
        step = np.diff(points, axis=0)
        length = np.hypot(step[:, 0], step[:, 1])
        good = length > SIDE_STEP_M
        middle = (points[:-1] + points[1:])[good] / 2
        normal = np.column_stack([-step[good, 1], step[good, 0]]) / length[good, None]
        left.append(shapely.points(middle + SIDE_STEP_M * normal))
        right.append(shapely.points(middle - SIDE_STEP_M * normal))
    return np.concatenate(left), np.concatenate(right)
