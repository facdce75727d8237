"""The sea, from coastlines: OpenStreetMap draws them with land on the left and water on the right."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from impetus_sim.maps.areas import build_lines
from impetus_sim.maps.osm_data import OsmData

SIDE_STEP_M = 0.5
REACH_SHARE = 0.35
"""A coastline that ends inside the map is drawn on to the edge over at most this share of the map's side."""
PURE_SHARE = 0.9
"""Share of the coast around a face that must have the face on its right for it to be sea."""


def build_sea(data: OsmData, *, box: BaseGeometry) -> list[tuple[BaseGeometry, bool]]:
    """Return the sea inside the working area: (polygon, whether its whole shore is mapped).

    The coastlines cut the box into faces; a face is sea when the coast around it has it on the right. Where a
    coastline ends inside the map (extracts cut along a border do that) it is drawn on to the nearest edge,
    and the face is marked as not wholly mapped: good for a picture, not for taking ground away.

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
    guesses = _draw_on(pieces, box)
    edges = shapely.union_all([*pieces, *guesses, box.boundary], grid_size=0.001)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
    left, right = _count_sides(faces, pieces)
    guessed = shapely.intersects(
        faces, shapely.union_all([shapely.centroid(line) for line in guesses]).buffer(0.1)
    )
    return [
        (face, not is_guessed)
        for face, n_left, n_right, is_guessed in zip(faces, left, right, guessed, strict=True)
        if n_right > 0 and n_right >= PURE_SHARE * (n_left + n_right)
    ]


def _draw_on(pieces: list[BaseGeometry], box: BaseGeometry) -> list[BaseGeometry]:
    """Return straight lines from loose ends of the coast to the nearest edge of the box."""
    merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(pieces)))
    west, south, east, north = box.bounds
    reach = REACH_SHARE * min(east - west, north - south)
    edge = box.boundary
    drawn = []
    for line in merged:
        if line.is_closed:
            continue
        for index in (0, -1):
            end = shapely.get_point(line, index)
            if 0.01 < end.distance(edge) <= reach:
                drawn.append(shapely.shortest_line(end, edge))
    return drawn


def _count_sides(faces: np.ndarray, lines: list[BaseGeometry]) -> tuple[np.ndarray, np.ndarray]:
    """Return for each face how much coast, in metres, has it on its left and on its right."""
    tree = shapely.STRtree(faces)
    counts = (np.zeros(len(faces)), np.zeros(len(faces)))
    points = [shapely.get_coordinates(line) for line in lines]
    start, end = np.concatenate([p[:-1] for p in points]), np.concatenate([p[1:] for p in points])
    step = end - start
    length = np.hypot(step[:, 0], step[:, 1])
    good = length > 0.01
    normal = np.column_stack([-step[good, 1], step[good, 0]]) / length[good, None]
    middle = (start + end)[good] / 2
    for count, sign in zip(counts, (SIDE_STEP_M, -SIDE_STEP_M), strict=True):
        point_of, face_of = tree.query(shapely.points(middle + sign * normal), predicate="within")
        np.add.at(count, face_of, length[good][point_of])
    return counts
