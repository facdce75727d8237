"""Travel cost to a goal on a grid: the eikonal equation by fast marching.

Solves |grad T| = slowness with T given at seed cells, first order upwind, by a binary heap. Ties resolve by
cell index, so the result does not depend on anything but its input.

Source: Sethian (1996), A fast marching level set method for monotonically advancing fronts, PNAS 93(4).
"""

from __future__ import annotations

import math

import numpy as np

from impetus_sim.kernels.compile import kernel


@kernel
def _before(ta, ia, tb, ib):  # type: ignore[no-untyped-def]
    return ta < tb or (ta == tb and ia < ib)


@kernel
def _push(heap_t, heap_i, n, t, i):  # type: ignore[no-untyped-def]
    k = n
    while k > 0:
        parent = (k - 1) >> 1
        if not _before(t, i, heap_t[parent], heap_i[parent]):
            break
        heap_t[k] = heap_t[parent]
        heap_i[k] = heap_i[parent]
        k = parent
    heap_t[k] = t
    heap_i[k] = i
    return n + 1


@kernel
def _pop(heap_t, heap_i, n):  # type: ignore[no-untyped-def]
    # Removes the root; the caller has read it. Returns the new size.
    n -= 1
    t, i = heap_t[n], heap_i[n]
    k = 0
    while True:
        child = 2 * k + 1
        if child >= n:
            break
        if child + 1 < n and _before(heap_t[child + 1], heap_i[child + 1], heap_t[child], heap_i[child]):
            child += 1
        if not _before(heap_t[child], heap_i[child], t, i):
            break
        heap_t[k] = heap_t[child]
        heap_i[k] = heap_i[child]
        k = child
    heap_t[k] = t
    heap_i[k] = i
    return n


@kernel
def _solve(a, b, h):  # type: ignore[no-untyped-def]
    # Upwind update from the smaller neighbour in x (a) and in y (b); h = slowness * cell.
    if abs(a - b) >= h:
        return min(a, b) + h
    return 0.5 * (a + b + math.sqrt(2.0 * h * h - (a - b) * (a - b)))


@kernel
def march(walkable, slowness, cell, seed_cells, seed_costs, out_cost):  # type: ignore[no-untyped-def]
    """Fill the travel cost from each walkable cell to the nearest seed; inf where unreachable.

    Parameters
    ----------
    walkable
        uint8 (rows, columns).
    slowness
        float32 (rows, columns), 1 in the open, more where walking is unattractive.
    cell
        Cell size, m.
    seed_cells, seed_costs
        int64 (m,) flat indices and float64 (m,) costs at the goal.
    out_cost
        float32 (rows, columns), overwritten. Cost in metres of open ground.
    """
    n_rows, n_columns = walkable.shape
    cost = np.full(n_rows * n_columns, np.inf)
    done = np.zeros(n_rows * n_columns, np.uint8)
    capacity = 4 * n_rows * n_columns + seed_cells.shape[0] + 8
    heap_t = np.empty(capacity, np.float64)
    heap_i = np.empty(capacity, np.int64)
    n = 0
    for k in range(seed_cells.shape[0]):
        i = seed_cells[k]
        if seed_costs[k] < cost[i]:
            cost[i] = seed_costs[k]
            n = _push(heap_t, heap_i, n, seed_costs[k], i)
    while n > 0:
        t, i = heap_t[0], heap_i[0]
        n = _pop(heap_t, heap_i, n)
        if done[i] == 1 or t > cost[i]:
            continue
        done[i] = 1
        row, column = i // n_columns, i % n_columns
        for side in range(4):
            r = row + (1 if side == 0 else -1 if side == 1 else 0)
            c = column + (1 if side == 2 else -1 if side == 3 else 0)
            if r < 0 or r >= n_rows or c < 0 or c >= n_columns or walkable[r, c] == 0:
                continue
            j = r * n_columns + c
            if done[j] == 1:
                continue
            left = cost[j - 1] if c > 0 else np.inf
            right = cost[j + 1] if c < n_columns - 1 else np.inf
            down = cost[j - n_columns] if r > 0 else np.inf
            up = cost[j + n_columns] if r < n_rows - 1 else np.inf
            new = _solve(min(left, right), min(down, up), slowness[r, c] * cell)
            if new < cost[j]:
                cost[j] = new
                n = _push(heap_t, heap_i, n, new, j)
    for row in range(n_rows):
        for column in range(n_columns):
            out_cost[row, column] = cost[row * n_columns + column]


@kernel
def fill_directions(cost, out_direction):  # type: ignore[no-untyped-def]
    """Fill the unit vector of steepest descent of `cost`, (0, 0) where there is none.

    Overwrites `out_direction`, float32 (rows, columns, 2): x, y.
    """
    n_rows, n_columns = cost.shape
    for row in range(n_rows):
        for column in range(n_columns):
            t = cost[row, column]
            out_direction[row, column, 0] = 0.0
            out_direction[row, column, 1] = 0.0
            if not math.isfinite(t):
                continue
            left = cost[row, column - 1] if column > 0 else np.float32(np.inf)
            right = cost[row, column + 1] if column < n_columns - 1 else np.float32(np.inf)
            down = cost[row - 1, column] if row > 0 else np.float32(np.inf)
            up = cost[row + 1, column] if row < n_rows - 1 else np.float32(np.inf)
            dx, dy = 0.0, 0.0
            if left < right and left < t:
                dx = -(t - left)
            elif right < t:
                dx = t - right
            if down < up and down < t:
                dy = -(t - down)
            elif up < t:
                dy = t - up
            norm = math.sqrt(dx * dx + dy * dy)
            if norm > 0.0:
                out_direction[row, column, 0] = dx / norm
                out_direction[row, column, 1] = dy / norm
