"""Gates, fences and barriers inside the ground: which parts of the grid they block while closed.

A gate is a line among the walls. While it is closed it stops people and hides them from each other like a wall, and
the grid cells that it crosses are no way; while it is open it is not there. `Ground.walkable` and
`Ground.wall_distance` are those of the gates as they are now: `GateGrid.apply` writes them in place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from impetus_sim.errors import InvalidInputError
from impetus_sim.kernels import raster

if TYPE_CHECKING:
    from impetus_sim.world.ground import Ground

LEAST_LENGTH_M = 0.1
SNAP_M = 0.39
"""An end of a gate this near to a wall is drawn on to it: nobody fits through the gap."""
FAR_M = 1e9
"""Where `solid_walls` puts the segments of open gates: out of everybody's sight."""


@dataclass(frozen=True, kw_only=True)
class GateLine:
    """A gate as drawn."""

    name: str
    geometry: BaseGeometry


def cut_gates(
    polygon: BaseGeometry, gates: Sequence[GateLine]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int32]]:
    """Return the segments of gates that lie on the ground, and the gate of each.

    Returns
    -------
    float64 (n, 4), m, and int32 (n,), in the order of the gates given.

    Raises
    ------
    InvalidInputError
        When a gate is not a line, or nowhere on the ground.
    """
    segments: list[npt.NDArray[np.float64]] = []
    of_gate: list[int] = []
    for k, gate in enumerate(gates):
        key = f"crowd.gates.{gate.name}.at"
        if gate.geometry.geom_type not in ("LineString", "MultiLineString"):
            raise InvalidInputError(
                f"{key}: this place is a {gate.geometry.geom_type.lower()}, not a line",
                hint="{line: [[x, y], ...]} or a drawn line",
            )
        inside = shapely.line_merge(gate.geometry.intersection(polygon))
        lines = [g for g in getattr(inside, "geoms", [inside]) if g.geom_type == "LineString"]
        if sum(line.length for line in lines) < LEAST_LENGTH_M:
            raise InvalidInputError(
                f"{key}: the line is not on the walkable ground inside the simulated area",
                hint="move it, or widen crowd.focus",
            )
        for line in lines:
            points = _snap(shapely.get_coordinates(line), polygon)
            segments += [np.concatenate(pair) for pair in pairwise(points)]
            of_gate += [k] * (len(points) - 1)
    return np.array(segments, np.float64).reshape(-1, 4), np.array(of_gate, np.int32)


def _snap(points: npt.NDArray[np.float64], polygon: BaseGeometry) -> list[npt.NDArray[np.float64]]:
    # Ends that almost touch a wall are led on to it, and a hair beyond, so that no gap is left.
    boundary = polygon.boundary
    out = list(points)
    for end, position in ((points[0], 0), (points[-1], len(points))):
        point = shapely.Point(end)
        if 0.0 < boundary.distance(point) <= SNAP_M:
            nearest = boundary.interpolate(boundary.project(point))
            out.insert(position if position == 0 else len(out), np.array([nearest.x, nearest.y]))
    return out


class GateGrid:
    """What gates do to the grid of one ground.

    Parameters
    ----------
    ground
        As it is with every gate open.

    `is_open`, uint8 (gates,), are the gates that the ground is now that of.
    """

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.is_open = np.ones(len(ground.gate_names), np.uint8)
        self._walkable = ground.walkable.copy()
        self._wall_distance = ground.wall_distance.copy()

    def apply(self, is_open: npt.NDArray[np.uint8]) -> None:
        """Write the walkable cells and wall distances for gates as they are into the ground, in place.

        Parameters
        ----------
        is_open
            uint8 (gates,).
        """
        from impetus_sim.world.ground import BAND_M, BODY_ROOM_M, WALL_CELL_M

        ground = self._ground
        self.is_open = is_open.copy()
        is_closed = (ground.wall_gate >= 0) & (is_open[ground.wall_gate] == 0)
        ground.wall_is_solid[...] = (ground.wall_gate < 0) | is_closed
        closed = ground.walls[is_closed]
        ground.walkable[...] = self._walkable
        ground.wall_distance[...] = self._wall_distance
        if not len(closed):
            return
        crossed = np.zeros(ground.shape, np.uint8)
        raster.mark_crossed(closed, ground.x0, ground.y0, ground.cell, crossed)
        distance = np.empty(ground.shape, np.float32)
        raster.fill_distance(closed, ground.x0, ground.y0, ground.cell, BAND_M, distance)
        np.minimum(ground.wall_distance, distance, out=ground.wall_distance)
        ground.walkable[crossed == 1] = 0
        raster.drop_narrow(
            ground.walls, ((ground.wall_exit < 0) & (ground.wall_is_solid == 1)).astype(np.uint8),
            ground.x0, ground.y0, ground.cell, WALL_CELL_M, ground.wall_columns, ground.near.start, ground.near.of,
            BODY_ROOM_M, ground.wall_distance, ground.walkable,
        )  # fmt: skip


def solid_walls(ground: Ground, is_open: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Return the walls without the open gates, float64 (walls, 4): those lie far away, so that numbers stay."""
    if not len(is_open):
        return ground.walls
    walls = ground.walls.copy()
    walls[(ground.wall_gate >= 0) & (is_open[ground.wall_gate] == 1)] = FAR_M
    return walls
