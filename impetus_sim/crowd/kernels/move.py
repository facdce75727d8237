"""Moving people by one step: nobody passes a wall, and crossing the line of an open exit means leaving.

A step that would cross a wall, or bring a body closer to it than its radius, slides along that wall; where the
slide is not allowed either, the person stays. Staying is always allowed, so by induction nobody is ever outside.

Bodies stop at walls because the wall's push acts over 2 cm only, less than one step of 0.05 s: without the stop
people overshoot, are thrown back, and the throw closes arches for good in front of narrow doors.
"""

from __future__ import annotations

import math

from impetus_sim.kernels.compile import BLOCK, kernel, parallel_kernel, prange
from impetus_sim.kernels.geometry import distance_to_segment, nearest_on_segment, segments_cross

CLEARANCE = 0.2
"""Bodies come no closer to a wall than their radius, or than this, m, if that is less: whoever is wider may
squeeze through a passage that the grid counts as open."""


@kernel
def blocking_wall(  # type: ignore[no-untyped-def]
    px, py, qx, qy, clearance, walls, wall_is_open, first, last, wall_of
):
    """Return the first wall that forbids the step from p to q of a body that keeps `clearance` metres, or -1."""
    for k in range(first, last):
        w = wall_of[k]
        if wall_is_open[w] == 1:
            continue
        ax, ay, bx, by = walls[w, 0], walls[w, 1], walls[w, 2], walls[w, 3]
        after = distance_to_segment(qx, qy, ax, ay, bx, by)
        if after < clearance and after < distance_to_segment(px, py, ax, ay, bx, by):
            return w
        if segments_cross(px, py, qx, qy, ax, ay, bx, by):
            return w
    return -1


@kernel
def crossed_exit(px, py, qx, qy, walls, wall_is_open, wall_exit, first, last, wall_of):  # type: ignore[no-untyped-def]
    """Return the open exit whose line the step from p to q crosses, or -1."""
    for k in range(first, last):
        w = wall_of[k]
        if (
            wall_is_open[w] == 1
            and wall_exit[w] >= 0
            and segments_cross(px, py, qx, qy, walls[w, 0], walls[w, 1], walls[w, 2], walls[w, 3])
        ):
            return wall_exit[w]
    return -1


@parallel_kernel
def move_people(  # type: ignore[no-untyped-def]
    order, n, is_here, dt, walls, wall_is_open, wall_exit, exit_lets, wall_x0, wall_y0, wall_cell, wall_columns,
    wall_start, wall_of, x, y, radius, vx, vy, out_crossed,
):  # fmt: skip
    """Advance positions by `dt` seconds.

    Parameters
    ----------
    order, n
        int32: people in cell order, the first n.
    is_here
        uint8 (>= n,): 0 for places whose person has gone; they are left alone.
    walls, wall_is_open, wall_exit
        float64 (n_walls, 4); uint8: 1 for the line of an open exit or gate; int32: exit index or -1.
    exit_lets
        uint8 (exits,): 1 where somebody may cross in this step; who may not stays before the line.
    radius
        float64 (rows,), m.
    x, y, vx, vy
        float64 (rows,), overwritten for the people in `order`: new position, and the velocity that was
        realised (less than proposed where a wall stood in the way).
    out_crossed
        int16 (rows,): exit through which a person left in this step; -2 - exit where it kept them; else -1.
    """
    n_blocks = (n + BLOCK - 1) // BLOCK
    for block in prange(n_blocks):
        for k in range(block * BLOCK, min(n, (block + 1) * BLOCK)):
            if is_here[k] == 0:
                continue
            i = order[k]
            out_crossed[i] = -1
            if vx[i] == 0.0 and vy[i] == 0.0:
                continue
            px, py = x[i], y[i]
            qx, qy = px + vx[i] * dt, py + vy[i] * dt
            clearance = min(radius[i], CLEARANCE)
            cell = int((py - wall_y0) / wall_cell) * wall_columns + int((px - wall_x0) / wall_cell)
            first, last = wall_start[cell], wall_start[cell + 1]
            if last > first:
                w = blocking_wall(px, py, qx, qy, clearance, walls, wall_is_open, first, last, wall_of)
                if w >= 0:
                    nx, ny = nearest_on_segment(px, py, walls[w, 0], walls[w, 1], walls[w, 2], walls[w, 3])
                    nx, ny = px - nx, py - ny
                    norm = math.sqrt(nx * nx + ny * ny)
                    if norm > 0.0:
                        nx, ny = nx / norm, ny / norm
                    into = min(0.0, (qx - px) * nx + (qy - py) * ny)
                    qx, qy = qx - into * nx, qy - into * ny
                    if (
                        blocking_wall(px, py, qx, qy, clearance, walls, wall_is_open, first, last, wall_of)
                        >= 0
                    ):
                        qx, qy = px, py
                e = crossed_exit(px, py, qx, qy, walls, wall_is_open, wall_exit, first, last, wall_of)
                if e >= 0 and exit_lets[e] == 0:
                    qx, qy = px, py
                    out_crossed[i] = -2 - e
                else:
                    out_crossed[i] = e
            x[i] = qx
            y[i] = qy
            vx[i] = (qx - px) / dt
            vy[i] = (qy - py) / dt
