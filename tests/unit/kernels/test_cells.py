"""Cell lists against a stable sort in plain Python."""

import numpy as np

from impetus_sim.kernels.cells import sort_by_cell


def test_sorted_by_cell_and_stable_inside(warm):
    random = np.random.default_rng(2)
    x, y = random.uniform(-1, 7, 300), random.uniform(-1, 5, 300)
    rows = np.sort(random.choice(300, 200, replace=False)).astype(np.int32)
    n_columns, n_rows, cell = 8, 6, 0.8
    start = np.full(n_columns * n_rows + 1, 99, np.int32)
    order, scratch = np.full(300, -1, np.int32), np.zeros(300, np.int32)
    sort_by_cell(x, y, rows, 200, 0.0, 0.0, cell, n_columns, n_columns * n_rows, start, order, scratch)

    def cell_of(i):
        column = min(n_columns - 1, max(0, int(x[i] / cell)))
        return min(n_rows - 1, max(0, int(y[i] / cell))) * n_columns + column

    assert order[:200].tolist() == sorted(rows.tolist(), key=lambda i: (cell_of(i), i))
    assert start[0] == 0 and start[-1] == 200
    for c in range(n_columns * n_rows):
        assert all(cell_of(i) == c for i in order[start[c] : start[c + 1]])


def test_nobody(warm):
    start, order, scratch = np.ones(5, np.int32), np.zeros(0, np.int32), np.zeros(0, np.int32)
    empty = np.zeros(0)
    sort_by_cell(empty, empty, np.zeros(0, np.int32), 0, 0.0, 0.0, 1.0, 2, 4, start, order, scratch)
    assert start.tolist() == [0] * 5
