"""Diffusion on a grid: nothing is lost, nothing passes a closed cell, the plain twin agrees."""

import numpy as np
import pytest

from impetus_sim.kernels.diffusion import diffuse


def test_sum_is_conserved_and_closed_cells_stay(warm):
    random = np.random.default_rng(4)
    is_open = (random.random((20, 25)) > 0.3).astype(np.uint8)
    field = random.random((20, 25)) * is_open
    out, total = np.empty_like(field), field.sum()
    for _ in range(200):
        diffuse(field, is_open, 0.25, out)
        field, out = out, field
    assert field.sum() == pytest.approx(total, rel=1e-12)
    assert (field >= 0).all()
    assert (field[is_open == 0] == 0).all()


def test_plain_twin(warm):
    random = np.random.default_rng(5)
    is_open = (random.random((9, 7)) > 0.3).astype(np.uint8)
    field, out = random.random((9, 7)), np.empty((9, 7))
    diffuse(field, is_open, 0.17, out)
    for r in range(9):
        for c in range(7):
            flux = 0.0
            for rr, cc in [(r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)]:
                if 0 <= rr < 9 and 0 <= cc < 7 and is_open[r, c] and is_open[rr, cc]:
                    flux += field[rr, cc] - field[r, c]
            assert out[r, c] == pytest.approx(field[r, c] + 0.17 * flux, rel=1e-13)


def test_spreads_like_a_gaussian(warm):
    field, out = np.zeros((101, 101)), np.empty((101, 101))
    field[50, 50] = 1.0
    is_open = np.ones((101, 101), np.uint8)
    for _ in range(400):
        diffuse(field, is_open, 0.2, out)
        field, out = out, field
    rows, columns = np.mgrid[:101, :101] - 50
    assert (field * rows**2).sum() == pytest.approx(2 * 0.2 * 400, rel=1e-3)  # variance 2 D t per axis
    assert (field * columns).sum() == pytest.approx(0.0, abs=1e-12)
