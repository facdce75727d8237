"""Velocities of the Anticipation Velocity Model.

Direction: the desired one, turned aside by everybody ahead, the more the nearer they will be soon. It is followed
with a delay. Speed: the free gap ahead over the time gap. Beside the published model, oncoming people keep to one
side and pass one another with their shoulders turned; both terms are off at 0.

Source: Xu, Chraibi, Seyfried (2021), Anticipation in a velocity-based model for pedestrian dynamics, Transportation
Research Part C 133, 103464 (arXiv:2107.00624).
"""

from __future__ import annotations

import math

from impetus_sim.crowd.kernels.lanes import ROW, exp, least_of_row, sum_row, whole_vectors
from impetus_sim.crowd.kernels.nearby import (
    CONTACT,
    DX,
    DY,
    N_NEARBY_ROWS,
    SPARE,
    gather_offsets,
    gather_row,
    hide_unseen,
    keep_marked,
    list_close,
    unit,
    wall_cell,
)
from impetus_sim.kernels.compile import BLOCK, event_kernel, parallel_kernel, prange
from impetus_sim.kernels.geometry import nearest_on_segment

N_ROWS = N_NEARBY_ROWS + 10
VX, VY, EX, EY, GX, GY, ONCOMING, SIDE, AWAY_X, AWAY_Y = range(N_NEARBY_ROWS * ROW, N_ROWS * ROW, ROW)
"""Rows of the scratch beyond those of `nearby`: motion of each neighbour, how far they come towards the person,
sideways push and close repulsion."""
GAP = SPARE
"""Row of the free gaps, m."""
SHOULDERS_GAP_M = 1.0
"""Shoulders turn before oncoming people nearer than this."""


@event_kernel
def _mark_relevant(n, gx, gy, ex, ey, vx, vy, ahead_s, push_gap, near_gap, near):  # type: ignore[no-untyped-def]
    # Marks in `SPARE` those nearer than `near_gap`, and those ahead who will soon be nearer than `push_gap`.
    for c in range(whole_vectors(n)):
        dx, dy = near[DX + c], near[DY + c]
        d2 = dx * dx + dy * dy
        d = math.sqrt(d2)
        contact = near[CONTACT + c]
        closing = (vx - near[VX + c]) * dx + (vy - near[VY + c]) * dy  # times d
        is_ahead = (gx * dx + gy * dy >= 0.0) | (ex * dx + ey * dy >= 0.0)
        is_soon = d2 - ahead_s * closing < (contact + push_gap) * d
        near[SPARE + c] = 1.0 if (is_ahead & is_soon) | (d < contact + near_gap) else 0.0


@event_kernel
def _turn_shoulders(n, gx, gy, turned, near):  # type: ignore[no-untyped-def]
    # How narrow the bodies are now: shoulders turn while somebody oncoming is close ahead.
    for c in range(whole_vectors(n)):
        dx, dy = near[DX + c], near[DY + c]
        oncoming = max(0.0, -(gx * near[GX + c] + gy * near[GY + c]))
        near[ONCOMING + c] = oncoming
        gap = math.sqrt(dx * dx + dy * dy) - near[CONTACT + c]
        share = oncoming * min(1.0, max(0.0, 2.0 - 2.0 * gap))
        near[SIDE + c] = -share if (gx * dx + gy * dy >= 0.0) else 0.0
    return -turned * least_of_row(SIDE, n, 0.0, near)


@event_kernel
def _push_aside(n, gx, gy, ex, ey, vx, vy, strength, decay, ahead_s, keep_side, narrow, close_strength, near):  # type: ignore[no-untyped-def]
    # Sum of pushes to the left (paper, eqs. 1 to 5) and of close repulsions; fills the free gap to each neighbour.
    per_decay = 1.0 / decay
    for c in range(whole_vectors(n)):
        dx, dy = near[DX + c], near[DY + c]
        d = math.sqrt(dx * dx + dy * dy)
        is_ahead = (gx * dx + gy * dy >= 0.0) | (ex * dx + ey * dy >= 0.0)
        along = gx * near[EX + c] + gy * near[EY + c]
        oncoming = near[ONCOMING + c]
        across = gx * dy - gy * dx
        per_d = 1.0 / d
        sine = across * per_d
        gap = d - near[CONTACT + c] * (1.0 - narrow * sine * sine)
        near[GAP + c] = gap
        closing = ((vx - near[VX + c]) * dx + (vy - near[VY + c]) * dy) * per_d
        soon = max(0.0, gap - ahead_s * closing)
        push = strength * (1.5 - 0.5 * along) * exp(-soon * per_decay)
        to_left = across + ahead_s * (gx * near[VY + c] - gy * near[VX + c])
        is_left = to_left + keep_side * oncoming * near[CONTACT + c] >= 0.0
        push = -push if is_left else push
        near[SIDE + c] = push if is_ahead & (d > 0.0) else 0.0
        away = close_strength * exp(-gap * per_decay) * per_d
        near[AWAY_X + c] = away * dx if d > 0.0 else 0.0
        near[AWAY_Y + c] = away * dy if d > 0.0 else 0.0
    return sum_row(SIDE, n, near), sum_row(AWAY_X, n, near), sum_row(AWAY_Y, n, near)


@event_kernel
def _gap_ahead(n, ex, ey, free, narrow, near):  # type: ignore[no-untyped-def]
    # The least gap to whoever is ahead within the width of both bodies, at most `free`.
    for c in range(whole_vectors(n)):
        dx, dy = near[DX + c], near[DY + c]
        width = near[CONTACT + c] * (1.0 - narrow)
        is_ahead = (ex * dx + ey * dy >= 0.0) & (abs(ex * dy - ey * dx) <= width)
        near[GAP + c] = near[GAP + c] if is_ahead else free
    return least_of_row(GAP, n, free, near)


@event_kernel
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
    wall_buffer, pushout, keep_side, turned, close_strength, push_gap, close_gap, most_speed, most_reach,
    max_radius, scratch, scratch_of, facing_x, facing_y, out_vx, out_vy, out_overflow,
):  # fmt: skip
    """Fill the velocity of each person in `order` (n of them); zero for those with no desired speed.

    Parameters
    ----------
    order, places, walls
        int32, people in cell order; `nearby.Places` and `nearby.Walls`.
    speed, time_gap, desired_x, desired_y
        float64 (rows,): desired speed m/s, s, unit vector.
    motion
        float64 (6, >= n), from `nearby.gather_motion`.
    strength, decay, ahead_s
        Amplitude (dimensionless), range (m) and anticipation time (s) of the push aside.
    turn_rate
        Length of the step over the time constant of turning at full speed.
    wall_buffer, pushout
        m beyond a touching body, where walls turn people; share of the direction away from them.
    keep_side, turned, close_strength
        Side preference (right positive), share of the width saved by turned shoulders, and amplitude of the
        repulsion at close range; dimensionless.
    push_gap, close_gap
        Gap past which a push, and the repulsion at close range, are left out, m.
    most_speed, most_reach, max_radius
        Greatest speed of others (m/s), farthest neighbour (m), greatest radius (m).
    scratch, scratch_of
        float64 (blocks, N_ROWS * ROW) and uint32 (blocks, MAX_NEIGHBOURS).
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
        near, of = scratch[block], scratch_of[block]
        shoulders_gap = SHOULDERS_GAP_M if turned > 0.0 else 0.0
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

            # neighbours that matter: closer than the gap at which speed is free, or near soon
            near_gap = max(v0 * time_gap[i], close_gap, shoulders_gap)
            soon_gap = ahead_s * (math.sqrt(vx * vx + vy * vy) + most_speed) + push_gap
            reach = min(most_reach, ri + max_radius + max(near_gap, soon_gap))
            n_near = list_close(k, reach, places, of)
            if n_near < 0:
                out_overflow[block] += 1
                n_near = 0
            gather_offsets(px, py, ri, 0, n_near, of, places.x, places.y, places.radius, near)
            gather_row(VX, n_near, of, motion, 0, near)
            gather_row(VY, n_near, of, motion, 1, near)
            _mark_relevant(n_near, gx, gy, ex, ey, vx, vy, ahead_s, push_gap, near_gap, near)
            n_near = keep_marked(SPARE, n_near, near, of)
            gather_offsets(px, py, ri, 0, n_near, of, places.x, places.y, places.radius, near)
            gather_row(VX, n_near, of, motion, 0, near)
            gather_row(VY, n_near, of, motion, 1, near)
            gather_row(EX, n_near, of, motion, 2, near)
            gather_row(EY, n_near, of, motion, 3, near)
            gather_row(GX, n_near, of, motion, 4, near)
            gather_row(GY, n_near, of, motion, 5, near)
            hide_unseen(n_near, px, py, reach, walls, near)

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
