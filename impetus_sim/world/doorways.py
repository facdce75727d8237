"""The ground before a line that people cross: where the way to it is known exactly, by sight, and how it leads.

A field on a grid sees a neck of 1.2 m as three to five cells, and as others when the ground is turned. Near exits
and passages the ways are therefore the shortest ones past walls, straight from corner to corner
(`impetus_sim.kernels.straight_ways`); only beyond does the field of the grid begin. A straight way leads over
even ground: no slope, no steps.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.kernels import straight_ways
from impetus_sim.world.ground import Ground
from impetus_sim.world.passages import LineCells, WayRules

DOOR_INSET_M = 0.2
"""Bodies pass a door this far inside its jambs, and keep this distance from walls before it."""
STRAIGHT_REACH_M = 6.0
"""Ways are exact within this distance of a line."""
AT_LINE_CELLS = 1.5
"""Cells so near to a line lead to it whatever lies around."""
_ON_WALL_M = 1e-3


def find_doorway(ground: Ground, line: int, rules: WayRules) -> LineCells:
    """Return the cells from which the way to a line is known, with its length and direction.

    Parameters
    ----------
    ground
        The ground, with its gates as they are.
    line
        Index of an exit or passage (`Ground.line_names`).
    rules
        What makes ground uneven; with `is_straight` false only the cells at the line itself are given.
    """
    parts = _where_people_pass(ground.exit_segments(line))
    reach = STRAIGHT_REACH_M if rules.is_straight else AT_LINE_CELLS * ground.cell
    rows, columns = ground.shape
    low = np.minimum(parts[:, :2], parts[:, 2:]).min(axis=0) - reach - DOOR_INSET_M
    high = np.maximum(parts[:, :2], parts[:, 2:]).max(axis=0) + reach + DOOR_INSET_M
    column0, row0 = (max(0, int(v)) for v in (low - (ground.x0, ground.y0)) / ground.cell)
    column1, row1 = ((high - (ground.x0, ground.y0)) / ground.cell).astype(int) + 1
    shape = (min(rows, row1) - row0, min(columns, column1) - column0)
    points, point_cost = np.zeros((0, 2)), np.zeros(0)
    inside = (ground.inside == 1) & (ground.wall_distance > _ON_WALL_M)
    uneven = np.zeros(ground.shape, np.uint8)
    walls = np.zeros((0, 4))
    if rules.is_straight:
        walls = _solid_walls(ground, line, low - DOOR_INSET_M, high + DOOR_INSET_M)
        if rules.slower is not None:
            uneven |= rules.slower != 1.0
        if rules.steps is not None:
            uneven |= rules.steps
        points = np.zeros((len(walls), 2))
        points = points[: straight_ways.list_turns(walls, DOOR_INSET_M, points)]
        # a way that left the reach would meet those of the grid, which could lead back
        is_near = [straight_ways.nearest_on_line(x, y, parts)[2] <= STRAIGHT_REACH_M for x, y in points]
        points = points[np.array(is_near, bool)]
        point_cost = np.zeros(len(points))
        straight_ways.reach_turns(
            points, parts, walls, DOOR_INSET_M, uneven, ground.x0, ground.y0, ground.cell, point_cost
        )
        order = np.argsort(point_cost, kind="stable")
        points, point_cost = points[order], point_cost[order]
    window = slice(row0, row0 + shape[0]), slice(column0, column0 + shape[1])
    cost, via = np.full(shape, np.inf), np.full(shape, straight_ways.NO_WAY, np.int32)
    towards = np.zeros((*shape, 2))
    if rules.is_straight:
        straight_ways.lay_straight_ways(
            points, point_cost, parts, STRAIGHT_REACH_M, walls, DOOR_INSET_M,
            inside.astype(np.uint8), uneven, ground.x0, ground.y0, ground.cell, row0, column0, cost, via,
        )  # fmt: skip
    walkable = np.ascontiguousarray(ground.walkable[window])
    at_line = AT_LINE_CELLS * ground.cell
    straight_ways.add_cells_at_line(
        ground.exit_segments(line),
        at_line,
        walkable,
        ground.x0,
        ground.y0,
        ground.cell,
        row0,
        column0,
        cost,
        via,
    )
    edge_of = np.full(shape, -1, np.int64)
    if rules.is_straight:
        straight_ways.list_edge_cells(walkable, np.ascontiguousarray(inside[window]), cost, via, edge_of)
    straight_ways.point_the_way(
        via, points, parts, DOOR_INSET_M, ground.x0, ground.y0, ground.cell, row0, column0, towards
    )
    is_known = (walkable == 1) & np.isfinite(cost)
    is_edge = edge_of >= 0
    number = np.cumsum(is_known.ravel()) - 1
    return LineCells(
        cells=_flat(is_known, row0, column0, columns),
        distance=cost[is_known],
        outward=towards[is_known],
        edge_cells=_flat(is_edge, row0, column0, columns),
        edge_of=number[edge_of[is_edge]],
        edge_outward=towards[is_edge],
    )


def _flat(mask: npt.NDArray[np.bool_], row0: int, column0: int, columns: int) -> npt.NDArray[np.int64]:
    r, c = np.nonzero(mask)
    return ((r + row0) * columns + c + column0).astype(np.int64)


def _where_people_pass(segments: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    # The line less what bodies cannot use beside its ends.
    starts, ends = ({tuple(np.round(p, 6)) for p in segments[:, k : k + 2]} for k in (0, 2))
    parts = segments.copy()
    for part, (ax, ay, bx, by) in zip(parts, segments, strict=True):
        along = np.array([bx - ax, by - ay])
        length = np.hypot(*along)
        inset = min(DOOR_INSET_M, 0.499 * length) / length * along
        if tuple(np.round((ax, ay), 6)) not in ends:
            part[:2] += inset
        if tuple(np.round((bx, by), 6)) not in starts:
            part[2:] -= inset
    return parts


def _solid_walls(
    ground: Ground, line: int, low: npt.NDArray[np.float64], high: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    # Closed gates and the lines of other exits are walls here: nobody goes out there to come in again.
    walls = ground.walls
    is_near = (np.minimum(walls[:, :2], walls[:, 2:]) <= high).all(axis=1)
    is_near &= (np.maximum(walls[:, :2], walls[:, 2:]) >= low).all(axis=1)
    return np.ascontiguousarray(walls[is_near & (ground.wall_exit != line) & (ground.wall_is_solid == 1)])
