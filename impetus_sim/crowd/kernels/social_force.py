"""Velocities of the Social Force Model.

Sources: Helbing, Molnar (1995), Social force model for pedestrian dynamics, Physical Review E 51, 4282 (limit of
speed); Helbing, Farkas, Vicsek (2000), Simulating dynamical features of escape panic, Nature 407, 487 (forces).
"""

from __future__ import annotations

import math

from impetus_sim.crowd.kernels.inertia import change_velocity, sum_shares
from impetus_sim.crowd.kernels.lanes import ROW, exp, whole_vectors
from impetus_sim.crowd.kernels.nearby import (
    CONTACT,
    DX,
    DY,
    N_NEARBY_ROWS,
    gather_offsets,
    gather_row,
    hide_unseen,
    list_close,
    unit,
    wall_cell,
)
from impetus_sim.kernels.compile import BLOCK, event_kernel, parallel_kernel, prange
from impetus_sim.kernels.geometry import nearest_on_segment

N_ROWS = N_NEARBY_ROWS + 7
VX, VY, AX, AY, MXX, MXY, MYY = range(N_NEARBY_ROWS * ROW, N_ROWS * ROW, ROW)
"""Rows of the scratch beyond those of `nearby`: velocity of each neighbour, share in the right side and matrix."""
SAME_M = 1e-9
"""Nearest points of two walls closer together than this are the corner in which the walls meet."""


@event_kernel
def _law(gap, a, per_b, body, friction):  # type: ignore[no-untyped-def]
    # Repulsion, its stiffness and the friction coefficient at a gap between bodies, all per mass.
    overlap = max(0.0, -gap)
    push = a * exp(-gap * per_b)
    return push + body * overlap, push * per_b + (body if gap < 0.0 else 0.0), friction * overlap


@event_kernel
def _add_people(n, vx, vy, dt, a, per_b, body, friction, near):  # type: ignore[no-untyped-def]
    # Right side and matrix (`inertia`) from n neighbours.
    for c in range(whole_vectors(n)):
        dx, dy = near[DX + c], near[DY + c]
        d = math.sqrt(dx * dx + dy * dy)
        is_apart = d > 0.0
        per_d = 1.0 / d
        nx, ny = dx * per_d, dy * per_d
        f, s, r = _law(d - near[CONTACT + c], a, per_b, body, friction)
        wx, wy = near[VX + c] - vx, near[VY + c] - vy
        normal = dt * (dt * s * (wx * nx + wy * ny) - f)
        tangential = dt * r * (wy * nx - wx * ny)
        s, r = 2.0 * dt * dt * s, 2.0 * dt * r
        near[AX + c] = normal * nx - tangential * ny if is_apart else 0.0
        near[AY + c] = normal * ny + tangential * nx if is_apart else 0.0
        near[MXX + c] = s * nx * nx + r * ny * ny if is_apart else 0.0
        near[MXY + c] = (s - r) * nx * ny if is_apart else 0.0
        near[MYY + c] = s * ny * ny + r * nx * nx if is_apart else 0.0
    return sum_shares(n, AX, near)


@event_kernel
def _add_walls(px, py, radius, vx, vy, dt, a, per_b, body, friction, walls):  # type: ignore[no-untyped-def]
    # The same from walls, which stand still. Two walls that meet in the nearest point push once.
    ax, ay, mxx, mxy, myy = 0.0, 0.0, 0.0, 0.0, 0.0
    last_x, last_y, first_x, first_y = math.inf, math.inf, math.inf, math.inf
    cell = wall_cell(px, py, walls)
    for c in range(walls.near_start[cell], walls.near_start[cell + 1]):
        w = walls.near_of[c]
        if walls.is_open[w] == 1:
            continue
        qx, qy = nearest_on_segment(
            px, py, walls.ends[w, 0], walls.ends[w, 1], walls.ends[w, 2], walls.ends[w, 3]
        )
        dx, dy = qx - px, qy - py
        d = math.sqrt(dx * dx + dy * dy)
        is_same = (abs(dx - last_x) + abs(dy - last_y) < SAME_M) | (
            abs(dx - first_x) + abs(dy - first_y) < SAME_M
        )
        if d == 0.0 or is_same:
            continue
        last_x, last_y = dx, dy
        if first_x == math.inf:
            first_x, first_y = dx, dy
        nx, ny = dx / d, dy / d
        f, s, r = _law(d - radius, a, per_b, body, friction)
        normal = -dt * (dt * s * (vx * nx + vy * ny) + f)
        tangential = -dt * r * (vy * nx - vx * ny)
        s, r = dt * dt * s, dt * r
        ax += normal * nx - tangential * ny
        ay += normal * ny + tangential * nx
        mxx += s * nx * nx + r * ny * ny
        mxy += (s - r) * nx * ny
        myy += s * ny * ny + r * nx * nx
    return ax, ay, mxx, mxy, myy


@parallel_kernel
def propose_velocities(  # type: ignore[no-untyped-def]
    order, n, places, walls, speed, desired_x, desired_y, motion, dt, relax, a, a_wall, b, body, friction,
    most_share, reach_gap, max_radius, scratch, scratch_of, facing_x, facing_y, out_vx, out_vy, out_overflow,
):  # fmt: skip
    """Fill the velocity of each person in `order` (n of them); zero for those with no desired speed.

    Parameters
    ----------
    order, places, walls
        int32, people in cell order; `nearby.Places` and `nearby.Walls`.
    speed, desired_x, desired_y
        float64 (rows,): desired speed, m/s, and unit vector.
    motion
        float64 (6, >= n), from `nearby.gather_motion`.
    dt, relax
        Step, s; e^(dt/tau).
    a, a_wall, b, body, friction
        Per mass: amplitudes of the social force, m/s2, its range, m, body force 1/s2, sliding friction 1/(m s).
    most_share
        Greatest speed over the desired speed.
    reach_gap, max_radius
        Gap past which the social force is left out, and greatest radius, m.
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
            px, py, ri = places.x[k], places.y[k], places.radius[k]
            vx, vy = motion[0, k], motion[1, k]
            reach = ri + max_radius + reach_gap
            n_near = list_close(k, reach, places, of)
            if n_near < 0:
                out_overflow[block] += 1
                n_near = 0
            gather_offsets(px, py, ri, 0, n_near, of, places.x, places.y, places.radius, near)
            gather_row(VX, n_near, of, motion, 0, near)
            gather_row(VY, n_near, of, motion, 1, near)
            hide_unseen(n_near, px, py, reach, walls, near)
            ax, ay, mxx, mxy, myy = _add_people(n_near, vx, vy, dt, a, 1.0 / b, body, friction, near)
            bx, by, nxx, nxy, nyy = _add_walls(px, py, ri, vx, vy, dt, a_wall, 1.0 / b, body, friction, walls)
            ax += bx + (relax - 1.0) * (v0 * desired_x[i] - vx)
            ay += by + (relax - 1.0) * (v0 * desired_y[i] - vy)
            vx, vy = change_velocity(
                vx, vy, ax, ay, relax + mxx + nxx, mxy + nxy, relax + myy + nyy, most_share * v0
            )
            facing_x[i], facing_y[i] = unit(vx, vy, facing_x[i], facing_y[i])
            out_vx[i] = vx
            out_vy[i] = vy
