"""Who sees whom: lines of sight over the ground grid, and what people in sight do."""

from __future__ import annotations

import math

from impetus_sim.kernels.compile import BLOCK, kernel, parallel_kernel, prange


@kernel
def is_clear(px, py, qx, qy, inside, x0, y0, cell):  # type: ignore[no-untyped-def]
    """Tell whether the line from p to q stays over ground (cells whose centre is inside), end cells left out.

    Looked at every half cell, so that an obstacle narrower than a cell may be overlooked: sight, not safety.
    """
    n_rows, n_columns = inside.shape
    length = math.sqrt((qx - px) ** 2 + (qy - py) ** 2)
    n = int(length / (0.5 * cell))
    for k in range(2, n - 1):
        t = k / n
        row = int((py + t * (qy - py) - y0) / cell)
        column = int((px + t * (qx - px) - x0) / cell)
        if row < 0 or row >= n_rows or column < 0 or column >= n_columns or inside[row, column] == 0:
            return False
    return True


@parallel_kernel
def count_running(  # type: ignore[no-untyped-def]
    rows, x, y, order, start, grid_x0, grid_y0, reach, n_columns, n_rows, most, inside, x0, y0, cell,
    out_count, out_nearest,
):  # fmt: skip
    """Count the running people in sight of each person, up to `most`, and name the nearest of them.

    Parameters
    ----------
    rows
        int32: who looks.
    order, start
        Running people by cell of the grid (grid_x0, grid_y0, reach), from `sort_by_cell`; cells are `reach` m wide.
    most
        Counting stops here.
    inside
        uint8 ground grid (x0, y0, cell).
    out_count, out_nearest
        float64, int32 (len(rows),), overwritten; nearest is -1 where nobody runs in sight.
    """
    n = rows.shape[0]
    for block in prange((n + BLOCK - 1) // BLOCK):
        for k in range(block * BLOCK, min(n, (block + 1) * BLOCK)):
            i = rows[k]
            px, py = x[i], y[i]
            row = min(n_rows - 1, max(0, int((py - grid_y0) / reach)))
            column = min(n_columns - 1, max(0, int((px - grid_x0) / reach)))
            count, nearest, least = 0.0, -1, reach * reach
            for r in range(max(0, row - 1), min(n_rows, row + 2)):
                first = start[r * n_columns + max(0, column - 1)]
                last = start[r * n_columns + min(n_columns - 1, column + 1) + 1]
                for m in range(first, last):
                    j = order[m]
                    d2 = (x[j] - px) ** 2 + (y[j] - py) ** 2
                    if j == i or d2 > reach * reach or (count >= most and d2 >= least):
                        continue
                    if not is_clear(px, py, x[j], y[j], inside, x0, y0, cell):
                        continue
                    count = min(most, count + 1.0)
                    if d2 < least or nearest < 0:
                        least, nearest = d2, j
            out_count[k] = count
            out_nearest[k] = nearest


@kernel
def weigh_others(  # type: ignore[no-untyped-def]
    rows, x, y, goal, n_exits, order, start, grid_x0, grid_y0, reach, n_columns, n_rows, worth_s, inside, x0, y0,
    cell, out_s,
):  # fmt: skip
    """Take `worth_s` x k / (n + 1) off the time through an exit for which k of n leaving people in sight make.

    Parameters as for `count_running`, with the leaving people in `order`. `out_s`, float64 (len(rows), exits), is
    added to.
    """
    for k in range(rows.shape[0]):
        i = rows[k]
        px, py = x[i], y[i]
        row = min(n_rows - 1, max(0, int((py - grid_y0) / reach)))
        column = min(n_columns - 1, max(0, int((px - grid_x0) / reach)))
        total = 0.0
        for turn in range(2):  # count everybody first, then share out
            for r in range(max(0, row - 1), min(n_rows, row + 2)):
                first = start[r * n_columns + max(0, column - 1)]
                last = start[r * n_columns + min(n_columns - 1, column + 1) + 1]
                for m in range(first, last):
                    j = order[m]
                    if j == i or (x[j] - px) ** 2 + (y[j] - py) ** 2 > reach * reach:
                        continue
                    if goal[j] < 0 or goal[j] >= n_exits:
                        continue
                    if not is_clear(px, py, x[j], y[j], inside, x0, y0, cell):
                        continue
                    if turn == 0:
                        total += 1.0
                    else:
                        out_s[k, goal[j]] -= worth_s / (total + 1.0)


@kernel
def weigh_believed_threat(  # type: ignore[no-untyped-def]
    rows, x, y, place_x, place_y, avoid, strength, penalty_s, middles, costs, n_exits, x0, y0, cell, out_s,
):  # fmt: skip
    """Add seconds to exits near, or on the far side of, where each person believes a threat is.

    The rule of `choose.choose_exits` for threats that everybody knows, with a place per person (nan: knows of
    none). `out_s`, float64 (len(rows), exits), is added to.
    """
    n_rows, n_columns = costs.shape[1:]
    for k in range(rows.shape[0]):
        i = rows[k]
        tx, ty = place_x[i], place_y[i]
        if not math.isfinite(tx):
            continue
        for g in range(n_exits):
            to_exit = math.sqrt((middles[g, 0] - tx) ** 2 + (middles[g, 1] - ty) ** 2)
            nearness = 1.0 - to_exit / avoid
            row, column = int((ty - y0) / cell), int((tx - x0) / cell)
            own_row, own_column = int((y[i] - y0) / cell), int((x[i] - x0) / cell)
            if 0 <= row < n_rows and 0 <= column < n_columns:
                detour = (
                    math.sqrt((x[i] - tx) ** 2 + (y[i] - ty) ** 2)
                    + costs[g, row, column]
                    - costs[g, own_row, own_column]
                )
                if math.isfinite(detour):
                    nearness = max(nearness, 1.0 - detour / avoid)
            if nearness > 0.0:
                out_s[k, g] += penalty_s * strength * min(1.0, nearness)


@kernel
def turn_from_believed(  # type: ignore[no-untyped-def]
    rows, x, y, place_x, place_y, avoid, strength, desired_x, desired_y
):
    """Turn the desired direction of each person away from where they believe a threat is; changed in place.

    The rule of `desire.desire_directions` for threats that everybody knows. Directions are unit vectors or
    (0, 0), which stays.
    """
    for k in range(rows.shape[0]):
        i = rows[k]
        if not math.isfinite(place_x[i]) or (desired_x[i] == 0.0 and desired_y[i] == 0.0):
            continue
        dx, dy = x[i] - place_x[i], y[i] - place_y[i]
        d = math.sqrt(dx * dx + dy * dy)
        if not 0.0 < d < avoid:
            continue
        push = strength * (1.0 - d / avoid)
        ex, ey = desired_x[i] + push * dx / d, desired_y[i] + push * dy / d
        norm = math.sqrt(ex * ex + ey * ey)
        if norm > 1e-9:
            desired_x[i], desired_y[i] = ex / norm, ey / norm


@kernel
def is_in_sight_of(rows, x, y, px, py, inside, x0, y0, cell, out):  # type: ignore[no-untyped-def]
    """Write 1 to `out` for those of `rows` who see the point p, 0 for the others."""
    for k in range(rows.shape[0]):
        i = rows[k]
        out[k] = 1 if is_clear(x[i], y[i], px, py, inside, x0, y0, cell) else 0


@kernel
def find_leaders(  # type: ignore[no-untyped-def]
    rows, x, y, order, start, grid_x0, grid_y0, reach, n_columns, n_rows, inside, x0, y0, cell, leader
):
    """Write to `leader` (int32, people) the nearest person in sight of each of `rows`, or -1.

    Parameters as for `count_running`, with those who may be followed in `order`.
    """
    for k in range(rows.shape[0]):
        i = rows[k]
        px, py = x[i], y[i]
        row = min(n_rows - 1, max(0, int((py - grid_y0) / reach)))
        column = min(n_columns - 1, max(0, int((px - grid_x0) / reach)))
        nearest, least = -1, reach * reach
        for r in range(max(0, row - 1), min(n_rows, row + 2)):
            first = start[r * n_columns + max(0, column - 1)]
            last = start[r * n_columns + min(n_columns - 1, column + 1) + 1]
            for m in range(first, last):
                j = order[m]
                d2 = (x[j] - px) ** 2 + (y[j] - py) ** 2
                if j != i and d2 < least and is_clear(px, py, x[j], y[j], inside, x0, y0, cell):
                    nearest, least = j, d2
        leader[i] = nearest
