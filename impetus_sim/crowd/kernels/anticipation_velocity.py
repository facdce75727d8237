"""Velocities of the Anticipation Velocity Model.

Direction: the desired one, turned aside by everybody ahead, the more the nearer they will be soon. It is followed
with a delay. Speed: the free gap ahead over the time gap. Beside the published model, oncoming people keep to one
side and pass one another with their shoulders turned; both terms are off at 0.

Source: Xu, Chraibi, Seyfried (2021), Anticipation in a velocity-based model for pedestrian dynamics, Transportation
Research Part C 133, 103464 (arXiv:2107.00624).
"""

from __future__ import annotations

import math

from impetus_sim.crowd.kernels.nearby import (
    CONTACT,
    DX,
    DY,
    PLACE,
    exp,
    list_seen,
    unit,
    wall_cell,
    whole_vectors,
)
from impetus_sim.kernels.compile import BLOCK, kernel, parallel_kernel, prange
from impetus_sim.kernels.geometry import nearest_on_segment

VX, VY, EX, EY, GX, GY, ONCOMING, GAP, SIDE, AWAY_X, AWAY_Y = range(4, 15)
"""Rows of the scratch table beyond those of `nearby`: motion of each neighbour, free gap, sideways push."""
N_ROWS = 15


@kernel
def _see(n, motion, near):  # type: ignore[no-untyped-def]
    # Copies how each neighbour moves.
    for c in range(n):
        m = int(near[PLACE, c])
        near[VX, c] = motion[0, m]
        near[VY, c] = motion[1, m]
        near[EX, c] = motion[2, m]
        near[EY, c] = motion[3, m]
        near[GX, c] = motion[4, m]
        near[GY, c] = motion[5, m]


@kernel
def _turn_shoulders(n, gx, gy, turned, near):  # type: ignore[no-untyped-def]
    # How narrow the bodies are now: shoulders turn while somebody oncoming is close ahead.
    for c in range(whole_vectors(n)):
        dx, dy = near[DX, c], near[DY, c]
        oncoming = max(0.0, -(gx * near[GX, c] + gy * near[GY, c]))
        near[ONCOMING, c] = oncoming
        gap = math.sqrt(dx * dx + dy * dy) - near[CONTACT, c]
        share = oncoming * min(1.0, max(0.0, 2.0 - 2.0 * gap))
        near[SIDE, c] = share if (gx * dx + gy * dy >= 0.0) else 0.0
    share = 0.0
    for c in range(n):
        share = max(share, near[SIDE, c])
    return turned * share


@kernel
def _push_aside(n, gx, gy, ex, ey, vx, vy, strength, decay, ahead_s, keep_side, narrow, close_strength, near):  # type: ignore[no-untyped-def]
    # Sum of pushes to the left (paper, eqs. 1 to 5) and of close repulsions; fills the free gap to each neighbour.
    per_decay = 1.0 / decay
    for c in range(whole_vectors(n)):
        dx, dy = near[DX, c], near[DY, c]
        d2 = dx * dx + dy * dy
        d = math.sqrt(d2)
        is_ahead = (gx * dx + gy * dy >= 0.0) | (ex * dx + ey * dy >= 0.0)
        along = gx * near[EX, c] + gy * near[EY, c]
        oncoming = near[ONCOMING, c]
        across = gx * dy - gy * dx
        gap = d - near[CONTACT, c] * (1.0 - narrow * across * across / d2)
        near[GAP, c] = gap
        closing = ((vx - near[VX, c]) * dx + (vy - near[VY, c]) * dy) / d
        soon = max(0.0, gap - ahead_s * closing)
        push = strength * (1.5 - 0.5 * along) * exp(-soon * per_decay)
        to_left = across + ahead_s * (gx * near[VY, c] - gy * near[VX, c])
        is_left = to_left + keep_side * oncoming * near[CONTACT, c] >= 0.0
        push = -push if is_left else push
        near[SIDE, c] = push if is_ahead & (d > 0.0) else 0.0
        away = close_strength * exp(-gap * per_decay) / d
        near[AWAY_X, c] = away * dx if d > 0.0 else 0.0
        near[AWAY_Y, c] = away * dy if d > 0.0 else 0.0
    total, away_x, away_y = 0.0, 0.0, 0.0
    for c in range(n):
        total += near[SIDE, c]
        away_x += near[AWAY_X, c]
        away_y += near[AWAY_Y, c]
    return total, away_x, away_y


@kernel
def _gap_ahead(n, ex, ey, free, narrow, near):  # type: ignore[no-untyped-def]
    # The least gap to whoever is ahead within the width of both bodies, at most `free`.
    for c in range(whole_vectors(n)):
        dx, dy = near[DX, c], near[DY, c]
        width = near[CONTACT, c] * (1.0 - narrow)
        is_ahead = (ex * dx + ey * dy >= 0.0) & (abs(ex * dy - ey * dx) <= width)
        near[GAP, c] = near[GAP, c] if is_ahead else free
    least = free
    for c in range(n):
        least = min(least, near[GAP, c])
    return least


@kernel
def _along_walls(px, py, ex, ey, reach, pushout, walls):  # type: ignore[no-untyped-def]
    # Takes the part into each wall nearer than `reach` off the direction and adds a little away from it.
    cell = wall_cell(px, py, walls)
    for c in range(walls.near_start[cell], walls.near_start[cell + 1]):
        w = walls.near_of[c]
        if walls.is_open[w] == 1:
            continue
        qx, qy = nearest_on_segment(
            px, py, walls.ends[w, 0], walls.ends[w, 1], walls.ends[w, 2], walls.ends[w, 3]
        )
        nx, ny = px - qx, py - qy
        d = math.sqrt(nx * nx + ny * ny)
        if d >= reach or d == 0.0:
            continue
        nx, ny = nx / d, ny / d
        into = ex * nx + ey * ny
        if into < 0.0:
            ex += (pushout - into) * nx
            ey += (pushout - into) * ny
    return ex, ey


@parallel_kernel
def propose_velocities(  # type: ignore[no-untyped-def]
    order, n, places, walls, speed, time_gap, desired_x, desired_y, motion, strength, decay, ahead_s, turn_rate,
    wall_buffer, pushout, keep_side, turned, close_strength, negligible_gap, most_speed, most_reach, max_radius,
    scratch, scratch_walls, facing_x, facing_y, out_vx, out_vy, out_overflow,
):  # fmt: skip
    """Fill the velocity of each person in `order` (n of them); zero for those with no desired speed.

    Parameters
    ----------
    order, places, walls
        int32, people in cell order; `nearby.Places` and `nearby.Walls`.
    speed, time_gap, desired_x, desired_y
        float64 (rows,): desired speed m/s, s, unit vector.
    motion
        float64 (4, >= n), from `nearby.gather_motion`.
    strength, decay, ahead_s
        Amplitude (dimensionless), range (m) and anticipation time (s) of the push aside.
    turn_rate
        Length of the step over the time constant of turning at full speed.
    wall_buffer, pushout
        m beyond a touching body, where walls turn people; share of the direction away from them.
    keep_side, turned, close_strength
        Side preference (right positive), share of the width saved by turned shoulders, and amplitude of the
        repulsion at close range; dimensionless.
    negligible_gap, most_speed, most_reach, max_radius
        Gap past which a push is left out (m), greatest speed of others (m/s), farthest neighbour (m), radius (m).
    scratch, scratch_walls
        float64 (blocks, N_ROWS, MAX_NEIGHBOURS) and int32 (blocks, longest list of walls that can hide).
    facing_x, facing_y
        float64 (rows,), overwritten for movers: walking direction, which the next one is turned from; (0, 0) for
        whoever has not walked yet.
    out_vx, out_vy
        float64 (rows,), m/s.
    out_overflow
        int64 (blocks,): people in the block with more neighbours than fit.
    """
    n_blocks = (n + BLOCK - 1) // BLOCK
    for block in prange(n_blocks):
        near = scratch[block]
        out_overflow[block] = 0
        for k in range(block * BLOCK, min(n, (block + 1) * BLOCK)):
            i = order[k]
            v0 = speed[i]
            if v0 <= 0.0:
                out_vx[i] = 0.0
                out_vy[i] = 0.0
                continue
            px, py, ri = places.x[k], places.y[k], places.radius[k]
            gx, gy = desired_x[i], desired_y[i]
            vx, vy = motion[0, k], motion[1, k]
            ex, ey = motion[2, k], motion[3, k]
            if ex == 0.0 and ey == 0.0:
                ex, ey = gx, gy

            # neighbours that can matter: closer than the gap at which speed is free, or near soon
            closest = ahead_s * (math.sqrt(vx * vx + vy * vy) + most_speed) + negligible_gap
            reach = min(most_reach, ri + max_radius + max(v0 * time_gap[i], closest))
            n_near = list_seen(k, reach, places, walls, scratch_walls[block], near)
            if n_near < 0:
                out_overflow[block] += 1
                n_near = 0
            _see(n_near, motion, near)

            # direction: turned towards the desired one plus a push aside (eqs. 6, 7)
            narrow = _turn_shoulders(n_near, gx, gy, turned, near)
            aside, ax, ay = _push_aside(
                n_near,
                gx,
                gy,
                ex,
                ey,
                vx,
                vy,
                strength,
                decay,
                ahead_s,
                keep_side,
                narrow,
                close_strength,
                near,
            )
            wx, wy = unit(gx - aside * gy - ax, gy + aside * gx - ay, gx, gy)
            v = math.sqrt(vx * vx + vy * vy)
            if gx * ex + gy * ey >= 0.0 and v > 0.0:
                rest = math.exp(-turn_rate * max(1.0, v0 / v))
                wx, wy = unit(wx + rest * (ex - wx), wy + rest * (ey - wy), wx, wy)
            hx, hy = _along_walls(px, py, wx, wy, ri + wall_buffer, pushout, walls)
            ex, ey = unit(hx, hy, wx, wy)
            facing_x[i] = ex
            facing_y[i] = ey

            # speed: the gap ahead over the time gap
            gap = _gap_ahead(n_near, ex, ey, v0 * time_gap[i], narrow, near)
            v = min(v0, max(0.0, gap / time_gap[i]))
            out_vx[i] = v * ex
            out_vy[i] = v * ey
