"""Velocities of the Generalized Centrifugal Force Model.

Bodies are ellipses that stretch along the velocity and narrow across it as people speed up. Repulsion falls with
the distance between the ellipses and grows with the speed of approach.

Source: Chraibi, Seyfried, Schadschneider (2010), Generalized centrifugal-force model for pedestrian dynamics,
Physical Review E 82, 046111 (arXiv:1008.4297); levelling off near contact as in JuPedSim 1.4.
"""

from __future__ import annotations

import math

from impetus_sim.crowd.kernels.inertia import change_velocity, sum_shares
from impetus_sim.crowd.kernels.lanes import ROW, whole_vectors
from impetus_sim.crowd.kernels.nearby import (
    DX,
    DY,
    N_NEARBY_ROWS,
    OUT_OF_REACH_M,
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

N_ROWS = N_NEARBY_ROWS + 11
VX, VY, EX, EY, PER_A2, PER_B2, AX, AY, MXX, MXY, MYY = range(N_NEARBY_ROWS * ROW, N_ROWS * ROW, ROW)
"""Rows of the scratch beyond those of `nearby`: velocity, axis and squared inverse semi-axes of each neighbour,
share in the right side and matrix."""
LONGEST = AX
"""Row of the neighbours' longest semi-axes, m, while those who matter are picked."""


@parallel_kernel
def shape_bodies(  # type: ignore[no-untyped-def]
    order, n, motion, facing_x, facing_y, speed, radius, a_min, stretch_s, b_min, b_max, out
):
    """Fill the ellipse of each person in cell order.

    Parameters
    ----------
    motion
        float64 (6, >= n), from `nearby.gather_motion`.
    facing_x, facing_y
        float64 (rows,): axis of whoever does not move.
    speed, radius
        float64 (rows,): desired speed, m/s; float64 (>= n,), in cell order, m.
    a_min, stretch_s, b_min, b_max
        Semi-axis along the velocity at rest per radius, its growth in s, semi-axis across at full speed and at rest
        per radius.
    out
        float64 (5, >= n): unit vector of the axis along, 1 / a^2, 1 / b^2, the longer of both.
    """
    n_blocks = (n + BLOCK - 1) // BLOCK
    for block in prange(n_blocks):
        for k in range(block * BLOCK, min(n, (block + 1) * BLOCK)):
            i = order[k]
            vx, vy = motion[0, k], motion[1, k]
            v, v0 = math.sqrt(vx * vx + vy * vy), speed[i]
            a = a_min * radius[k] + stretch_s * v
            b = (b_max - (b_max - b_min) * (min(1.0, v / v0) if v0 > 0.0 else 0.0)) * radius[k]
            ex, ey = unit(facing_x[i], facing_y[i], 1.0, 0.0)
            ex, ey = unit(vx, vy, ex, ey)
            out[0, k] = ex
            out[1, k] = ey
            out[2, k] = 1.0 / (a * a)
            out[3, k] = 1.0 / (b * b)
            out[4, k] = max(a, b)


@event_kernel
def _polar_radius(along, across, per_a2, per_b2):  # type: ignore[no-untyped-def]
    # From the centre of an ellipse to its edge; along^2 + across^2 = 1.
    return 1.0 / math.sqrt(along * along * per_a2 + across * across * per_b2)


@event_kernel
def _law(gap, level, soft, reach, most):  # type: ignore[no-untyped-def]
    # What 1 / gap becomes: levels off at `most` times its value about the gap `level`, fades out before `reach`.
    # Returns it and minus its derivative, which is never negative. Cubic Hermite pieces: from (level - soft, near)
    # flat to (left, 1 / left); from (right, 1 / right) to (reach, 0) flat.
    left, right = level + soft, reach - soft
    per_left, per_right, per_soft = 1.0 / left, 1.0 / right, 1.0 / soft
    near = most * per_left
    h, per_h = 2.0 * soft, 0.5 * per_soft
    slope = -h * per_left * per_left
    u = min(1.0, max(0.0, (gap - (level - soft)) * per_h))
    rest = 1.0 - u
    rise = (1.0 + 2.0 * u) * rest * rest * near + u * u * ((3.0 - 2.0 * u) * per_left - rest * slope)
    rise_slope = u * (6.0 * rest * (per_left - near) + (3.0 * u - 2.0) * slope) * per_h
    fade_slope = -soft * per_right * per_right
    w = min(1.0, max(0.0, (gap - right) * per_soft))
    rest = 1.0 - w
    fade = rest * rest * ((1.0 + 2.0 * w) * per_right + w * fade_slope)
    fade_fall = (rest * (1.0 - 3.0 * w) * fade_slope - 6.0 * w * rest * per_right) * per_soft
    inverse = 1.0 / max(gap, left)
    is_near, is_far = gap < left, gap > right
    value = rise if is_near else inverse
    value = fade if is_far else value
    fall = -rise_slope if is_near else inverse * inverse
    fall = -fade_fall if is_far else fall
    return value, max(0.0, fall)


@event_kernel
def _mark_ahead(n, ex, ey, per_a2, per_b2, reach, near):  # type: ignore[no-untyped-def]
    # Marks in `SPARE` those ahead who can be within reach: only they push.
    for c in range(whole_vectors(n)):
        dx, dy = near[DX + c], near[DY + c]
        d2 = dx * dx + dy * dy
        along, across = ex * dx + ey * dy, ex * dy - ey * dx
        # d - own < most, own = d / root
        most = reach + near[LONGEST + c]
        root = math.sqrt(along * along * per_a2 + across * across * per_b2)
        is_within = math.sqrt(d2) * (root - 1.0) < most * root
        near[SPARE + c] = 1.0 if is_within & (along > 0.0) else 0.0


@event_kernel
def _add_people(n, vx, vy, ex, ey, per_a2, per_b2, drive, dt, level, soft, reach, most, near):  # type: ignore[no-untyped-def]
    # Right side and matrix (`inertia`) from n neighbours.
    for c in range(whole_vectors(n)):
        dx, dy = near[DX + c], near[DY + c]
        d = math.sqrt(dx * dx + dy * dy)
        per_d = 1.0 / d
        nx, ny = dx * per_d, dy * per_d
        along = ex * nx + ey * ny
        own = _polar_radius(along, ex * ny - ey * nx, per_a2, per_b2)
        fx, fy = near[EX + c], near[EY + c]
        other = _polar_radius(fx * nx + fy * ny, fx * ny - fy * nx, near[PER_A2 + c], near[PER_B2 + c])
        gap = d - own - other
        value, fall = _law(gap, level, soft, reach, most)
        closing = (vx - near[VX + c]) * nx + (vy - near[VY + c]) * ny
        approach = max(0.0, closing)
        ahead = max(0.0, along)
        base = drive + approach
        f = ahead * base * dt
        damping = 2.0 * f * value if closing > 0.0 else 0.0
        f *= base
        s = dt * f * fall
        counts = (gap < reach) & (d > 0.0) & (d < OUT_OF_REACH_M)  # columns past the last have no body
        normal = -(f * value + s * closing)
        m = 2.0 * (s + damping)
        normal, m = normal if counts else 0.0, m if counts else 0.0
        nx, ny = nx if counts else 0.0, ny if counts else 0.0
        near[AX + c] = normal * nx
        near[AY + c] = normal * ny
        near[MXX + c] = m * nx * nx
        near[MXY + c] = m * nx * ny
        near[MYY + c] = m * ny * ny
    return sum_shares(n, AX, near)


@event_kernel
def _add_walls(px, py, vx, vy, ex, ey, per_a2, per_b2, drive, dt, level, soft, reach, most, walls):  # type: ignore[no-untyped-def]
    # The same from walls that are faced squarely (the foot of the perpendicular lies on the wall).
    ax, ay, mxx, mxy, myy = 0.0, 0.0, 0.0, 0.0, 0.0
    cell = wall_cell(px, py, walls)
    for c in range(walls.sight_start[cell], walls.sight_start[cell + 1]):
        w = walls.sight_of[c]
        if walls.is_open[w] == 1:
            continue
        wx, wy = walls.ends[w, 0], walls.ends[w, 1]
        ux, uy = walls.ends[w, 2] - wx, walls.ends[w, 3] - wy
        length2 = ux * ux + uy * uy
        foot = (px - wx) * ux + (py - wy) * uy
        if foot <= 0.0 or foot >= length2:
            continue
        # the interior lies on the left of walls: only the side that is faced pushes
        length = math.sqrt(length2)
        nx, ny = uy / length, -ux / length
        d = (wx - px) * nx + (wy - py) * ny
        along = ex * nx + ey * ny
        if d <= 0.0 or along <= 0.0:
            continue
        gap = d - _polar_radius(along, ex * ny - ey * nx, per_a2, per_b2)
        if gap >= reach:
            continue
        value, fall = _law(gap, level, soft, reach, most)
        closing = vx * nx + vy * ny
        base = drive + abs(closing)
        f, s = along * base * base * value, along * base * base * fall
        damping = 2.0 * along * base * value if closing > 0.0 else 0.0
        normal = -dt * (f + dt * s * closing)
        m = dt * (dt * s + damping)
        ax += normal * nx
        ay += normal * ny
        mxx += m * nx * nx
        mxy += m * nx * ny
        myy += m * ny * ny
    return ax, ay, mxx, mxy, myy


@parallel_kernel
def propose_velocities(  # type: ignore[no-untyped-def]
    order, n, places, walls, speed, desired_x, desired_y, motion, bodies, dt, relax, strength, wall_strength, level,
    soft, reach_gap, most, wall_soft, wall_reach, wall_most, most_share, list_reach, scratch, scratch_of,
    facing_x, facing_y, out_vx, out_vy, out_overflow,
):  # fmt: skip
    """Fill the velocity of each person in `order` (n of them); zero for those with no desired speed.

    Parameters
    ----------
    order, places, walls
        int32, people in cell order; `nearby.Places` and `nearby.Walls`.
    speed, desired_x, desired_y
        float64 (rows,): desired speed, m/s, and unit vector.
    motion, bodies
        float64 (6, >= n), from `nearby.gather_motion`; float64 (5, >= n), from `shape_bodies`.
    dt, relax
        Step, s; e^(dt/tau).
    strength, wall_strength
        Share of the desired speed in the repulsion of people and walls, dimensionless.
    level, soft, reach_gap, most, wall_soft, wall_reach, wall_most
        Where repulsion levels off, over what distance it does and fades, where it ends, m, and how much greater
        than its value there it gets; the same for walls.
    most_share, list_reach
        Greatest speed over the desired speed; farthest neighbour looked at, m.
    scratch, scratch_of
        float64 (blocks, N_ROWS * ROW) and uint32 (blocks, MAX_NEIGHBOURS).
    facing_x, facing_y
        float64 (rows,), overwritten for movers: direction of the velocity.
    out_vx, out_vy
        float64 (rows,), m/s.
    out_overflow
        int64 (blocks,): people in the block with more neighbours than fit.
    """
    n_blocks = (n + BLOCK - 1) // BLOCK
    for block in prange(n_blocks):
        near, of = scratch[block], scratch_of[block]
        out_overflow[block] = 0
        for k in range(block * BLOCK, min(n, (block + 1) * BLOCK)):
            i = order[k]
            v0 = speed[i]
            if v0 <= 0.0:
                out_vx[i] = 0.0
                out_vy[i] = 0.0
                continue
            px, py = places.x[k], places.y[k]
            vx, vy = motion[0, k], motion[1, k]
            ex, ey, per_a2, per_b2 = bodies[0, k], bodies[1, k], bodies[2, k], bodies[3, k]
            if vx == 0.0 and vy == 0.0:
                ex, ey = desired_x[i], desired_y[i]
            n_near = list_close(k, list_reach, places, of)
            if n_near < 0:
                out_overflow[block] += 1
                n_near = 0
            gather_offsets(px, py, 0.0, 0, n_near, of, places.x, places.y, places.radius, near)
            gather_row(LONGEST, n_near, of, bodies, 4, near)
            _mark_ahead(n_near, ex, ey, per_a2, per_b2, reach_gap, near)
            n_near = keep_marked(SPARE, n_near, near, of)
            gather_offsets(px, py, 0.0, 0, n_near, of, places.x, places.y, places.radius, near)
            gather_row(VX, n_near, of, motion, 0, near)
            gather_row(VY, n_near, of, motion, 1, near)
            gather_row(EX, n_near, of, bodies, 0, near)
            gather_row(EY, n_near, of, bodies, 1, near)
            gather_row(PER_A2, n_near, of, bodies, 2, near)
            gather_row(PER_B2, n_near, of, bodies, 3, near)
            hide_unseen(n_near, px, py, list_reach, walls, near)
            ax, ay, mxx, mxy, myy = _add_people(
                n_near, vx, vy, ex, ey, per_a2, per_b2, strength * v0, dt, level, soft, reach_gap, most, near
            )
            bx, by, nxx, nxy, nyy = _add_walls(
                px, py, vx, vy, ex, ey, per_a2, per_b2, wall_strength * v0, dt, level, wall_soft, wall_reach,
                wall_most, walls,
            )  # fmt: skip
            ax += bx + (relax - 1.0) * (v0 * desired_x[i] - vx)
            ay += by + (relax - 1.0) * (v0 * desired_y[i] - vy)
            vx, vy = change_velocity(
                vx, vy, ax, ay, relax + mxx + nxx, mxy + nxy, relax + myy + nyy, most_share * v0
            )
            facing_x[i], facing_y[i] = unit(vx, vy, facing_x[i], facing_y[i])
            out_vx[i] = vx
            out_vy[i] = vy
