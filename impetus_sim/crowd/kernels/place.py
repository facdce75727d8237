"""Placing people on free ground without overlap, by keyed draws."""

from __future__ import annotations

import math

import numpy as np

from impetus_sim.kernels.compile import kernel
from impetus_sim.kernels.philox import draw_uniforms


@kernel
def is_free(px, py, r, x, y, radius, head, following, x0, y0, cell, n_columns, n_rows, gap):  # type: ignore[no-untyped-def]
    """Tell whether a body of radius r at p touches nobody in the linked cells (cell >= 2 max radius + gap)."""
    column = int((px - x0) / cell)
    row = int((py - y0) / cell)
    for rr in range(max(0, row - 1), min(n_rows, row + 2)):
        for cc in range(max(0, column - 1), min(n_columns, column + 2)):
            j = head[rr * n_columns + cc]
            while j >= 0:
                contact = r + radius[j] + gap
                if (x[j] - px) ** 2 + (y[j] - py) ** 2 < contact * contact:
                    return False
                j = following[j]
    return True


@kernel
def link(i, x, y, head, following, x0, y0, cell, n_columns):  # type: ignore[no-untyped-def]
    """Enter person i into the linked cells."""
    k = int((y[i] - y0) / cell) * n_columns + int((x[i] - x0) / cell)
    following[i] = head[k]
    head[k] = i


@kernel
def place_people(  # type: ignore[no-untyped-def]
    key, uid, members, first, cells, cell_x0, cell_y0, grid_cell, grid_columns, wall_distance, radius, gap, tries,
    head, following, x0, y0, cell, n_columns, n_rows, x, y,
):  # fmt: skip
    """Place ``members[first:]`` at random free points of the given grid cells.

    Each person draws points until one is free of people and at least a body radius from walls. Order matters:
    earlier people stand first. Returns how many members stand now; fewer than all means the area is full.

    Parameters
    ----------
    key, uid, members
        Stream key, uint64 ids, and the table rows to place, int64.
    cells
        int64 flat indices of the allowed ground cells on the grid (cell_x0, cell_y0, grid_cell, grid_columns).
    wall_distance
        float32, flat over the ground grid, m.
    gap
        Least free distance between bodies, m.
    head, following
        int32 linked cells of everybody already placed, on the grid (x0, y0, cell, n_columns, n_rows).
    x, y
        float64 (rows,), written for the people placed.
    """
    for m in range(first, members.shape[0]):
        i = members[m]
        placed = False
        for attempt in range(tries):
            u, a, b, _ = draw_uniforms(key, uid[i], attempt, 0)
            c = cells[min(cells.shape[0] - 1, int(u * cells.shape[0]))]
            off_centre = grid_cell * math.sqrt((a - 0.5) ** 2 + (b - 0.5) ** 2)
            if wall_distance[c] - off_centre < radius[i]:  # the distance is known at the cell's centre
                continue
            px = cell_x0 + (c % grid_columns + a) * grid_cell
            py = cell_y0 + (c // grid_columns + b) * grid_cell
            if is_free(
                px, py, radius[i], x, y, radius, head, following, x0, y0, cell, n_columns, n_rows, gap
            ):
                x[i] = px
                y[i] = py
                link(i, x, y, head, following, x0, y0, cell, n_columns)
                placed = True
                break
        if not placed:
            return m
    return members.shape[0]


@kernel
def free_spot_on_line(  # type: ignore[no-untyped-def]
    key, who, step, ax, ay, bx, by, inset, r, x, y, radius, others, n_others
):
    """Draw up to eight points on a line shifted `inset` metres to its left; return the first free one.

    Returns (found, x, y). Used for people who come in through an exit.
    """
    dx, dy = bx - ax, by - ay
    length = math.sqrt(dx * dx + dy * dy)
    for attempt in range(8):
        u, _, _, _ = draw_uniforms(key, who, step, attempt)
        t = (r + u * max(0.0, length - 2.0 * r)) / length if length > 2.0 * r else 0.5
        px = ax + t * dx - inset * dy / length
        py = ay + t * dy + inset * dx / length
        free = True
        for k in range(n_others):
            j = others[k]
            contact = r + radius[j]
            if (x[j] - px) ** 2 + (y[j] - py) ** 2 < contact * contact:
                free = False
                break
        if free:
            return True, px, py
    return False, np.nan, np.nan
