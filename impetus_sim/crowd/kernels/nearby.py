"""Who is near whom, for kernels that run over people in cell order.

A scratch table holds one row per property and one column per neighbour. Loops over its columns have no branches, so
that they vectorise; they may run on to the next whole vector (`whole_vectors`), and what lies past the last
neighbour is never read.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from impetus_sim.crowd.kernels.sight import is_in_sight
from impetus_sim.kernels.compile import BLOCK, kernel, parallel_kernel, prange
from impetus_sim.kernels.geometry import nearest_on_segment

MAX_NEIGHBOURS = 512
"""Room for the neighbours of one person; more within reach than this is reported, never dropped."""
LANES = 8
"""Loops over neighbours run in groups of this many, so that all of them are whole vectors."""
INSIDE = 1
"""As in `crowd.population`."""
DX, DY, CONTACT, PLACE = range(4)
"""Rows that `list_close` fills: offset of each neighbour, m, sum of both radii, m, place in cell order."""


class Places(NamedTuple):
    """People in cell order and the grid that they are sorted by (`impetus_sim.crowd.cells`).

    start: int32, first place per cell. x, y, radius: float64 per place, m.
    """

    start: Any
    x0: float
    y0: float
    cell: float
    n_columns: int
    n_rows: int
    x: Any
    y: Any
    radius: Any


class Walls(NamedTuple):
    """Walls, and those near each cell of the wall grid (`impetus_sim.world.ground`).

    ends: float64 (walls, 4), m. is_open: uint8 (walls,), 1 for the line of an open exit. near, sight: walls that
    can push, and walls that can hide, per cell.
    """

    ends: Any
    is_open: Any
    x0: float
    y0: float
    cell: float
    columns: int
    near_start: Any
    near_of: Any
    sight_start: Any
    sight_of: Any


@kernel
def wall_cell(px, py, walls):  # type: ignore[no-untyped-def]
    """Return the cell of the wall grid at p."""
    return int((py - walls.y0) / walls.cell) * walls.columns + int((px - walls.x0) / walls.cell)


@kernel
def list_close(k, px, py, reach, places, out_near):  # type: ignore[no-untyped-def]
    """List everybody nearer than `reach` to the person at place k, in cell order.

    Each candidate is written, and counted only if close. Returns how many, or -1 when they may not fit.
    """
    reach2, radius = reach * reach, places.radius[k]
    row_from = max(0, int((py - reach - places.y0) / places.cell))
    row_to = min(places.n_rows - 1, int((py + reach - places.y0) / places.cell))
    column_from = max(0, int((px - reach - places.x0) / places.cell))
    column_to = min(places.n_columns - 1, int((px + reach - places.x0) / places.cell))
    n = 0
    for row in range(row_from, row_to + 1):
        first = places.start[row * places.n_columns + column_from]
        last = places.start[row * places.n_columns + column_to + 1]
        if n + last - first > out_near.shape[1]:
            return -1
        for m in range(first, last):
            dx, dy = places.x[m] - px, places.y[m] - py
            out_near[DX, n] = dx
            out_near[DY, n] = dy
            out_near[CONTACT, n] = radius + places.radius[m]
            out_near[PLACE, n] = m
            n += int((dx * dx + dy * dy < reach2) & (m != k))
    return n


@kernel
def list_walls_within(px, py, limit, walls, first, last, wall_of, out_walls):  # type: ignore[no-untyped-def]
    """List the walls of ``wall_of[first:last]`` nearer than `limit`; return how many.

    Only these can stand between p and people that near. Open exits hide nobody: those just beyond are seen.
    """
    n = 0
    for m in range(first, last):
        w = wall_of[m]
        if walls.is_open[w] == 1:
            continue
        qx, qy = nearest_on_segment(
            px, py, walls.ends[w, 0], walls.ends[w, 1], walls.ends[w, 2], walls.ends[w, 3]
        )
        if (qx - px) ** 2 + (qy - py) ** 2 < limit * limit:
            out_walls[n] = w
            n += 1
    return n


@kernel
def keep_visible(n, px, py, reach, walls, hiding, near):  # type: ignore[no-untyped-def]
    """Drop those of n neighbours who stand behind a wall, in place; return how many are left.

    `hiding` is overwritten: int32, at least as long as any list of `walls.sight_of`.
    """
    cell = wall_cell(px, py, walls)
    n_hiding = list_walls_within(
        px, py, reach, walls, walls.sight_start[cell], walls.sight_start[cell + 1], walls.sight_of, hiding
    )
    if n_hiding == 0:
        return n
    kept = 0
    for c in range(n):
        dx, dy = near[DX, c], near[DY, c]
        if is_in_sight(px, py, px + dx, py + dy, walls.ends, 0, n_hiding, hiding):
            near[DX, kept] = dx
            near[DY, kept] = dy
            near[CONTACT, kept] = near[CONTACT, c]
            near[PLACE, kept] = near[PLACE, c]
            kept += 1
    return kept


@kernel
def list_seen(k, reach, places, walls, hiding, out_near):  # type: ignore[no-untyped-def]
    """List everybody nearer than `reach` to the person at place k and not behind a wall; see `list_close`.

    `hiding` is overwritten, as in `keep_visible`. Returns how many, or -1 when they may not fit.
    """
    px, py = places.x[k], places.y[k]
    n = list_close(k, px, py, reach, places, out_near)
    return n if n < 0 else keep_visible(n, px, py, reach, walls, hiding, out_near)


@kernel
def exp(x):  # type: ignore[no-untyped-def]
    """Return e^x for -20 < x < 5 within 1e-9, and a small or large positive number beyond.

    exp(x) = exp(x / 256)^256, by a series of degree 6: only sums and products, so loops over it vectorise, and
    every machine gets the same bits.
    """
    t = max(x, -700.0) * 0.00390625
    y = 1.0 + t * (1.0 + t / 2.0 * (1.0 + t / 3.0 * (1.0 + t / 4.0 * (1.0 + t / 5.0 * (1.0 + t / 6.0)))))
    for _ in range(8):
        y = y * y
    return y


@kernel
def whole_vectors(n):  # type: ignore[no-untyped-def]
    """Return the end of the last vector that n columns touch."""
    return (n + LANES - 1) // LANES * LANES


@kernel
def unit(x, y, otherwise_x, otherwise_y):  # type: ignore[no-untyped-def]
    """Return (x, y) as a unit vector; the other vector where it has no length."""
    norm = math.sqrt(x * x + y * y)
    if norm > 1e-12:
        return x / norm, y / norm
    return otherwise_x, otherwise_y


@parallel_kernel
def gather_motion(  # type: ignore[no-untyped-def]
    order, n, state, speed, free_speed, desired_x, desired_y, vx, vy, facing_x, facing_y, out
):
    """Copy into cell order how everybody moves: what others see of a person while velocities are rewritten.

    Parameters
    ----------
    order, n
        int32: people in cell order, the first n.
    state, speed, free_speed
        uint8 and float64 (rows,): state, wished speed now and on free ground, m/s. Those who have left and walk on
        beyond an exit do so straight on.
    desired_x, desired_y
        float64 (rows,): unit vector.
    vx, vy, facing_x, facing_y
        float64 (rows,): velocity realised in the last step, m/s, and the direction of walking.
    out
        float64 (6, >= n): velocity, facing, and desired direction; directions (0, 0) for whoever stands.
    """
    n_blocks = (n + BLOCK - 1) // BLOCK
    for block in prange(n_blocks):
        for k in range(block * BLOCK, min(n, (block + 1) * BLOCK)):
            i = order[k]
            is_inside = state[i] == INSIDE
            fx, fy = facing_x[i], facing_y[i]
            stands = is_inside and speed[i] <= 0.0
            out[0, k] = vx[i] if is_inside else free_speed[i] * fx
            out[1, k] = vy[i] if is_inside else free_speed[i] * fy
            out[2, k] = 0.0 if stands else fx
            out[3, k] = 0.0 if stands else fy
            out[4, k] = 0.0 if stands else desired_x[i] if is_inside else fx
            out[5, k] = 0.0 if stands else desired_y[i] if is_inside else fy
