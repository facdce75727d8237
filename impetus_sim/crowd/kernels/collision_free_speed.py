"""Velocities of the Collision-Free Speed Model, version 2.

Direction: desired direction plus exponential repulsion from neighbours and walls. Speed: the free gap ahead
divided by the time gap, at most the desired speed.

Sources: Tordeux, Chraibi, Seyfried (2016), Collision-free speed model for pedestrian dynamics, in Traffic and
Granular Flow '15 (arXiv:1512.05597); version 2 (individual parameters, walls as a sum over segments) as in
JuPedSim 1.4.
"""

from __future__ import annotations

import math

from impetus_sim.crowd.kernels.sight import is_in_sight
from impetus_sim.kernels.compile import BLOCK, kernel, parallel_kernel, prange
from impetus_sim.kernels.geometry import nearest_on_segment

MAX_NEIGHBOURS = 512
"""Room for the neighbours of one person; more within reach than this is reported, never dropped."""


DX, DY, CONTACT, GAP, PUSH_X, PUSH_Y = range(6)
"""Rows of the scratch table: offset of each neighbour, sum of both radii, free gap, repulsion."""


@kernel
def _list_close(  # type: ignore[no-untyped-def]
    k, px, py, reach, start, x0, y0, cell, n_columns, n_rows, sorted_x, sorted_y, sorted_radius, out_near
):
    # Everybody nearer than `reach` to the person at place k, in cell order. Returns how many, or -1 when they
    # may not fit. Without branches: each candidate is written, and counted only if close.
    reach2, radius = reach * reach, sorted_radius[k]
    row_from = max(0, int((py - reach - y0) / cell))
    row_to = min(n_rows - 1, int((py + reach - y0) / cell))
    column_from = max(0, int((px - reach - x0) / cell))
    column_to = min(n_columns - 1, int((px + reach - x0) / cell))
    n = 0
    for row in range(row_from, row_to + 1):
        first = start[row * n_columns + column_from]
        last = start[row * n_columns + column_to + 1]
        if n + last - first > out_near.shape[1]:
            return -1
        for m in range(first, last):
            dx, dy = sorted_x[m] - px, sorted_y[m] - py
            out_near[DX, n] = dx
            out_near[DY, n] = dy
            out_near[CONTACT, n] = radius + sorted_radius[m]
            n += int((dx * dx + dy * dy < reach2) & (m != k))
    return n


@kernel
def _keep_visible(n, px, py, walls, n_hiding, hiding, near):  # type: ignore[no-untyped-def]
    # Drops the neighbours behind a wall, in place; returns how many are left.
    kept = 0
    for c in range(n):
        dx, dy = near[DX, c], near[DY, c]
        if is_in_sight(px, py, px + dx, py + dy, walls, 0, n_hiding, hiding):
            near[DX, kept] = dx
            near[DY, kept] = dy
            near[CONTACT, kept] = near[CONTACT, c]
            kept += 1
    return kept


@kernel
def _exp(x):  # type: ignore[no-untyped-def]
    # exp(x) = exp(x / 256)^256, by a series of degree 6: within 1e-9 for -20 < x < 5. Only sums and products,
    # so loops over it vectorise, and every machine gets the same bits.
    t = x * 0.00390625
    y = 1.0 + t * (1.0 + t / 2.0 * (1.0 + t / 3.0 * (1.0 + t / 4.0 * (1.0 + t / 5.0 * (1.0 + t / 6.0)))))
    for _ in range(8):
        y = y * y
    return y


@kernel
def _fill_pushes(n, strength, decay, reach, near):  # type: ignore[no-untyped-def]
    # Repulsion from each neighbour; none beyond `reach` or at the very same point. Whole vectors are filled:
    # what lies past the last neighbour is never read.
    per_decay = 1.0 / decay
    for c in range(_whole_vectors(n)):
        dx, dy = near[DX, c], near[DY, c]
        d = math.sqrt(dx * dx + dy * dy)
        gap = d - near[CONTACT, c]
        push = strength * _exp(-gap * per_decay) / d
        push = push if (gap < reach) & (d > 0.0) else 0.0
        near[GAP, c] = gap
        near[PUSH_X, c] = push * dx
        near[PUSH_Y, c] = push * dy


@kernel
def _gap_ahead(n, ex, ey, free, near):  # type: ignore[no-untyped-def]
    # The least gap to whoever is ahead within the width of both bodies, at most `free`.
    for c in range(_whole_vectors(n)):
        dx, dy = near[DX, c], near[DY, c]
        is_ahead = (ex * dx + ey * dy >= 0.0) & (abs(ex * dy - ey * dx) <= near[CONTACT, c])
        near[GAP, c] = near[GAP, c] if is_ahead else free
    least = free
    for c in range(n):
        least = min(least, near[GAP, c])
    return least


@kernel
def _whole_vectors(n):  # type: ignore[no-untyped-def]
    return (n + 7) // 8 * 8


@kernel
def _list_walls_within(  # type: ignore[no-untyped-def]
    px, py, limit, walls, wall_is_open, first, last, wall_of, out_walls
):
    # Walls of wall_of[first:last] nearer than `limit`: only these can stand between p and people that near.
    # Open exits hide nobody: those just beyond are seen.
    n = 0
    for m in range(first, last):
        w = wall_of[m]
        if wall_is_open[w] == 1:
            continue
        qx, qy = nearest_on_segment(px, py, walls[w, 0], walls[w, 1], walls[w, 2], walls[w, 3])
        if (qx - px) ** 2 + (qy - py) ** 2 < limit * limit:
            out_walls[n] = w
            n += 1
    return n


@parallel_kernel
def propose_velocities(  # type: ignore[no-untyped-def]
    order, n, start, sorted_x, sorted_y, sorted_radius, x0, y0, cell, n_columns, n_cells, speed, time_gap,
    desired_x, desired_y, facing_x, facing_y, strength, decay, wall_strength, wall_decay, repulsion_reach,
    wall_reach, max_radius, walls, wall_is_open, wall_x0, wall_y0, wall_cell, wall_columns, near_start,
    near_of, sight_start, sight_of, scratch, scratch_walls, out_vx, out_vy, out_overflow,
):  # fmt: skip
    """Fill the velocity of each person in `order` (n of them); zero for those with no desired speed.

    Parameters
    ----------
    order, start
        int32: people in cell order and first place per cell (`impetus_sim.kernels.cells`), grid
        (x0, y0, cell, n_columns, n_cells).
    sorted_x, sorted_y, sorted_radius
        float64 (>= n,): position and body radius in cell order, m.
    speed, time_gap, desired_x, desired_y
        float64 (rows,): desired speed m/s, s, unit vector.
    facing_x, facing_y
        float64 (rows,), overwritten for movers: last walking direction, used where the sum vanishes.
    strength, decay, wall_strength, wall_decay
        Repulsion amplitude (dimensionless) and range (m), of people and walls.
    repulsion_reach, wall_reach
        m beyond touching bodies, past which repulsion is left out.
    walls, wall_is_open
        float64 (n_walls, 4) and uint8 (n_walls,): 1 for the line of an open exit.
    near_start, near_of, sight_start, sight_of
        int32: walls that can push, and walls that can hide, per cell of the wall grid.
    scratch, scratch_walls
        float64 (blocks, 6, MAX_NEIGHBOURS) and int32 (blocks, longest list of walls that can hide).
    out_vx, out_vy
        float64 (rows,), m/s.
    out_overflow
        int64 (blocks,): people in the block with more neighbours than fit.
    """
    n_rows = n_cells // n_columns
    n_blocks = (n + BLOCK - 1) // BLOCK
    for block in prange(n_blocks):
        near = scratch[block]
        hiding = scratch_walls[block]
        out_overflow[block] = 0
        for k in range(block * BLOCK, min(n, (block + 1) * BLOCK)):
            i = order[k]
            v0 = speed[i]
            if v0 <= 0.0:
                out_vx[i] = 0.0
                out_vy[i] = 0.0
                continue
            px, py, ri = sorted_x[k], sorted_y[k], sorted_radius[k]
            wall_k = int((py - wall_y0) / wall_cell) * wall_columns + int((px - wall_x0) / wall_cell)

            # neighbours that can matter: closer than the gap at which speed is free, or pushing
            reach = ri + max_radius + max(v0 * time_gap[i], repulsion_reach)
            n_near = _list_close(
                k, px, py, reach, start, x0, y0, cell, n_columns, n_rows, sorted_x, sorted_y, sorted_radius,
                near,
            )  # fmt: skip
            if n_near < 0:
                out_overflow[block] += 1
                n_near = 0
            n_hiding = _list_walls_within(
                px,
                py,
                reach,
                walls,
                wall_is_open,
                sight_start[wall_k],
                sight_start[wall_k + 1],
                sight_of,
                hiding,
            )
            if n_hiding > 0:
                n_near = _keep_visible(n_near, px, py, walls, n_hiding, hiding, near)

            # direction: the desired one, bent by people and walls
            ex, ey = desired_x[i], desired_y[i]
            _fill_pushes(n_near, strength, decay, repulsion_reach, near)
            for c in range(n_near):
                ex -= near[PUSH_X, c]
                ey -= near[PUSH_Y, c]
            for c in range(near_start[wall_k], near_start[wall_k + 1]):
                w = near_of[c]
                if wall_is_open[w] == 1:
                    continue
                qx, qy = nearest_on_segment(px, py, walls[w, 0], walls[w, 1], walls[w, 2], walls[w, 3])
                dx, dy = qx - px, qy - py
                d = math.sqrt(dx * dx + dy * dy)
                if 0.0 < d < ri + wall_reach:
                    push = wall_strength * math.exp((ri - d) / wall_decay) / d
                    ex -= push * dx
                    ey -= push * dy
            norm = math.sqrt(ex * ex + ey * ey)
            if norm > 1e-12:
                ex, ey = ex / norm, ey / norm
            else:
                ex, ey = facing_x[i], facing_y[i]
            facing_x[i] = ex
            facing_y[i] = ey

            # speed: the gap ahead over the time gap
            gap = _gap_ahead(n_near, ex, ey, v0 * time_gap[i], near)
            v = min(v0, max(0.0, gap / time_gap[i]))
            out_vx[i] = v * ex
            out_vy[i] = v * ey
