"""A way to a moving person or any point: A* over the ground grid, of which only the next stretch is used.

Hart, Nilsson and Raphael (1968), A formal basis for the heuristic determination of minimum cost paths.
"""

from __future__ import annotations

import math

from impetus_sim.crowd.kernels.look import is_clear
from impetus_sim.kernels.compile import kernel

AHEAD_CELLS = 24
"""The aim is at most this many cells along the way."""


@kernel
def find_aim(  # type: ignore[no-untyped-def]
    px, py, qx, qy, walkable, inside, x0, y0, cell, most, stamp, marks, came_from, cost, heap_key, heap_cell
):
    """Return (found, x, y): the farthest point in free sight along a shortest way from p to q.

    Parameters
    ----------
    walkable, inside
        uint8 grids; ways lead over walkable cells, sight over inside cells.
    most
        Cells that are looked at before giving up.
    stamp, marks
        Number of this search, above all before, and int32 (cells,) of the search that last wrote a cell.
    came_from, cost
        int32, float64 (cells,), scratch.
    heap_key, heap_cell
        float64, int32 (>= 8 x most + 8,), scratch: a binary heap.
    """
    if is_clear(px, py, qx, qy, inside, x0, y0, cell):
        return True, qx, qy
    n_rows, n_columns = walkable.shape
    start = _nearest_walkable(px, py, walkable, x0, y0, cell)
    goal = _nearest_walkable(qx, qy, walkable, x0, y0, cell)
    if start < 0 or goal < 0:
        return False, px, py
    # searched from the goal, so that the chain of predecessors leads from the start towards the goal
    start_row, start_column = start // n_columns, start % n_columns
    marks[goal], cost[goal], came_from[goal] = stamp, 0.0, -1
    heap_key[0], heap_cell[0] = 0.0, goal
    size, looked = 1, 0
    found = False
    while size > 0 and looked < most:
        c, key = heap_cell[0], heap_key[0]
        size = _pop(heap_key, heap_cell, size)
        row, column = c // n_columns, c % n_columns
        far = _octile(row - start_row, column - start_column)
        if key > cost[c] + far + 1e-9:
            continue  # an older, longer way to this cell
        looked += 1
        if c == start:
            found = True
            break
        for dr in range(-1, 2):
            for dc in range(-1, 2):
                r, q = row + dr, column + dc
                if (dr == 0 and dc == 0) or r < 0 or r >= n_rows or q < 0 or q >= n_columns:
                    continue
                if walkable[r, q] == 0 or walkable[row, q] == 0 or walkable[r, column] == 0:
                    continue
                n = r * n_columns + q
                new = cost[c] + math.sqrt(float(dr * dr + dc * dc))
                if marks[n] == stamp and cost[n] <= new + 1e-12:
                    continue
                marks[n], cost[n], came_from[n] = stamp, new, c
                size = _push(heap_key, heap_cell, size, new + _octile(r - start_row, q - start_column), n)
    if not found:
        return False, px, py
    ax, ay = px, py
    c = start
    for _ in range(AHEAD_CELLS):
        c = came_from[c]
        if c < 0:
            break
        bx, by = x0 + (c % n_columns + 0.5) * cell, y0 + (c // n_columns + 0.5) * cell
        if not is_clear(px, py, bx, by, walkable, x0, y0, cell) and (ax != px or ay != py):
            break
        ax, ay = bx, by
    return True, ax, ay


@kernel
def _octile(rows, columns):  # type: ignore[no-untyped-def]
    a, b = abs(rows), abs(columns)
    return max(a, b) + 0.41421356 * min(a, b)


@kernel
def _nearest_walkable(px, py, walkable, x0, y0, cell):  # type: ignore[no-untyped-def]
    n_rows, n_columns = walkable.shape
    row, column = int((py - y0) / cell), int((px - x0) / cell)
    best, least = -1, 1e18
    for r in range(max(0, row - 3), min(n_rows, row + 4)):
        for c in range(max(0, column - 3), min(n_columns, column + 4)):
            if walkable[r, c] == 1:
                d2 = (x0 + (c + 0.5) * cell - px) ** 2 + (y0 + (r + 0.5) * cell - py) ** 2
                if d2 < least:
                    best, least = r * n_columns + c, d2
    return best


@kernel
def _push(heap_key, heap_cell, size, key, c):  # type: ignore[no-untyped-def]
    k = size
    while k > 0:
        parent = (k - 1) // 2
        if heap_key[parent] < key or (heap_key[parent] == key and heap_cell[parent] <= c):
            break
        heap_key[k], heap_cell[k] = heap_key[parent], heap_cell[parent]
        k = parent
    heap_key[k], heap_cell[k] = key, c
    return size + 1


@kernel
def _pop(heap_key, heap_cell, size):  # type: ignore[no-untyped-def]
    size -= 1
    key, c = heap_key[size], heap_cell[size]
    k = 0
    while True:
        child = 2 * k + 1
        if child >= size:
            break
        if child + 1 < size and (
            heap_key[child + 1] < heap_key[child]
            or (heap_key[child + 1] == heap_key[child] and heap_cell[child + 1] < heap_cell[child])
        ):
            child += 1
        if key < heap_key[child] or (key == heap_key[child] and c <= heap_cell[child]):
            break
        heap_key[k], heap_cell[k] = heap_key[child], heap_cell[child]
        k = child
    heap_key[k], heap_cell[k] = key, c
    return size
