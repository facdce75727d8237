"""Velocities of the Collision-Free Speed Model, version 2.

Direction: desired direction plus exponential repulsion from neighbours and walls. Speed: the free gap ahead
divided by the time gap, at most the desired speed.

Sources: Tordeux, Chraibi, Seyfried (2016), Collision-free speed model for pedestrian dynamics, in Traffic and
Granular Flow '15 (arXiv:1512.05597); version 2 (individual parameters, walls as a sum over segments) as in
JuPedSim 1.4.
"""

from __future__ import annotations

import math

from impetus_sim.crowd.kernels.lanes import ROW, exp, least_of_row, sum_row, whole_vectors
from impetus_sim.crowd.kernels.nearby import (
    CONTACT,
    DX,
    DY,
    MAX_NEIGHBOURS,
    SPARE,
    gather_offsets,
    hide_behind,
)
from impetus_sim.kernels.compile import BLOCK, kernel, parallel_kernel, prange
from impetus_sim.kernels.geometry import nearest_on_segment

GAP, PUSH_X, PUSH_Y = SPARE, 4 * ROW, 5 * ROW
"""First entries of the rows of the scratch beyond those of `nearby`: free gap, repulsion."""
SCRATCH = 6 * ROW
MOST_PUSH = 1e4
"""Repulsion from one neighbour is at most this many times the desire: far beyond where it decides alone."""
ROUND = 1.5 * 2.0**22
"""Adding and taking off this rounds to multiples of 2^-30. Sums of such numbers are exact, so the repulsion is
the same to the last bit in whatever order neighbours are listed."""


@kernel
def _push(n, strength, per_decay, reach, near):  # type: ignore[no-untyped-def]
    # Fills gaps and returns the sum of repulsions; none beyond `reach` or at the very same point.
    for c in range(whole_vectors(n)):
        dx, dy = near[DX + c], near[DY + c]
        d = math.sqrt(dx * dx + dy * dy)
        gap = d - near[CONTACT + c]
        push = min(strength * exp(-gap * per_decay), MOST_PUSH) / d
        push = push if (gap < reach) & (d > 0.0) else 0.0
        near[GAP + c] = gap
        near[PUSH_X + c] = (push * dx + ROUND) - ROUND
        near[PUSH_Y + c] = (push * dy + ROUND) - ROUND
    return sum_row(PUSH_X, n, near), sum_row(PUSH_Y, n, near)


@kernel
def _gap_ahead(n, ex, ey, free, near):  # type: ignore[no-untyped-def]
    # The least gap to whoever is ahead within the width of both bodies, at most `free`.
    for c in range(whole_vectors(n)):
        dx, dy = near[DX + c], near[DY + c]
        is_ahead = (ex * dx + ey * dy >= 0.0) & (abs(ex * dy - ey * dx) <= near[CONTACT + c])
        near[GAP + c] = near[GAP + c] if is_ahead else free
    return least_of_row(GAP, n, free, near)


@parallel_kernel
def propose_velocities(  # type: ignore[no-untyped-def]
    order, n, is_here, sorted_x, sorted_y, sorted_radius, first, count, of, free, speed, time_gap,
    desired_x, desired_y, facing_x, facing_y, strength, decay, wall_strength, wall_decay, repulsion_reach,
    wall_reach, max_radius, walls, wall_is_open, wall_x0, wall_y0, wall_cell, wall_columns, near_start,
    near_of, sight_start, sight_of, scratch, out_vx, out_vy, out_overflow, out_is_stale,
):  # fmt: skip
    """Fill the velocity of each person in `order` (n of them); zero for those with no desired speed.

    Parameters
    ----------
    order, is_here
        int32: people by place; uint8: 0 for places whose person has gone, who is left alone.
    sorted_x, sorted_y, sorted_radius
        float64 (>= n,): position and body radius by place, m.
    first, count, of
        int64, int32, uint32: neighbours of each place (`crowd.kernels.neighbours`): everybody within
        radius + max_radius + max(free, repulsion_reach).
    free
        float64 (>= n,): the gap at which speed is free that the lists allow for, m.
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
    scratch
        float64 (blocks, SCRATCH).
    out_vx, out_vy
        float64 (rows,), m/s.
    out_overflow, out_is_stale
        int64 (blocks,): people in the block with more neighbours than fit, and people whose free gap is larger
        than the lists allow for. Neither get a velocity.
    """
    n_blocks = (n + BLOCK - 1) // BLOCK
    for block in prange(n_blocks):
        near = scratch[block]
        overflow, is_stale = 0, 0
        for k in range(block * BLOCK, min(n, (block + 1) * BLOCK)):
            if is_here[k] == 0:
                continue
            i = order[k]
            v0 = speed[i]
            if v0 <= 0.0:
                out_vx[i] = 0.0
                out_vy[i] = 0.0
                continue
            px, py, ri, free_gap = sorted_x[k], sorted_y[k], sorted_radius[k], v0 * time_gap[i]
            n_near = count[k]
            if n_near > MAX_NEIGHBOURS:
                overflow += 1
                continue
            if free_gap > free[k]:
                is_stale += 1
                continue
            wall_k = int((py - wall_y0) / wall_cell) * wall_columns + int((px - wall_x0) / wall_cell)
            gather_offsets(px, py, ri, first[k], n_near, of, sorted_x, sorted_y, sorted_radius, near)

            # open exits hide nobody: those just beyond are seen
            reach = ri + max_radius + max(free_gap, repulsion_reach)
            for m in range(sight_start[wall_k], sight_start[wall_k + 1]):
                w = sight_of[m]
                if wall_is_open[w] == 1:
                    continue
                qx, qy = nearest_on_segment(px, py, walls[w, 0], walls[w, 1], walls[w, 2], walls[w, 3])
                if n_near > 0 and (qx - px) ** 2 + (qy - py) ** 2 < reach * reach:
                    hide_behind(n_near, px, py, walls, w, near)

            # direction: the desired one, bent by people and walls
            push_x, push_y = _push(n_near, strength, 1.0 / decay, repulsion_reach, near)
            ex, ey = desired_x[i] - push_x, desired_y[i] - push_y
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
            gap = _gap_ahead(n_near, ex, ey, free_gap, near)
            v = min(v0, max(0.0, gap / time_gap[i]))
            out_vx[i] = v * ex
            out_vy[i] = v * ey
        out_overflow[block] = overflow
        out_is_stale[block] = is_stale
