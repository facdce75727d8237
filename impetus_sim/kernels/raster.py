"""Polygons and segments on a regular grid.

A grid is (x0, y0, cell): cell (row, column) covers x0 + column * cell to x0 + (column + 1) * cell, and
likewise in y by row. Segments are float64 (n, 4): x0, y0, x1, y1.
"""

from __future__ import annotations

import math

import numpy as np

from impetus_sim.kernels.compile import kernel
from impetus_sim.kernels.geometry import distance_to_segment

PARTS = 8
"""A cell is looked at in so many parts across to find room for a body."""


@kernel
def fill_inside(segments, x0, y0, cell, out_inside):  # type: ignore[no-untyped-def]
    """Mark cells whose centre lies inside closed rings (even-odd rule, by scan lines).

    Overwrites `out_inside`, uint8 (n_rows, n_columns). The order of segments does not matter.
    """
    n_rows, n_columns = out_inside.shape
    out_inside[:, :] = 0
    crossings = np.empty(segments.shape[0], np.float64)
    for row in range(n_rows):
        y = y0 + (row + 0.5) * cell
        n = 0
        for s in range(segments.shape[0]):
            ya, yb = segments[s, 1], segments[s, 3]
            if (ya <= y) != (yb <= y):
                t = (y - ya) / (yb - ya)
                crossings[n] = segments[s, 0] + t * (segments[s, 2] - segments[s, 0])
                n += 1
        ordered = np.sort(crossings[:n])
        for k in range(0, n - 1, 2):
            first = max(0, int(math.ceil((ordered[k] - x0) / cell - 0.5)))
            last = min(n_columns - 1, int(math.floor((ordered[k + 1] - x0) / cell - 0.5)))
            for column in range(first, last + 1):
                out_inside[row, column] = 1


@kernel
def _clip_to_box(ax, ay, bx, by, left, bottom, right, top):  # type: ignore[no-untyped-def]
    # Liang-Barsky: whether segment a-b touches the box.
    t0, t1 = 0.0, 1.0
    dx, dy = bx - ax, by - ay
    for edge in range(4):
        if edge == 0:
            p, q = -dx, ax - left
        elif edge == 1:
            p, q = dx, right - ax
        elif edge == 2:
            p, q = -dy, ay - bottom
        else:
            p, q = dy, top - ay
        if p == 0.0:
            if q < 0.0:
                return False
        else:
            t = q / p
            if p < 0.0:
                t0 = max(t0, t)
            else:
                t1 = min(t1, t)
            if t0 > t1:
                return False
    return True


@kernel
def mark_crossed(segments, x0, y0, cell, out_crossed):  # type: ignore[no-untyped-def]
    """Set cells that a segment touches to 1; cells of `out_crossed`, uint8 (rows, columns), keep others."""
    n_rows, n_columns = out_crossed.shape
    for s in range(segments.shape[0]):
        ax, ay, bx, by = segments[s, 0], segments[s, 1], segments[s, 2], segments[s, 3]
        row0 = max(0, int(math.floor((min(ay, by) - y0) / cell)))
        row1 = min(n_rows - 1, int(math.floor((max(ay, by) - y0) / cell)))
        col0 = max(0, int(math.floor((min(ax, bx) - x0) / cell)))
        col1 = min(n_columns - 1, int(math.floor((max(ax, bx) - x0) / cell)))
        for row in range(row0, row1 + 1):
            bottom = y0 + row * cell
            for column in range(col0, col1 + 1):
                left = x0 + column * cell
                if _clip_to_box(ax, ay, bx, by, left, bottom, left + cell, bottom + cell):
                    out_crossed[row, column] = 1


@kernel
def fill_distance(segments, x0, y0, cell, band, out_distance):  # type: ignore[no-untyped-def]
    """Fill the distance of each cell centre to the nearest segment, `band` where it is farther.

    Overwrites `out_distance`, float32 (rows, columns).
    """
    n_rows, n_columns = out_distance.shape
    out_distance[:, :] = band
    for s in range(segments.shape[0]):
        ax, ay, bx, by = segments[s, 0], segments[s, 1], segments[s, 2], segments[s, 3]
        row0 = max(0, int(math.floor((min(ay, by) - band - y0) / cell)))
        row1 = min(n_rows - 1, int(math.floor((max(ay, by) + band - y0) / cell)))
        col0 = max(0, int(math.floor((min(ax, bx) - band - x0) / cell)))
        col1 = min(n_columns - 1, int(math.floor((max(ax, bx) + band - x0) / cell)))
        for row in range(row0, row1 + 1):
            y = y0 + (row + 0.5) * cell
            for column in range(col0, col1 + 1):
                d = distance_to_segment(x0 + (column + 0.5) * cell, y, ax, ay, bx, by)
                out_distance[row, column] = min(out_distance[row, column], d)


@kernel
def _distance_to_box(ax, ay, bx, by, left, bottom, cell):  # type: ignore[no-untyped-def]
    # A bound: distance from the box centre to the segment, less half the diagonal.
    d = distance_to_segment(left + 0.5 * cell, bottom + 0.5 * cell, ax, ay, bx, by)
    return d - 0.70711 * cell


@kernel
def count_segments_near(segments, x0, y0, cell, n_columns, reach, out_start):  # type: ignore[no-untyped-def]
    """Count, per cell, the segments within `reach` of any of its points, as running starts.

    Overwrites `out_start`, int32 (rows * columns + 1), for `list_segments_near`. Returns the total.
    """
    n_cells = out_start.shape[0] - 1
    n_rows = n_cells // n_columns
    out_start[:] = 0
    for s in range(segments.shape[0]):
        ax, ay, bx, by = segments[s, 0], segments[s, 1], segments[s, 2], segments[s, 3]
        row0 = max(0, int(math.floor((min(ay, by) - reach - y0) / cell)))
        row1 = min(n_rows - 1, int(math.floor((max(ay, by) + reach - y0) / cell)))
        col0 = max(0, int(math.floor((min(ax, bx) - reach - x0) / cell)))
        col1 = min(n_columns - 1, int(math.floor((max(ax, bx) + reach - x0) / cell)))
        for row in range(row0, row1 + 1):
            for column in range(col0, col1 + 1):
                if _distance_to_box(ax, ay, bx, by, x0 + column * cell, y0 + row * cell, cell) <= reach:
                    out_start[row * n_columns + column + 1] += 1
    for k in range(n_cells):
        out_start[k + 1] += out_start[k]
    return out_start[n_cells]


@kernel
def list_segments_near(segments, x0, y0, cell, n_columns, reach, start, out_segment):  # type: ignore[no-untyped-def]
    """Fill the segment indices of each cell, ascending; `start` from `count_segments_near`."""
    n_rows = (start.shape[0] - 1) // n_columns
    filled = np.zeros(start.shape[0] - 1, np.int32)
    for s in range(segments.shape[0]):
        ax, ay, bx, by = segments[s, 0], segments[s, 1], segments[s, 2], segments[s, 3]
        row0 = max(0, int(math.floor((min(ay, by) - reach - y0) / cell)))
        row1 = min(n_rows - 1, int(math.floor((max(ay, by) + reach - y0) / cell)))
        col0 = max(0, int(math.floor((min(ax, bx) - reach - x0) / cell)))
        col1 = min(n_columns - 1, int(math.floor((max(ax, bx) + reach - x0) / cell)))
        for row in range(row0, row1 + 1):
            for column in range(col0, col1 + 1):
                if _distance_to_box(ax, ay, bx, by, x0 + column * cell, y0 + row * cell, cell) <= reach:
                    k = row * n_columns + column
                    out_segment[start[k] + filled[k]] = s
                    filled[k] += 1


@kernel
def drop_narrow(  # type: ignore[no-untyped-def]
    segments, is_solid, x0, y0, cell, wall_cell, wall_columns, start, of, room, distance, out_walkable
):
    """Set walkable cells to 0 that hold no point at least `room` metres away from every solid segment.

    Points are looked at on a grid of `PARTS` + 1 by `PARTS` + 1 in each cell, its edges included.

    Parameters
    ----------
    segments, is_solid
        float64 (n, 4), m; uint8 (n,).
    start, of
        int32: segments near each wall cell (`list_segments_near` with a reach above `room`).
    distance
        float32 (rows, columns): of cell centres to solid segments, m; cells with `room` there are kept unseen.
    out_walkable
        uint8 (rows, columns), cells of passages too narrow for a body set to 0.
    """
    n_rows, n_columns = out_walkable.shape
    for row in range(n_rows):
        for column in range(n_columns):
            if out_walkable[row, column] == 0 or distance[row, column] >= room:
                continue
            has_room = False
            for part in range((PARTS + 1) * (PARTS + 1)):
                x = x0 + (column + (part % (PARTS + 1)) / PARTS) * cell
                y = y0 + (row + (part // (PARTS + 1)) / PARTS) * cell
                k = int((y - y0) / wall_cell) * wall_columns + int((x - x0) / wall_cell)
                is_clear = True
                for m in range(start[k], start[k + 1]):
                    s = of[m]
                    if is_solid[s] == 1 and (
                        distance_to_segment(
                            x, y, segments[s, 0], segments[s, 1], segments[s, 2], segments[s, 3]
                        )
                        < room
                    ):
                        is_clear = False
                        break
                if is_clear:
                    has_room = True
                    break
            if not has_room:
                out_walkable[row, column] = 0
