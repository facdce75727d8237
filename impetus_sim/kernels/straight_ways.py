"""Straight ways past walls: exact shortest ways to a line near it, which do not depend on how a grid lies.

A way is a chain of straight pieces that keep `room` metres from every wall; who stands nearer to one keeps that
distance from all. It turns at points beside corners. Shortest chains: Dijkstra's algorithm over these points.

Source: Lozano-Perez and Wesley (1979), An algorithm for planning collision-free paths among polyhedral obstacles,
Communications of the ACM 22(10) (visibility graph of grown obstacles).
"""

from __future__ import annotations

import math

import numpy as np

from impetus_sim.kernels.compile import kernel
from impetus_sim.kernels.geometry import distance_to_segment, segments_cross

_TOLERANCE_M = 1e-6
TO_LINE, NO_WAY = -1, -2
"""What a cell makes for instead of a turn: the line itself, or nothing."""
FLAT_TURN = 1e-3
"""Corners that turn by less than this (sine) are no corners."""


@kernel
def is_straight(px, py, qx, qy, walls, room):  # type: ignore[no-untyped-def]
    """Tell whether the piece from p to q crosses no wall, float64 (n, 4), and keeps `room` metres from all."""
    for w in range(walls.shape[0]):
        ax, ay, bx, by = walls[w, 0], walls[w, 1], walls[w, 2], walls[w, 3]
        if (
            min(ax, bx) - room > max(px, qx)
            or max(ax, bx) + room < min(px, qx)
            or min(ay, by) - room > max(py, qy)
            or max(ay, by) + room < min(py, qy)
        ):
            continue
        if segments_cross(px, py, qx, qy, ax, ay, bx, by):
            return False
        least = min(
            distance_to_segment(px, py, ax, ay, bx, by),
            distance_to_segment(qx, qy, ax, ay, bx, by),
            distance_to_segment(ax, ay, px, py, qx, qy),
            distance_to_segment(bx, by, px, py, qx, qy),
        )
        if least < room - _TOLERANCE_M:
            return False
    return True


@kernel
def room_at(px, py, walls, most):  # type: ignore[no-untyped-def]
    """Return the distance from p to the nearest wall, float64 (n, 4), at most `most`; m."""
    room = most
    for w in range(walls.shape[0]):
        room = min(room, distance_to_segment(px, py, walls[w, 0], walls[w, 1], walls[w, 2], walls[w, 3]))
    return room


@kernel
def is_even(px, py, qx, qy, uneven, x0, y0, cell):  # type: ignore[no-untyped-def]
    """Tell whether the piece from p to q, looked at every half cell, leaves out `uneven` cells, uint8."""
    n_rows, n_columns = uneven.shape
    n = int(math.sqrt((qx - px) ** 2 + (qy - py) ** 2) / (0.5 * cell)) + 1
    for k in range(n + 1):
        t = k / n
        row = min(n_rows - 1, max(0, int((py + t * (qy - py) - y0) / cell)))
        column = min(n_columns - 1, max(0, int((px + t * (qx - px) - x0) / cell)))
        if uneven[row, column] == 1:
            return False
    return True


@kernel
def nearest_on_line(px, py, parts):  # type: ignore[no-untyped-def]
    """Return the point of the parts of a line, float64 (n, 4), that is nearest to p, its distance and its part."""
    best, bx, by, of = math.inf, px, py, 0
    for k in range(parts.shape[0]):
        ux, uy = parts[k, 2] - parts[k, 0], parts[k, 3] - parts[k, 1]
        length2 = ux * ux + uy * uy
        t = 0.0
        if length2 > 0.0:
            t = min(1.0, max(0.0, ((px - parts[k, 0]) * ux + (py - parts[k, 1]) * uy) / length2))
        qx, qy = parts[k, 0] + t * ux, parts[k, 1] + t * uy
        d = math.sqrt((qx - px) ** 2 + (qy - py) ** 2)
        if d < best:
            best, bx, by, of = d, qx, qy, k
    return bx, by, best, of


@kernel
def list_turns(walls, room, out_points):  # type: ignore[no-untyped-def]
    """Fill the points at which ways turn about corners: `room` from both walls of each corner.

    Parameters
    ----------
    walls
        float64 (n, 4), ground on the left.
    out_points
        float64 (>= n, 2), overwritten.

    Returns
    -------
    The number of points.
    """
    n = 0
    for a in range(walls.shape[0]):
        for b in range(walls.shape[0]):
            if abs(walls[a, 2] - walls[b, 0]) > _TOLERANCE_M or abs(walls[a, 3] - walls[b, 1]) > _TOLERANCE_M:
                continue
            ux, uy = walls[a, 2] - walls[a, 0], walls[a, 3] - walls[a, 1]
            vx, vy = walls[b, 2] - walls[b, 0], walls[b, 3] - walls[b, 1]
            u, v = math.sqrt(ux * ux + uy * uy), math.sqrt(vx * vx + vy * vy)
            if u * v == 0.0:
                continue
            ux, uy, vx, vy = ux / u, uy / u, vx / v, vy / v
            if ux * vy - uy * vx > -FLAT_TURN:
                continue
            stretch = room * (1.0 + _TOLERANCE_M) / max(0.5, 1.0 + ux * vx + uy * vy)
            x, y = walls[b, 0] - stretch * (uy + vy), walls[b, 1] + stretch * (ux + vx)
            if room_at(x, y, walls, room) >= room - _TOLERANCE_M and n < out_points.shape[0]:
                out_points[n, 0], out_points[n, 1] = x, y
                n += 1
    return n


@kernel
def reach_turns(points, parts, walls, room, uneven, x0, y0, cell, out_cost):  # type: ignore[no-untyped-def]
    """Fill the length of the shortest way from each turn to the line, inf where there is none.

    Parameters
    ----------
    points
        float64 (n, 2), from `list_turns`.
    parts
        float64 (m, 4): where on the line people pass.
    uneven, x0, y0, cell
        uint8 (rows, columns): cells that no straight way leads over; the grid.
    out_cost
        float64 (n,), overwritten, m.
    """
    n = points.shape[0]
    is_done = np.zeros(n, np.uint8)
    for k in range(n):
        qx, qy, d, _ = nearest_on_line(points[k, 0], points[k, 1], parts)
        is_open = is_straight(points[k, 0], points[k, 1], qx, qy, walls, room) and is_even(
            points[k, 0], points[k, 1], qx, qy, uneven, x0, y0, cell
        )
        out_cost[k] = d if is_open else math.inf
    for _ in range(n):
        best = -1
        for k in range(n):
            if is_done[k] == 0 and out_cost[k] < math.inf and (best < 0 or out_cost[k] < out_cost[best]):
                best = k
        if best < 0:
            break
        is_done[best] = 1
        for k in range(n):
            px, py, qx, qy = points[k, 0], points[k, 1], points[best, 0], points[best, 1]
            cost = out_cost[best] + math.sqrt((px - qx) ** 2 + (py - qy) ** 2)
            if (
                is_done[k] == 0
                and cost < out_cost[k]
                and is_straight(px, py, qx, qy, walls, room)
                and is_even(px, py, qx, qy, uneven, x0, y0, cell)
            ):
                out_cost[k] = cost


@kernel
def lay_straight_ways(  # type: ignore[no-untyped-def]
    points,
    point_cost,
    parts,
    reach,
    walls,
    room,
    inside,
    uneven,
    x0,
    y0,
    cell,
    row0,
    column0,
    out_cost,
    out_via,
):
    """Fill the length of the shortest way from cells to the line, and what they make for first.

    Parameters
    ----------
    points, point_cost
        float64 (n, 2) and (n,): turns, the nearest to the line first, and the way from there on, m.
    parts
        float64 (m, 4): where on the line people pass.
    reach
        Cells farther than this from the line are left out, m.
    walls, room
        float64 (k, 4), and the distance that ways keep from them, m.
    inside, uneven
        uint8 (rows, columns): cells whose centre is on the ground; cells that no straight way leads over.
    row0, column0
        First row and column of the window that is filled.
    out_cost, out_via
        float64 and int32 (window), overwritten: m, inf where no such way leads; a turn, `TO_LINE` or `NO_WAY`.
    """
    for r in range(out_cost.shape[0]):
        for c in range(out_cost.shape[1]):
            out_cost[r, c], out_via[r, c] = math.inf, NO_WAY
            if inside[row0 + r, column0 + c] == 0:
                continue
            px, py = x0 + (column0 + c + 0.5) * cell, y0 + (row0 + r + 0.5) * cell
            qx, qy, d, _ = nearest_on_line(px, py, parts)
            if d > reach:
                continue
            here = room_at(px, py, walls, room)
            if is_straight(px, py, qx, qy, walls, here) and is_even(px, py, qx, qy, uneven, x0, y0, cell):
                out_cost[r, c], out_via[r, c] = d, TO_LINE
                continue
            for k in range(points.shape[0]):
                if point_cost[k] >= out_cost[r, c]:
                    break
                tx, ty = points[k, 0], points[k, 1]
                length = math.sqrt((tx - px) ** 2 + (ty - py) ** 2)
                if (
                    length + point_cost[k] < out_cost[r, c]
                    and is_straight(px, py, tx, ty, walls, here)
                    and is_even(px, py, tx, ty, uneven, x0, y0, cell)
                ):
                    out_cost[r, c], out_via[r, c] = length + point_cost[k], k


@kernel
def add_cells_at_line(  # type: ignore[no-untyped-def]
    segments, reach, walkable, x0, y0, cell, row0, column0, out_cost, out_via
):
    """Let walkable cells within `reach` metres of a line, float64 (m, 4), lead to it where they have no way yet.

    `walkable`, `out_cost` and `out_via` are those of the window.
    """
    for r in range(out_cost.shape[0]):
        for c in range(out_cost.shape[1]):
            if walkable[r, c] == 0 or math.isfinite(out_cost[r, c]):
                continue
            px, py = x0 + (column0 + c + 0.5) * cell, y0 + (row0 + r + 0.5) * cell
            _, _, d, _ = nearest_on_line(px, py, segments)
            if d <= reach:
                out_cost[r, c], out_via[r, c] = d, TO_LINE


@kernel
def list_edge_cells(walkable, inside, cost, out_via, out_of):  # type: ignore[no-untyped-def]
    """Find the cells on and behind walls whose direction is needed between the centres of cells before them.

    Such a cell borders on cells with a known way alone (no other side of a thin wall), and makes for what a
    neighbour makes for.

    Parameters
    ----------
    walkable, inside
        uint8 and bool (window).
    cost
        float64 (window), of `lay_straight_ways`.
    out_via
        int32 (window), filled for the cells found.
    out_of
        int64 (window), overwritten: flat index of that neighbour for the cells found, else -1.
    """
    n_rows, n_columns = cost.shape
    for r in range(n_rows):
        for c in range(n_columns):
            out_of[r, c] = -1
            if walkable[r, c] == 1:
                continue
            nearest, is_edge = -1, True
            for near in (1, 2):  # beside it, then across its corners
                for dr in range(-1, 2):
                    for dc in range(-1, 2):
                        q, s = r + dr, c + dc
                        if abs(dr) + abs(dc) != near or not (0 <= q < n_rows and 0 <= s < n_columns):
                            continue
                        if math.isfinite(cost[q, s]):
                            if nearest < 0 and walkable[q, s] == 1:
                                nearest = q * n_columns + s
                        elif inside[q, s]:
                            is_edge = False
            if nearest < 0 or not is_edge or (inside[r, c] and not math.isfinite(cost[r, c])):
                continue
            out_of[r, c] = nearest
            if not inside[r, c]:
                out_via[r, c] = out_via[nearest // n_columns, nearest % n_columns]


@kernel
def point_the_way(  # type: ignore[no-untyped-def]
    via, points, parts, beyond, x0, y0, cell, row0, column0, out_towards
):
    """Fill the direction from each cell of the window to what it makes for.

    Parameters
    ----------
    via, points, parts
        int32 (window), float64 (n, 2) turns, float64 (m, 4) where on the line people pass, ground on the left.
    beyond
        People make for this far beyond the line, m.
    out_towards
        float64 (window, 2), unit vectors, (0, 0) where there is no way.
    """
    for r in range(via.shape[0]):
        for c in range(via.shape[1]):
            out_towards[r, c, 0], out_towards[r, c, 1] = 0.0, 0.0
            px, py = x0 + (column0 + c + 0.5) * cell, y0 + (row0 + r + 0.5) * cell
            k = via[r, c]
            if k == TO_LINE:
                qx, qy, _, part = nearest_on_line(px, py, parts)
                out_towards[r, c, 0], out_towards[r, c, 1] = through_line(px, py, qx, qy, part, parts, beyond)
            elif k >= 0:
                dx, dy = points[k, 0] - px, points[k, 1] - py
                norm = math.sqrt(dx * dx + dy * dy)
                if norm > 0.0:
                    out_towards[r, c, 0], out_towards[r, c, 1] = dx / norm, dy / norm


@kernel
def through_line(px, py, qx, qy, part, parts, beyond):  # type: ignore[no-untyped-def]
    """Return the unit vector from p to `beyond` metres straight beyond the point q on a part of the line."""
    ux, uy = parts[part, 2] - parts[part, 0], parts[part, 3] - parts[part, 1]
    length = math.sqrt(ux * ux + uy * uy)
    if length == 0.0:
        return 0.0, 0.0
    ux, uy = ux / length, uy / length
    ahead = beyond + abs((py - qy) * ux - (px - qx) * uy)
    aside = (qx - px) * ux + (qy - py) * uy
    dx, dy = aside * ux + ahead * uy, aside * uy - ahead * ux
    norm = math.sqrt(dx * dx + dy * dy)
    return dx / norm, dy / norm
