"""Velocities of the Generalized Centrifugal Force Model.

Bodies are ellipses that stretch along the velocity and narrow across it as people speed up. Repulsion falls with
the distance between the ellipses and grows with the speed of approach.

Source: Chraibi, Seyfried, Schadschneider (2010), Generalized centrifugal-force model for pedestrian dynamics,
Physical Review E 82, 046111 (arXiv:1008.4297); levelling off near contact as in JuPedSim 1.4.
"""

from __future__ import annotations

import math

from impetus_sim.crowd.kernels.inertia import change_velocity, sum_shares
from impetus_sim.crowd.kernels.nearby import (
    DX,
    DY,
    PLACE,
    list_seen,
    unit,
    wall_cell,
    whole_vectors,
)
from impetus_sim.kernels.compile import BLOCK, kernel, parallel_kernel, prange

VX, VY, EX, EY, PER_A2, PER_B2, AX, AY, MXX, MXY, MYY = range(4, 15)
"""Rows of the scratch table beyond those of `nearby`: velocity, axis and squared inverse semi-axes of each
neighbour, share in the right side and matrix."""
N_ROWS = 15


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
        float64 (4, >= n): unit vector of the axis along, 1 / a^2, 1 / b^2.
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


@kernel
def _polar_radius(along, across, per_a2, per_b2):  # type: ignore[no-untyped-def]
    # From the centre of an ellipse to its edge; along^2 + across^2 = 1.
    return 1.0 / math.sqrt(along * along * per_a2 + across * across * per_b2)


@kernel
def _law(gap, level, soft, reach, most):  # type: ignore[no-untyped-def]
    # What 1 / gap becomes: levels off at `most` times its value about the gap `level`, fades out before `reach`.
    # Returns it and minus its derivative, which is never negative.
    left, right, end = level + soft, reach - soft, level - soft
    near = most / left
    # cubic Hermite pieces: from (end, near) flat to (left, 1/left); from (right, 1/right) to (reach, 0) flat
    h = 2.0 * soft
    u = min(1.0, max(0.0, (gap - end) / h))
    slope = -1.0 / (left * left)
    rise = (1.0 + 2.0 * u) * (1.0 - u) * (1.0 - u) * near + u * u * (3.0 - 2.0 * u) / left
    rise += u * u * (u - 1.0) * h * slope
    rise_slope = (6.0 * u * (1.0 - u) * (1.0 / left - near) + (3.0 * u * u - 2.0 * u) * h * slope) / h
    w = min(1.0, max(0.0, (gap - right) / soft))
    fade_slope = -1.0 / (right * right)
    fade = (1.0 + 2.0 * w) * (1.0 - w) * (1.0 - w) / right + w * (1.0 - w) * (1.0 - w) * soft * fade_slope
    fade_fall = (6.0 * w * (w - 1.0) / right + (1.0 + w * (3.0 * w - 4.0)) * soft * fade_slope) / soft
    middle = max(gap, left)
    value = rise if gap < left else (fade if gap > right else 1.0 / middle)
    fall = -rise_slope if gap < left else (-fade_fall if gap > right else 1.0 / (middle * middle))
    return value, max(0.0, fall)


@kernel
def _add_people(n, vx, vy, ex, ey, per_a2, per_b2, drive, dt, level, soft, reach, most, near):  # type: ignore[no-untyped-def]
    # Right side and matrix (`inertia`) from n neighbours.
    for c in range(whole_vectors(n)):
        dx, dy = near[DX, c], near[DY, c]
        d = math.sqrt(dx * dx + dy * dy)
        nx, ny = dx / d, dy / d
        along = ex * nx + ey * ny
        own = _polar_radius(along, ex * ny - ey * nx, per_a2, per_b2)
        fx, fy = near[EX, c], near[EY, c]
        other = _polar_radius(fx * nx + fy * ny, fx * ny - fy * nx, near[PER_A2, c], near[PER_B2, c])
        gap = d - own - other
        value, fall = _law(gap, level, soft, reach, most)
        closing = (vx - near[VX, c]) * nx + (vy - near[VY, c]) * ny
        approach = max(0.0, closing)
        ahead = max(0.0, along)
        base = drive + approach
        f, s = ahead * base * base * value, ahead * base * base * fall
        damping = 2.0 * ahead * base * value if closing > 0.0 else 0.0
        counts = (gap < reach) & (d > 0.0)
        normal = -dt * (f + dt * s * closing)
        m = 2.0 * dt * (dt * s + damping)
        near[AX, c] = normal * nx if counts else 0.0
        near[AY, c] = normal * ny if counts else 0.0
        near[MXX, c] = m * nx * nx if counts else 0.0
        near[MXY, c] = m * nx * ny if counts else 0.0
        near[MYY, c] = m * ny * ny if counts else 0.0
    return sum_shares(n, AX, near)


@kernel
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
    soft, reach_gap, most, wall_soft, wall_reach, wall_most, most_share, list_reach, scratch, scratch_walls,
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
        float64 (6, >= n), from `nearby.gather_motion`; float64 (4, >= n), from `shape_bodies`.
    dt, relax
        Step, s; e^(dt/tau).
    strength, wall_strength
        Share of the desired speed in the repulsion of people and walls, dimensionless.
    level, soft, reach_gap, most, wall_soft, wall_reach, wall_most
        Where repulsion levels off, over what distance it does and fades, where it ends, m, and how much greater
        than its value there it gets; the same for walls.
    most_share, list_reach
        Greatest speed over the desired speed; farthest neighbour looked at, m.
    scratch, scratch_walls
        float64 (blocks, N_ROWS, MAX_NEIGHBOURS) and int32 (blocks, longest list of walls that can hide).
    facing_x, facing_y
        float64 (rows,), overwritten for movers: direction of the velocity.
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
            px, py = places.x[k], places.y[k]
            vx, vy = motion[0, k], motion[1, k]
            ex, ey, per_a2, per_b2 = bodies[0, k], bodies[1, k], bodies[2, k], bodies[3, k]
            if vx == 0.0 and vy == 0.0:
                ex, ey = desired_x[i], desired_y[i]
            n_near = list_seen(k, list_reach, places, walls, scratch_walls[block], near)
            if n_near < 0:
                out_overflow[block] += 1
                n_near = 0
            for c in range(n_near):
                m = int(near[PLACE, c])
                near[VX, c] = motion[0, m]
                near[VY, c] = motion[1, m]
                near[EX, c] = bodies[0, m]
                near[EY, c] = bodies[1, m]
                near[PER_A2, c] = bodies[2, m]
                near[PER_B2, c] = bodies[3, m]
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
