"""Lists of neighbours that stay valid for a few steps (Verlet lists).

People are sorted by cell now and then; in between they keep their places, and each place keeps the list of
places near it. A list holds everybody within the reach of a person plus a slack, so it misses nobody as long
as nobody has moved by more than half the slack since.

Source: Verlet (1967), Computer "experiments" on classical fluids, Physical Review 159.
"""

from __future__ import annotations

from impetus_sim.kernels.compile import BLOCK, kernel, parallel_kernel, prange

FAR_M = 1e9
"""Where the place of somebody who has gone is put: out of everybody's reach."""


@parallel_kernel
def follow_people(  # type: ignore[no-untyped-def]
    order, n, x, y, is_present, listed_x, listed_y, out_x, out_y, out_is_here, out_count, out_moved2
):
    """Bring the positions of places up to date.

    Parameters
    ----------
    order, n
        int32: person at each place, the first n.
    x, y, is_present
        float64 (rows,), m, and uint8 (rows,): who is there now.
    listed_x, listed_y
        float64 (>= n,): positions of the places when people were sorted.
    out_x, out_y, out_is_here
        float64 (>= n,), far away for places whose person has gone; uint8 (>= n,).
    out_count, out_moved2
        int64 and float64 (blocks,): people still there in the block, greatest squared distance moved, m2.
    """
    n_blocks = (n + BLOCK - 1) // BLOCK
    for block in prange(n_blocks):
        count, moved2 = 0, 0.0
        for k in range(block * BLOCK, min(n, (block + 1) * BLOCK)):
            i = order[k]
            is_here = is_present[i]
            out_is_here[k] = is_here
            if is_here == 0:
                out_x[k] = FAR_M
                out_y[k] = FAR_M
                continue
            px, py = x[i], y[i]
            out_x[k] = px
            out_y[k] = py
            count += 1
            moved2 = max(moved2, (px - listed_x[k]) ** 2 + (py - listed_y[k]) ** 2)
        out_count[block] = count
        out_moved2[block] = moved2


@kernel
def _list_one(  # type: ignore[no-untyped-def]
    k, reach, start, x0, y0, per_cell, n_columns, n_rows, sorted_x, sorted_y, f, last, out_of
):
    # Writes the places nearer than `reach` to place k from entry f on; returns the entry after them, or -1 when
    # they may not fit before `last`. Without branches: each candidate is written, and counted only if close.
    px, py, reach2 = sorted_x[k], sorted_y[k], reach * reach
    row_from = max(0, int((py - reach - y0) * per_cell))
    row_to = min(n_rows - 1, int((py + reach - y0) * per_cell))
    column_from = max(0, int((px - reach - x0) * per_cell))
    column_to = min(n_columns - 1, int((px + reach - x0) * per_cell))
    for row in range(row_from, row_to + 1):
        a = start[row * n_columns + column_from]
        b = start[row * n_columns + column_to + 1]
        if f + b - a > last:
            return -1
        for m in range(a, b):
            dx, dy = sorted_x[m] - px, sorted_y[m] - py
            out_of[f] = m
            f += int((dx * dx + dy * dy < reach2) & (m != k))
    return f


@parallel_kernel
def list_neighbours(  # type: ignore[no-untyped-def]
    n, start, x0, y0, cell, n_columns, n_cells, sorted_x, sorted_y, reach, room, out_first, out_count, out_of,
    out_is_short,
):  # fmt: skip
    """List the places near each place; people have just been sorted.

    Parameters
    ----------
    n, start, x0, y0, cell, n_columns, n_cells
        Number of places, and the cell list (`impetus_sim.kernels.cells`).
    sorted_x, sorted_y, reach
        float64 (>= n,), m: positions, and how far each one's list goes.
    room
        Entries of `out_of` for each block.
    out_first, out_count
        int64 and int32 (>= n,): first entry of each place and how many.
    out_of
        uint32 (blocks * room,): neighbours' places, ascending for each place.
    out_is_short
        uint8 (blocks,): 1 where the block's room was not enough; its lists then are of no use.
    """
    n_rows = n_cells // n_columns
    n_blocks = (n + BLOCK - 1) // BLOCK
    for block in prange(n_blocks):
        f, last = block * room, (block + 1) * room
        out_is_short[block] = 0
        for k in range(block * BLOCK, min(n, (block + 1) * BLOCK)):
            after = _list_one(
                k, reach[k], start, x0, y0, 1.0 / cell, n_columns, n_rows, sorted_x, sorted_y, f, last, out_of
            )
            if after < 0:
                out_is_short[block] = 1
                break
            out_first[k] = f
            out_count[k] = after - f
            f = after
