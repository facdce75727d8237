"""Travel cost by fast marching: the open plane, a wall to walk round, and a plain Python twin."""

import heapq
import math

import numpy as np
import pytest

from impetus_sim.kernels import eikonal


def march(walkable, seeds, *, cell=0.25, slowness=None):
    out = np.empty(walkable.shape, np.float32)
    slow = np.ones(walkable.shape, np.float32) if slowness is None else slowness
    cells = np.array([r * walkable.shape[1] + c for r, c in seeds], np.int64)
    eikonal.march(walkable, slow, cell, cells, np.zeros(len(cells)), out)
    return out


def test_open_plane_within_first_order_error(warm):
    walkable = np.ones((81, 81), np.uint8)
    cost = march(walkable, [(40, 40)])
    rows, columns = np.mgrid[:81, :81]
    distance = 0.25 * np.hypot(rows - 40, columns - 40)
    assert (cost >= distance - 1e-5).all()  # first order upwind overestimates from a point
    far = distance > 5
    assert ((cost - distance) / np.maximum(distance, 1e-9))[far].max() < 0.06


def test_error_shrinks_with_the_cell(warm):
    worst = []
    for n in (20, 40, 80):
        size = 2 * n + 1
        cost = march(np.ones((size, size), np.uint8), [(n, n)], cell=10.0 / n)
        rows, columns = np.mgrid[:size, :size]
        worst.append(np.abs(cost - 10.0 / n * np.hypot(rows - n, columns - n)).max())
    assert worst[0] > 1.5 * worst[1] > 2.25 * worst[2]


def test_round_a_wall(warm):
    walkable = np.ones((61, 81), np.uint8)
    walkable[:50, 40] = 0  # a wall from below; the way round is over its end at row 50
    cost = march(walkable, [(10, 20)])
    corner = 0.25 * math.hypot(50 - 10, 40 - 20)
    for target in [(10, 60), (20, 70), (30, 55)]:
        shortest = corner + 0.25 * math.hypot(50 - target[0], 40 - target[1])
        assert cost[target] == pytest.approx(shortest, rel=0.05)
    assert np.isinf(cost[10, 40])


def test_cut_off_ground_is_infinitely_far(warm):
    walkable = np.ones((10, 20), np.uint8)
    walkable[:, 10] = 0
    cost = march(walkable, [(5, 2)])
    assert np.isfinite(cost[:, :10]).all() and np.isinf(cost[:, 10:]).all()


def test_plain_python_twin(warm):
    random = np.random.default_rng(3)
    walkable = (random.random((25, 30)) > 0.2).astype(np.uint8)
    slowness = random.uniform(1, 3, walkable.shape).astype(np.float32)
    seeds = [(12, 3), (20, 25)]
    for seed in seeds:
        walkable[seed] = 1
    got = march(walkable, seeds, slowness=slowness)
    assert got == pytest.approx(twin(walkable, slowness, 0.25, seeds), rel=1e-5)


def twin(walkable, slowness, cell, seeds):
    rows, columns = walkable.shape
    cost = np.full(walkable.shape, np.inf)
    done = np.zeros(walkable.shape, bool)
    heap = []
    for seed in seeds:
        cost[seed] = 0.0
        heapq.heappush(heap, (0.0, *seed))

    def at(r, c):
        return cost[r, c] if 0 <= r < rows and 0 <= c < columns else np.inf

    while heap:
        _, r, c = heapq.heappop(heap)
        if done[r, c]:
            continue
        done[r, c] = True
        for rr, cc in [(r + 1, c), (r - 1, c), (r, c + 1), (r, c - 1)]:
            if not (0 <= rr < rows and 0 <= cc < columns) or done[rr, cc] or not walkable[rr, cc]:
                continue
            a, b = min(at(rr, cc - 1), at(rr, cc + 1)), min(at(rr - 1, cc), at(rr + 1, cc))
            f = float(slowness[rr, cc]) * cell
            if abs(a - b) >= f:
                new = min(a, b) + f
            else:
                new = 0.5 * (a + b + math.sqrt(2 * f * f - (a - b) ** 2))
            if new < cost[rr, cc]:
                cost[rr, cc] = new
                heapq.heappush(heap, (new, rr, cc))
    return cost


def test_directions_point_down_the_cost(warm):
    cost = march(np.ones((41, 41), np.uint8), [(20, 20)])
    direction = np.empty((41, 41, 2), np.float32)
    eikonal.fill_directions(cost, direction)
    rows, columns = np.mgrid[:41, :41]
    away = np.stack([columns - 20.0, rows - 20.0], axis=-1)
    length = np.hypot(away[..., 0], away[..., 1])
    cosine = -(direction * away).sum(axis=-1) / np.maximum(length, 1e-9)
    assert (direction[20, 20] == 0).all()
    assert cosine[length > 4].min() > 0.97
    assert np.hypot(direction[..., 0], direction[..., 1])[length > 0] == pytest.approx(1.0, abs=1e-5)
