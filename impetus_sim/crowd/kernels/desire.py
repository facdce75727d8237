"""Where each person wants to go: along the distance field of the goal, away from what threatens."""

from __future__ import annotations

import math

from impetus_sim.crowd.kernels.sight import is_in_sight
from impetus_sim.kernels.compile import BLOCK, kernel, parallel_kernel, prange


@kernel
def _field_direction(  # type: ignore[no-untyped-def]
    px, py, g, directions, costs, x0, y0, cell, walls, wall_cell, wall_columns, wall_start, wall_of
):
    # Bilinear between the four nearest cell centres where all of them are reachable; else a weighted mean of
    # the reachable centres in sight within two cells (a fence may lie between a person and a centre).
    n_rows, n_columns = costs.shape[1:]
    u = (px - x0) / cell - 0.5
    v = (py - y0) / cell - 0.5
    column = int(math.floor(u))
    row = int(math.floor(v))
    if 0 <= column < n_columns - 1 and 0 <= row < n_rows - 1:
        if (
            math.isfinite(costs[g, row, column])
            and math.isfinite(costs[g, row, column + 1])
            and math.isfinite(costs[g, row + 1, column])
            and math.isfinite(costs[g, row + 1, column + 1])
        ):
            a = u - column
            b = v - row
            w00, w01, w10, w11 = (1 - a) * (1 - b), a * (1 - b), (1 - a) * b, a * b
            dx = (
                w00 * directions[g, row, column, 0]
                + w01 * directions[g, row, column + 1, 0]
                + w10 * directions[g, row + 1, column, 0]
                + w11 * directions[g, row + 1, column + 1, 0]
            )
            dy = (
                w00 * directions[g, row, column, 1]
                + w01 * directions[g, row, column + 1, 1]
                + w10 * directions[g, row + 1, column, 1]
                + w11 * directions[g, row + 1, column + 1, 1]
            )
            norm = math.sqrt(dx * dx + dy * dy)
            if norm > 1e-9:
                return dx / norm, dy / norm
    wall_column = int((px - x0) / wall_cell)
    wall_row = int((py - y0) / wall_cell)
    k = wall_row * wall_columns + wall_column
    first, last = 0, 0
    if 0 <= k < wall_start.shape[0] - 1:
        first, last = wall_start[k], wall_start[k + 1]
    column = int(math.floor((px - x0) / cell))
    row = int(math.floor((py - y0) / cell))
    for reach in range(1, 5):
        dx, dy = 0.0, 0.0
        for r in range(max(0, row - reach), min(n_rows, row + reach + 1)):
            for c in range(max(0, column - reach), min(n_columns, column + reach + 1)):
                if not math.isfinite(costs[g, r, c]):
                    continue
                cx = x0 + (c + 0.5) * cell
                cy = y0 + (r + 0.5) * cell
                weight = (reach + 1) * cell - math.sqrt((cx - px) ** 2 + (cy - py) ** 2)
                if weight <= 0.0 or not is_in_sight(px, py, cx, cy, walls, first, last, wall_of):
                    continue
                ex, ey = directions[g, r, c, 0], directions[g, r, c, 1]
                if reach > 1 and costs[g, row, column] == math.inf:
                    # off the reachable cells: first get back on to them
                    ex += (cx - px) / cell
                    ey += (cy - py) / cell
                dx += weight * ex
                dy += weight * ey
        norm = math.sqrt(dx * dx + dy * dy)
        if norm > 1e-9:
            return dx / norm, dy / norm
    return 0.0, 0.0


@parallel_kernel
def desire_directions(  # type: ignore[no-untyped-def]
    order, n, x, y, goal, is_walking, spot_x, spot_y, is_in_goal, directions, costs, x0, y0, cell,
    walls, wall_cell, wall_columns, wall_start, wall_of, threats, n_threats, out_x, out_y,
):  # fmt: skip
    """Fill the desired direction of each walking person.

    Parameters
    ----------
    order, n
        int32: people in cell order, the first n.
    x, y, spot_x, spot_y
        float64 (rows,), m. The spot is where a person wants to stand inside a goal area.
    goal
        int16 (rows,), index of the goal, -1 for none.
    is_walking, is_in_goal
        uint8 (rows,).
    directions, costs
        float32 (goals, grid rows, grid columns, 2) and (goals, grid rows, grid columns).
    threats
        float64 (>= n_threats, 4): x, y, avoid distance in m, strength.
    out_x, out_y
        float64 (rows,), written for the people in `order`: unit vector or (0, 0).
    """
    n_blocks = (n + BLOCK - 1) // BLOCK
    for block in prange(n_blocks):
        for k in range(block * BLOCK, min(n, (block + 1) * BLOCK)):
            i = order[k]
            out_x[i] = 0.0
            out_y[i] = 0.0
            if is_walking[i] == 0 or goal[i] < 0:
                continue
            g = goal[i]
            if is_in_goal[i] == 1:
                ex, ey = spot_x[i] - x[i], spot_y[i] - y[i]
            else:
                ex, ey = _field_direction(
                    x[i], y[i], g, directions, costs, x0, y0, cell,
                    walls, wall_cell, wall_columns, wall_start, wall_of,
                )  # fmt: skip
            norm = math.sqrt(ex * ex + ey * ey)
            if norm > 0.0:
                ex, ey = ex / norm, ey / norm
            for t in range(n_threats):
                dx, dy = x[i] - threats[t, 0], y[i] - threats[t, 1]
                d = math.sqrt(dx * dx + dy * dy)
                if 0.0 < d < threats[t, 2]:
                    push = threats[t, 3] * (1.0 - d / threats[t, 2])
                    ex += push * dx / d
                    ey += push * dy / d
            norm = math.sqrt(ex * ex + ey * ey)
            if norm > 1e-9:
                out_x[i] = ex / norm
                out_y[i] = ey / norm
