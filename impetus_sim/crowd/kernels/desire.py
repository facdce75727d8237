"""Where each person wants to go: along the distance field of the goal, away from what threatens."""

from __future__ import annotations

import math

from impetus_sim.crowd.kernels.sight import is_in_sight
from impetus_sim.kernels.compile import BLOCK, kernel, parallel_kernel, prange


@kernel
def _is_known(g, row, column, directions, costs):  # type: ignore[no-untyped-def]
    # Cells on and behind walls have no cost, but near doors a direction.
    return (
        math.isfinite(costs[g, row, column])
        or directions[g, row, column, 0] != 0.0
        or directions[g, row, column, 1] != 0.0
    )


@kernel
def _even_direction(px, py, g, directions, costs, x0, y0, cell, key_of, corners):  # type: ignore[no-untyped-def]
    # Bilinear between the four nearest cell centres where all of them have one, else (0, 0); not a unit
    # vector. A person stays
    # between the same four for many steps: `corners` keeps their directions, `key_of[0]` says which they are.
    n_rows, n_columns = costs.shape[1:]
    u = (px - x0) / cell - 0.5
    v = (py - y0) / cell - 0.5
    column = int(math.floor(u))
    row = int(math.floor(v))
    if not (0 <= column < n_columns - 1 and 0 <= row < n_rows - 1):
        return 0.0, 0.0
    key = (g * n_rows + row) * n_columns + column
    if key_of[0] != key:
        for c in range(2):
            if not (
                _is_known(g, row, column + c, directions, costs)
                and _is_known(g, row + 1, column + c, directions, costs)
            ):
                return 0.0, 0.0
        for c in range(2):
            for axis in range(2):
                corners[2 * c + axis] = directions[g, row, column + c, axis]
                corners[4 + 2 * c + axis] = directions[g, row + 1, column + c, axis]
        key_of[0] = key
    a = u - column
    b = v - row
    w00, w01, w10, w11 = (1 - a) * (1 - b), a * (1 - b), (1 - a) * b, a * b
    dx = w00 * corners[0] + w01 * corners[2] + w10 * corners[4] + w11 * corners[6]
    dy = w00 * corners[1] + w01 * corners[3] + w10 * corners[5] + w11 * corners[7]
    return dx, dy


@kernel
def _uneven_direction(  # type: ignore[no-untyped-def]
    px, py, g, directions, costs, x0, y0, cell, walls, wall_cell, wall_columns, wall_start, wall_of
):
    # Near what cannot be reached: a weighted mean of the reachable cell centres in sight within two cells (a
    # fence may lie between a person and a centre).
    n_rows, n_columns = costs.shape[1:]
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
        if dx * dx + dy * dy > 1e-18:
            return dx, dy
    return 0.0, 0.0


@parallel_kernel
def desire_directions(  # type: ignore[no-untyped-def]
    order, n, x, y, goal, is_walking, desired_speed, speed_factor, spot_x, spot_y, is_in_goal, directions, costs,
    x0, y0, cell, walls, wall_cell, wall_columns, wall_start, wall_of, threats, n_threats, key, corners,
    out_speed, out_x, out_y,
):  # fmt: skip
    """Fill the desired speed and direction of each walking person.

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
    desired_speed, speed_factor
        float64 (rows,), m/s and its share that is possible now.
    directions, costs
        float32 (goals, grid rows, grid columns, 2) and (goals, grid rows, grid columns).
    threats
        float64 (>= n_threats, 4): x, y, avoid distance in m, strength.
    key, corners
        int64 (rows, 1) and float32 (rows, 8), kept from step to step: which four cells of the field each person
        is between, and the directions there. Nothing depends on them; a key of -1 is looked up again.
    out_speed, out_x, out_y
        float64 (rows,), written for the people in `order`: m/s, unit vector or (0, 0).
    """
    n_blocks = (n + BLOCK - 1) // BLOCK
    for block in prange(n_blocks):
        for k in range(block * BLOCK, min(n, (block + 1) * BLOCK)):
            i = order[k]
            out_x[i] = 0.0
            out_y[i] = 0.0
            out_speed[i] = 0.0
            if is_walking[i] == 0 or goal[i] < 0:
                continue
            g = goal[i]
            px, py = x[i], y[i]
            if is_in_goal[i] == 1:
                ex, ey = spot_x[i] - px, spot_y[i] - py
            else:
                ex, ey = _even_direction(px, py, g, directions, costs, x0, y0, cell, key[i], corners[i])
                if ex * ex + ey * ey <= 1e-18:
                    ex, ey = _uneven_direction(
                        px, py, g, directions, costs, x0, y0, cell,
                        walls, wall_cell, wall_columns, wall_start, wall_of,
                    )  # fmt: skip
            if n_threats > 0:
                norm = math.sqrt(ex * ex + ey * ey)
                if norm > 0.0:
                    ex, ey = ex / norm, ey / norm
            for t in range(n_threats):
                dx, dy = px - threats[t, 0], py - threats[t, 1]
                d = math.sqrt(dx * dx + dy * dy)
                if 0.0 < d < threats[t, 2]:
                    push = threats[t, 3] * (1.0 - d / threats[t, 2])
                    ex += push * dx / d
                    ey += push * dy / d
            norm = math.sqrt(ex * ex + ey * ey)
            if norm > 1e-9:
                out_x[i] = ex / norm
                out_y[i] = ey / norm
                out_speed[i] = desired_speed[i] * speed_factor[i]
