"""Sums over people near each point of a grid: how many, how fast, and how unlike in velocity.

Source: Helbing, Johansson and Al-Abideen (2007), Phys. Rev. E 75:046109, equations 1 to 3: weights f(d) =
exp(-d^2 / R^2) / (pi R^2). Here the weights are cut off, made to sum to 1, and laid on a grid: each person is
shared among the four nearest cell centres, and the grid is smoothed along rows, then along columns.
"""

from __future__ import annotations

from impetus_sim.kernels.compile import kernel

N_FIELDS = 4
"""Fields of the grid: people, their velocities in x and y, and squares of speed."""


@kernel
def deposit(x, y, vx, vy, rows, n, x0, y0, cell, out_fields):  # type: ignore[no-untyped-def]
    """Share people among the four nearest cell centres.

    Parameters
    ----------
    x, y, vx, vy
        float64 (m,), m and m/s.
    rows, n
        int32 (>= n,): which people; the first n entries.
    x0, y0, cell
        The grid.
    out_fields
        float64 (N_FIELDS, rows, columns), overwritten: sums of 1, vx, vy, vx^2 + vy^2. The order of people matters
        to the last bit.
    """
    _, n_rows, n_columns = out_fields.shape
    out_fields[:] = 0.0
    inverse = 1.0 / cell
    for k in range(n):
        i = rows[k]
        across = min(max((x[i] - x0) * inverse - 0.5, 0.0), n_columns - 1.001)
        up = min(max((y[i] - y0) * inverse - 0.5, 0.0), n_rows - 1.001)
        column, row = int(across), int(up)
        right, above = across - column, up - row
        square = vx[i] * vx[i] + vy[i] * vy[i]
        for r in range(2):
            share_up = above if r == 1 else 1.0 - above
            for c in range(2):
                share = share_up * (right if c == 1 else 1.0 - right)
                out_fields[0, row + r, column + c] += share
                out_fields[1, row + r, column + c] += share * vx[i]
                out_fields[2, row + r, column + c] += share * vy[i]
                out_fields[3, row + r, column + c] += share * square


@kernel
def smooth(fields, weights, scratch, out_fields):  # type: ignore[no-untyped-def]
    """Smooth each field by the same weights along rows, then along columns; nothing lies beyond the border.

    Parameters
    ----------
    fields
        float64 (k, rows, columns).
    weights
        float64 (2 reach + 1,), symmetric.
    scratch, out_fields
        Like `fields`, overwritten.
    """
    n_fields, n_rows, n_columns = fields.shape
    reach = len(weights) // 2
    for f in range(n_fields):
        for r in range(n_rows):
            line, out = fields[f, r], scratch[f, r]
            out[:] = 0.0
            for k in range(-reach, reach + 1):
                w = weights[k + reach]
                low, high = max(0, -k), min(n_columns, n_columns - k)
                for c in range(low, high):
                    out[c] += w * line[c + k]
    for f in range(n_fields):
        for r in range(n_rows):
            out = out_fields[f, r]
            out[:] = 0.0
            for k in range(-reach, reach + 1):
                if 0 <= r + k < n_rows:
                    w = weights[k + reach]
                    line = scratch[f, r + k]
                    for c in range(n_columns):
                        out[c] += w * line[c]


@kernel
def read_people(  # type: ignore[no-untyped-def]
    x, y, rows, n, x0, y0, cell, fields, on_ground, grid_x0, grid_y0, out_density, out_pressure
):
    """Read density and crowd pressure at each person.

    Parameters
    ----------
    x, y
        float64 (m,), m.
    rows, n
        int32 (>= n,): which people; the first n entries.
    x0, y0, cell
        Corner and cell of `fields`.
    fields
        float64 (N_FIELDS, rows, columns), smoothed.
    on_ground, grid_x0, grid_y0
        float32 (any shape): share of the weights on walkable ground, and the corner of its grid, same cell.
    out_density, out_pressure
        float64 (m,): entries of `rows` are overwritten, people/m2 and 1/s2.
    """
    _, n_rows, n_columns = fields.shape
    inverse = 1.0 / cell
    per_area = inverse * inverse
    for k in range(n):
        i = rows[k]
        across = min(max((x[i] - x0) * inverse - 0.5, 0.0), n_columns - 1.001)
        up = min(max((y[i] - y0) * inverse - 0.5, 0.0), n_rows - 1.001)
        column, row = int(across), int(up)
        right, above = across - column, up - row
        people, east, north, square = 0.0, 0.0, 0.0, 0.0
        for r in range(2):
            share_up = above if r == 1 else 1.0 - above
            for c in range(2):
                share = share_up * (right if c == 1 else 1.0 - right)
                people += share * fields[0, row + r, column + c]
                east += share * fields[1, row + r, column + c]
                north += share * fields[2, row + r, column + c]
                square += share * fields[3, row + r, column + c]
        ground_row = min(max(int((y[i] - grid_y0) * inverse), 0), on_ground.shape[0] - 1)
        ground_column = min(max(int((x[i] - grid_x0) * inverse), 0), on_ground.shape[1] - 1)
        density = people * per_area / on_ground[ground_row, ground_column]
        variance = 0.0
        if people > 0.0:
            variance = max(0.0, square / people - (east * east + north * north) / (people * people))
        out_density[i] = density
        out_pressure[i] = density * variance
