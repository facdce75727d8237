"""Who is in view: cells that a camera sees past walls, and people in them, missed, hidden or counted."""

from __future__ import annotations

import math

import numpy as np

from impetus_sim.kernels.compile import kernel
from impetus_sim.kernels.geometry import segments_cross
from impetus_sim.kernels.philox import draw_uniforms

BLACK_AT = 3.0
"""Smoke hides what lies at an optical depth (extinction times distance) above this: visibility of things that only
reflect light is 3 / extinction (Jin 1978)."""


@kernel
def list_seen_cells(px, py, ux, uy, cos_half, range_m, walls, x0, y0, cell, n_rows, n_columns, out_cells):  # type: ignore[no-untyped-def]
    """List the cells of a grid whose centre a camera sees; the flat indices ascend.

    Parameters
    ----------
    px, py
        Where it stands, m.
    ux, uy, cos_half
        Unit vector along which it looks, and the cosine of half the angle of its field of view; -1 for all round.
    walls
        float64 (n, 4), m: what it cannot see through.
    out_cells
        int64, large enough; overwritten.

    Returns
    -------
    The number of cells.
    """
    first_row = max(0, int((py - range_m - y0) / cell))
    last_row = min(n_rows - 1, int((py + range_m - y0) / cell))
    first_column = max(0, int((px - range_m - x0) / cell))
    last_column = min(n_columns - 1, int((px + range_m - x0) / cell))
    n = 0
    for row in range(first_row, last_row + 1):
        for column in range(first_column, last_column + 1):
            qx, qy = x0 + (column + 0.5) * cell, y0 + (row + 0.5) * cell
            dx, dy = qx - px, qy - py
            d = math.sqrt(dx * dx + dy * dy)
            if d > range_m or dx * ux + dy * uy < cos_half * d:
                continue
            is_free = True
            for w in range(walls.shape[0]):
                if segments_cross(px, py, qx, qy, walls[w, 0], walls[w, 1], walls[w, 2], walls[w, 3]):
                    is_free = False
                    break
            if is_free:
                out_cells[n] = row * n_columns + column
                n += 1
    return n


@kernel
def sort_by_cell(x, y, x0, y0, cell, n_rows, n_columns, out_start, out_order):  # type: ignore[no-untyped-def]
    """Order people by the cell in which they stand, those of one cell in the order of their rows.

    Overwrites `out_start`, int32 (cells + 1), and `out_order`, int32 (people,). Who stands beside the grid counts
    to its nearest cell.
    """
    out_start[:] = 0
    of = np.empty(x.shape[0], np.int32)
    for i in range(x.shape[0]):
        row = min(n_rows - 1, max(0, int((y[i] - y0) / cell)))
        column = min(n_columns - 1, max(0, int((x[i] - x0) / cell)))
        of[i] = row * n_columns + column
        out_start[of[i] + 1] += 1
    for c in range(1, out_start.shape[0]):
        out_start[c] += out_start[c - 1]
    taken = out_start[:-1].copy()
    for i in range(x.shape[0]):
        out_order[taken[of[i]]] = i
        taken[of[i]] += 1


@kernel
def count_around(start, at, n_rows, n_columns):  # type: ignore[no-untyped-def]
    """Return how many people stand in a cell and the eight about it, and how many of these cells there are."""
    row, column = at // n_columns, at % n_columns
    n, n_cells = 0, 0
    for r in range(max(0, row - 1), min(n_rows, row + 2)):
        first, last = max(0, column - 1), min(n_columns, column + 2)
        n += start[r * n_columns + last] - start[r * n_columns + first]
        n_cells += last - first
    return n, n_cells


@kernel
def count_in_view(  # type: ignore[no-untyped-def]
    keys, serial, decision, px, py, first, cells, start, order, uid, x, y, extinction,
    n_rows, n_columns, cell, miss, hides_per_m, out_true, out_seen,
):  # fmt: skip
    """Count the people in view of each camera, and those of them whom it does not miss.

    Parameters
    ----------
    keys
        uint32 (cameras, 2); a person's draw is named by key, uid, serial and decision.
    px, py
        float64 (cameras,), m.
    first, cells
        Cells that camera c sees: ``cells[first[c] : first[c + 1]]``.
    start, order
        From `sort_by_cell`.
    uid, x, y, extinction
        Of people (n,); extinction of smoke where they stand, 1/m, empty for none.
    miss
        Share of people in view who are missed.
    hides_per_m
        How fast others hide a person: the chance to be seen falls as exp(-hides_per_m * density * distance);
        0 for a camera that nobody stands in the way of.
    out_true, out_seen
        int64 (cameras,), overwritten.
    """
    needs_distance = hides_per_m > 0.0 or extinction.shape[0] > 0
    for c in range(keys.shape[0]):
        n_true, n_seen = 0, 0
        for k in range(first[c], first[c + 1]):
            at = cells[k]
            if start[at + 1] == start[at]:
                continue
            density = 0.0
            if hides_per_m > 0.0:
                n_near, n_cells = count_around(start, at, n_rows, n_columns)
                density = (n_near - 1) / (n_cells * cell * cell)
            for j in range(start[at], start[at + 1]):
                i = order[j]
                chance = 1.0 - miss
                if needs_distance:
                    dx, dy = x[i] - px[c], y[i] - py[c]
                    d = math.sqrt(dx * dx + dy * dy)
                    if extinction.shape[0] > 0 and extinction[i] * d > BLACK_AT:
                        continue
                    if density > 0.0:
                        chance *= math.exp(-hides_per_m * density * d)
                n_true += 1
                u, _, _, _ = draw_uniforms(keys[c], uid[i], serial, decision)
                if u < chance:
                    n_seen += 1
        out_true[c] = n_true
        out_seen[c] = n_seen
