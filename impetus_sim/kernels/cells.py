"""Cell lists: points sorted by grid cell, so that the cells of one row are one contiguous range."""

from __future__ import annotations

from impetus_sim.kernels.compile import kernel


@kernel
def sort_by_cell(  # type: ignore[no-untyped-def]
    x, y, rows, n, x0, y0, cell, n_columns, n_cells, out_start, out_order, scratch_cell
):
    """Sort points by cell, stable in the order of `rows` (counting sort).

    Parameters
    ----------
    x, y
        float64 (m,), m.
    rows, n
        int32 (>= n,): which points take part; the first n entries.
    x0, y0, cell, n_columns, n_cells
        The grid. Points outside are put into the nearest border cell.
    out_start
        int32 (n_cells + 1,), overwritten: first place of each cell in `out_order`.
    out_order
        int32 (>= n,), overwritten: point indices in cell order.
    scratch_cell
        int32 (>= n,), overwritten: cell of each entry of `rows`.
    """
    n_rows = n_cells // n_columns
    inverse = 1.0 / cell
    for k in range(n_cells + 1):
        out_start[k] = 0
    for k in range(n):
        i = rows[k]
        column = min(n_columns - 1, max(0, int((x[i] - x0) * inverse)))
        row = min(n_rows - 1, max(0, int((y[i] - y0) * inverse)))
        c = row * n_columns + column
        scratch_cell[k] = c
        out_start[c + 1] += 1
    for k in range(n_cells):
        out_start[k + 1] += out_start[k]
    for k in range(n):
        c = scratch_cell[k]
        out_order[out_start[c]] = rows[k]
        out_start[c] += 1
    for k in range(n_cells, 0, -1):  # the fill moved every start to its end: shift back
        out_start[k] = out_start[k - 1]
    out_start[0] = 0
