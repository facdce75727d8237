"""Voronoi cells of people: the ground nearer to one than to anybody else, within the walkable area.

Source: Steffen and Seyfried (2010), Physica A 389 (9) 1902-1910. Cut-off and choice of the part that holds
the person as in PedPy (``compute_individual_voronoi_polygons``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from impetus_sim.analysis.measures.trajectories import Floats, Ints, Trajectories
from impetus_sim.errors import InvalidInputError

_POLYGON = 3


@dataclass(frozen=True, kw_only=True)
class CutOff:
    """Largest extent of a cell: a polygon about a circle around the person.

    Parameters
    ----------
    radius_m
        Radius.
    quarter_segments
        Straight pieces in a quarter of the circle.
    """

    radius_m: float
    quarter_segments: int = 3


@dataclass(frozen=True, kw_only=True)
class VoronoiCells:
    """Cells, sorted by frame, then by person.

    Parameters
    ----------
    row
        Row of the trajectories that each cell belongs to, shape (m,).
    person, frame
        Shape (m,).
    polygon
        Shape (m,), shapely polygons.
    density
        One over the cell's area, people/m2, shape (m,).
    frames
        All frames of the trajectories.
    """

    row: Ints
    person: Ints
    frame: Ints
    polygon: npt.NDArray[Any]
    density: Floats
    frames: Ints


def compute_voronoi_cells(
    trajectories: Trajectories, walkable: BaseGeometry, *, cut_off: CutOff | None = None, every: int = 1
) -> VoronoiCells:
    """Return everybody's cell in every frame.

    Parameters
    ----------
    trajectories
        People outside the walkable area have no place in the tessellation: leave them out first
        (`Trajectories.keep`, `Trajectories.move_inside`).
    walkable
        Walkable polygon.
    cut_off
        Largest extent of a cell; None lets cells reach to the walls.
    every
        Take every n-th frame.

    Raises
    ------
    InvalidInputError
        When somebody is outside the walkable area.
    """
    outside = np.flatnonzero(~shapely.intersects_xy(walkable, trajectories.x, trajectories.y))
    if len(outside):
        row = outside[0]
        raise InvalidInputError(
            f"person {trajectories.person[row]} is outside the walkable area in frame {trajectories.frame[row]}:"
            f" x {trajectories.x[row]:.3f} m,"
            f" y {trajectories.y[row]:.3f} m ({len(outside)} of {len(trajectories)} rows)",
            hint="leave such rows out, or move them inside (Trajectories.move_inside)",
        )
    shapely.prepare(walkable)
    rows, polygons = [], []
    for index in range(0, len(trajectories.frames), every):
        present = trajectories.rows_in(index)
        if len(present):
            rows.append(present)
            polygons.append(
                tessellate(trajectories.x[present], trajectories.y[present], walkable, cut_off=cut_off)
            )
    row = np.concatenate(rows) if rows else np.empty(0, np.int64)
    polygon = np.concatenate(polygons) if polygons else np.empty(0, object)
    return VoronoiCells(
        row=row,
        person=trajectories.person[row],
        frame=trajectories.frame[row],
        polygon=polygon,
        density=1.0 / shapely.area(polygon),
        frames=trajectories.frames[::every],
    )


def tessellate(
    x: Floats, y: Floats, walkable: BaseGeometry, *, cut_off: CutOff | None = None
) -> npt.NDArray[Any]:
    """Return the cells of the people of one frame, shape (n,), in their order.

    Parameters
    ----------
    x, y
        Positions inside the walkable area, metres, shape (n,); no two the same.
    walkable
        Walkable polygon (prepared, for speed).
    cut_off
        Largest extent of a cell.
    """
    points = shapely.points(x, y)
    collection = shapely.voronoi_polygons(shapely.multipoints(points), extend_to=walkable, ordered=True)
    cells = shapely.get_parts(collection)
    if len(cells) != len(points):
        raise InvalidInputError(f"{len(points)} people stand in {len(cells)} different places only")
    if cut_off is not None:
        circles = shapely.buffer(points, cut_off.radius_m, quad_segs=cut_off.quarter_segments)
        cells = shapely.intersection(cells, circles)
    at_edge = np.flatnonzero(~shapely.contains(walkable, cells))
    cells[at_edge] = shapely.intersection(cells[at_edge], walkable)
    for index in np.flatnonzero(shapely.get_type_id(cells) != _POLYGON):
        parts = shapely.get_parts(cells[index])
        parts = parts[shapely.get_type_id(parts) == _POLYGON]
        cells[index] = parts[np.argmin(shapely.distance(parts, points[index]))]
    return cells
