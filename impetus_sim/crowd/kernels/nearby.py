"""Who is near whom, for kernels that run over people in cell order; the scratch is that of `lanes`."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from impetus_sim.crowd.kernels.lanes import LANES, ROW, whole_vectors
from impetus_sim.kernels.compile import BLOCK, event_kernel, parallel_kernel, prange
from impetus_sim.kernels.geometry import nearest_on_segment, segments_cross

MAX_NEIGHBOURS = ROW
"""Room for the neighbours of one person; more within reach than this is reported, never dropped."""
INSIDE = 1
"""As in `crowd.population`."""
DX, DY, CONTACT, SPARE = 0, ROW, 2 * ROW, 3 * ROW
"""Rows of every model's scratch: offset of each neighbour, m, sum of both radii, m, and one to work in."""
N_NEARBY_ROWS = 4
OUT_OF_REACH_M = 1e6
"""Where those are put whom a person does not see."""


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


@event_kernel
def wall_cell(px, py, walls):  # type: ignore[no-untyped-def]
    """Return the cell of the wall grid at p."""
    return int((py - walls.y0) / walls.cell) * walls.columns + int((px - walls.x0) / walls.cell)


@event_kernel
def list_close(k, reach, places, out_of):  # type: ignore[no-untyped-def]
    """List the places of everybody nearer than `reach` to the person at place k, in cell order.

    Each candidate is written into `out_of` (uint32, `MAX_NEIGHBOURS`), and counted only if close. Returns how many,
    or -1 when they may not fit.
    """
    px, py, reach2 = places.x[k], places.y[k], reach * reach
    per_cell = 1.0 / places.cell
    row_from = max(0, int((py - reach - places.y0) * per_cell))
    row_to = min(places.n_rows - 1, int((py + reach - places.y0) * per_cell))
    column_from = max(0, int((px - reach - places.x0) * per_cell))
    column_to = min(places.n_columns - 1, int((px + reach - places.x0) * per_cell))
    own, n = np.uint64(k), np.uint64(0)  # unsigned: no index can count from the end
    for row in range(row_from, row_to + 1):
        first = np.uint64(places.start[row * places.n_columns + column_from])
        last = np.uint64(places.start[row * places.n_columns + column_to + 1])
        if n + last - first > np.uint64(MAX_NEIGHBOURS):
            return -1
        for m in range(first, last):
            dx, dy = places.x[m] - px, places.y[m] - py
            out_of[n] = m
            n += np.uint64((dx * dx + dy * dy < reach2) & (m != own))
    return np.int64(n)


@event_kernel
def gather_offsets(px, py, radius, first, n, of, x, y, radii, near):  # type: ignore[no-untyped-def]
    """Fill offsets and contact distances of the n places ``of[first:]``; whole vectors with people out of reach."""
    for c in range(n):
        m = of[first + c]
        near[DX + c] = x[m] - px
        near[DY + c] = y[m] - py
        near[CONTACT + c] = radius + radii[m]
    for c in range(n, whole_vectors(n)):
        near[DX + c] = OUT_OF_REACH_M
        near[DY + c] = OUT_OF_REACH_M
        near[CONTACT + c] = 0.0


@event_kernel
def gather_row(row, n, of, values, which, near):  # type: ignore[no-untyped-def]
    """Copy row `which` of the values of the n places of `of`, and 0 up to the next whole vector."""
    for c in range(n):
        near[row + c] = values[which, of[c]]
    for c in range(n, whole_vectors(n)):
        near[row + c] = 0.0


@event_kernel
def keep_marked(row, n, near, of):  # type: ignore[no-untyped-def]
    """Keep those of the n places of `of` with a positive number in the row, in place; return how many."""
    kept = 0
    for c in range(n):
        of[kept] = of[c]
        kept += int(near[row + c] > 0.0)
    return kept


@event_kernel
def hide_behind(n, px, py, ends, w, near):  # type: ignore[no-untyped-def]
    """Put neighbours behind wall w out of reach; overwrites `SPARE`.

    Mostly all of them stand on the person's own side of it, which is seen at once.
    """
    ax, ay, bx, by = ends[w, 0] - px, ends[w, 1] - py, ends[w, 2] - px, ends[w, 3] - py
    ux, uy = bx - ax, by - ay
    own = ay * ux - ax * uy
    for c in range(whole_vectors(n)):
        side = own * (own + uy * near[DX + c] - ux * near[DY + c])
        near[SPARE + c] = side if c < n else 1.0
    for u in range(LANES, whole_vectors(n), LANES):
        for c in range(LANES):
            near[SPARE + c] = min(near[SPARE + c], near[SPARE + u + c])
    least = near[SPARE]
    for c in range(1, LANES):
        least = min(least, near[SPARE + c])
    if least > 0.0:
        return
    for c in range(n):
        if segments_cross(0.0, 0.0, near[DX + c], near[DY + c], ax, ay, bx, by):
            near[DX + c] = OUT_OF_REACH_M
            near[DY + c] = OUT_OF_REACH_M


@event_kernel
def hide_unseen(n, px, py, reach, walls, near):  # type: ignore[no-untyped-def]
    """Put those of n neighbours out of reach who stand behind a wall; all of them are nearer than `reach`.

    Only walls nearer than that can stand between. Open exits hide nobody: those just beyond are seen.
    """
    if n == 0:
        return
    cell = wall_cell(px, py, walls)
    for m in range(walls.sight_start[cell], walls.sight_start[cell + 1]):
        w = walls.sight_of[m]
        if walls.is_open[w] == 1:
            continue
        qx, qy = nearest_on_segment(
            px, py, walls.ends[w, 0], walls.ends[w, 1], walls.ends[w, 2], walls.ends[w, 3]
        )
        if (qx - px) ** 2 + (qy - py) ** 2 < reach * reach:
            hide_behind(n, px, py, walls.ends, w, near)


@event_kernel
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
