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
from impetus_sim.kernels.compile import BLOCK, parallel_kernel, prange
from impetus_sim.kernels.geometry import nearest_on_segment

MAX_NEIGHBOURS = 512
"""Room for the neighbours of one person; more within reach than this is reported, never dropped."""


@parallel_kernel
def propose_velocities(  # type: ignore[no-untyped-def]
    order, n, start, x0, y0, cell, n_columns, n_cells, x, y, radius, speed, time_gap, desired_x, desired_y,
    facing_x, facing_y, strength, decay, wall_strength, wall_decay, repulsion_reach, wall_reach, max_radius,
    walls, wall_is_open, wall_x0, wall_y0, wall_cell, wall_columns, near_start, near_of, sight_start, sight_of,
    scratch, out_vx, out_vy, out_overflow,
):  # fmt: skip
    """Fill the velocity of each person in `order` (n of them); zero for those with no desired speed.

    Parameters
    ----------
    order, start
        int32: people in cell order and first place per cell (`impetus_sim.kernels.cells`), grid
        (x0, y0, cell, n_columns, n_cells).
    x, y, radius, speed, time_gap, desired_x, desired_y
        float64 (rows,): m, m, m, desired speed m/s, s, unit vector.
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
    scratch
        int32 (blocks, MAX_NEIGHBOURS).
    out_vx, out_vy
        float64 (rows,), m/s.
    out_overflow
        int64 (blocks,): people in the block with more neighbours than fit.
    """
    n_rows = n_cells // n_columns
    n_blocks = (n + BLOCK - 1) // BLOCK
    for block in prange(n_blocks):
        seen = scratch[block]
        out_overflow[block] = 0
        for k in range(block * BLOCK, min(n, (block + 1) * BLOCK)):
            i = order[k]
            v0 = speed[i]
            if v0 <= 0.0:
                out_vx[i] = 0.0
                out_vy[i] = 0.0
                continue
            px, py, ri = x[i], y[i], radius[i]
            wall_column = int((px - wall_x0) / wall_cell)
            wall_row = int((py - wall_y0) / wall_cell)
            wall_k = wall_row * wall_columns + wall_column
            first, last = sight_start[wall_k], sight_start[wall_k + 1]

            # neighbours that can matter: closer than the gap at which speed is free, or pushing
            limit = ri + max_radius + max(v0 * time_gap[i], repulsion_reach)
            limit2 = limit * limit
            row_from = max(0, int((py - limit - y0) / cell))
            row_to = min(n_rows - 1, int((py + limit - y0) / cell))
            column_from = max(0, int((px - limit - x0) / cell))
            column_to = min(n_columns - 1, int((px + limit - x0) / cell))
            ex, ey = desired_x[i], desired_y[i]
            n_seen = 0
            for row in range(row_from, row_to + 1):
                base = row * n_columns
                for m in range(start[base + column_from], start[base + column_to + 1]):
                    j = order[m]
                    dx, dy = x[j] - px, y[j] - py
                    d2 = dx * dx + dy * dy
                    if d2 >= limit2 or j == i:
                        continue
                    if last > first and not is_in_sight(px, py, x[j], y[j], walls, first, last, sight_of):
                        continue
                    if n_seen == seen.shape[0]:
                        out_overflow[block] += 1
                        break
                    seen[n_seen] = j
                    n_seen += 1
                    contact = ri + radius[j]
                    d = math.sqrt(d2)
                    if 0.0 < d < contact + repulsion_reach:
                        push = strength * math.exp((contact - d) / decay) / d
                        ex -= push * dx
                        ey -= push * dy
            for m in range(near_start[wall_k], near_start[wall_k + 1]):
                w = near_of[m]
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

            gap = v0 * time_gap[i]
            for m in range(n_seen):
                j = seen[m]
                dx, dy = x[j] - px, y[j] - py
                ahead = ex * dx + ey * dy
                if ahead < 0.0:
                    continue
                contact = ri + radius[j]
                if abs(ex * dy - ey * dx) > contact:
                    continue
                gap = min(gap, math.sqrt(dx * dx + dy * dy) - contact)
            v = min(v0, max(0.0, gap / time_gap[i]))
            out_vx[i] = v * ex
            out_vy[i] = v * ey
