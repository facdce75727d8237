"""Kernels of sight against plain Python: runners in sight, others' exits, believed threats."""

import numpy as np
import pytest
from shapely import LineString, box

from impetus_sim.crowd.kernels.look import (
    count_running,
    find_leaders,
    is_clear,
    turn_from_believed,
    weigh_believed_threat,
    weigh_others,
)
from impetus_sim.crowd.surroundings import Surroundings

REACH = 6.0


class People:
    def __init__(self, x, y):
        self.x, self.y = x, y


@pytest.fixture(scope="module")
def scene(build_world):
    plan = box(0, 0, 30, 20) - box(14, 0, 15, 15)
    world = build_world(
        plan, {"east": LineString([(30, 8), (30, 12)]), "west": LineString([(0, 8), (0, 12)])}
    )
    random = np.random.default_rng(5)
    x, y = random.uniform(0.5, 29.5, 120), random.uniform(0.5, 19.5, 120)
    keep = ~((x > 13.5) & (x < 15.5) & (y < 15.5))
    return world, x[keep], y[keep]


def sees(world, x, y, i, j):
    g = world.ground
    return is_clear(x[i], y[i], x[j], y[j], g.inside, g.x0, g.y0, g.cell)


def grid_of(world, x, y, rows):
    grid = Surroundings(len(x), world.ground, reach_m=REACH)
    grid.update(People(x, y), np.array(rows, np.int32))
    return (grid.order, grid.start, grid.x0, grid.y0, grid.reach, grid.n_columns, grid.n_rows)


def ground_of(world):
    return (world.ground.inside, world.ground.x0, world.ground.y0, world.ground.cell)


def test_sight_ends_at_a_wall(scene):
    g = scene[0].ground
    assert is_clear(10.0, 5.0, 13.0, 5.0, g.inside, g.x0, g.y0, g.cell)
    assert not is_clear(10.0, 5.0, 20.0, 5.0, g.inside, g.x0, g.y0, g.cell)
    assert is_clear(10.0, 18.0, 20.0, 18.0, g.inside, g.x0, g.y0, g.cell)


def test_running_people_in_sight(scene):
    world, x, y = scene
    n = len(x)
    running, calm = np.arange(0, n, 3), np.setdiff1d(np.arange(n), np.arange(0, n, 3))
    count, nearest = np.zeros(n), np.zeros(n, np.int32)
    count_running(
        calm.astype(np.int32), x, y, *grid_of(world, x, y, running), 99.0, *ground_of(world), count, nearest
    )
    for k, i in enumerate(calm):
        d = np.hypot(x[running] - x[i], y[running] - y[i])
        seen = [j for j, far in zip(running, d, strict=True) if far <= REACH and sees(world, x, y, i, j)]
        assert count[k] == len(seen)
        assert nearest[k] == min(seen, key=lambda j: np.hypot(x[j] - x[i], y[j] - y[i]), default=-1)
    few = np.zeros(n)
    count_running(
        calm.astype(np.int32), x, y, *grid_of(world, x, y, running), 2.0, *ground_of(world), few, nearest
    )
    assert (few[: len(calm)] == np.minimum(count[: len(calm)], 2.0)).all()


def test_leaders_are_the_nearest_in_sight(scene):
    world, x, y = scene
    n = len(x)
    shown, rows = np.arange(0, n, 2), np.arange(1, n, 2)
    leader = np.full(n, -5, np.int32)
    find_leaders(rows.astype(np.int32), x, y, *grid_of(world, x, y, shown), *ground_of(world), leader)
    for i in rows:
        near = [j for j in shown if np.hypot(x[j] - x[i], y[j] - y[i]) < REACH and sees(world, x, y, i, j)]
        assert leader[i] == min(near, key=lambda j: np.hypot(x[j] - x[i], y[j] - y[i]), default=-1)


def test_others_weigh_by_the_share_who_make_for_an_exit(scene):
    world, x, y = scene
    n = len(x)
    goal = (np.arange(n) % 3 - 1).astype(np.int16)
    due, out = np.arange(0, n, 4).astype(np.int32), np.zeros((len(range(0, n, 4)), 2))
    weigh_others(due, x, y, goal, 2, *grid_of(world, x, y, range(n)), 12.0, *ground_of(world), out)
    for k, i in enumerate(due):
        near = [
            j for j in range(n)
            if j != i and goal[j] >= 0 and np.hypot(x[j] - x[i], y[j] - y[i]) <= REACH and sees(world, x, y, i, j)
        ]  # fmt: skip
        for g in range(2):
            k_g = sum(goal[j] == g for j in near)
            assert out[k, g] == pytest.approx(-12.0 * k_g / (len(near) + 1))


def test_believed_threats_weigh_and_turn(scene):
    world, x, y = scene
    g, costs = world.ground, world.goals.costs
    rows = np.arange(6, dtype=np.int32)
    place_x, place_y = np.full(len(x), np.nan), np.full(len(x), np.nan)
    place_x[:4], place_y[:4] = 28.0, 10.0
    middles = np.array([[30.0, 10.0], [0.0, 10.0]])
    out = np.zeros((6, 2))
    weigh_believed_threat(
        rows, x, y, place_x, place_y, 10.0, 1.0, 100.0, middles, costs, 2, g.x0, g.y0, g.cell, out
    )
    assert (out[:4, 0] >= 100.0 * (1 - 2.0 / 10.0) - 1e-9).all() and (out[4:] == 0).all()
    px, py = np.array([5.0, 5.0, 5.0]), np.array([5.0, 5.0, 5.0])
    ex, ey = np.array([1.0, 1.0, 0.0]), np.zeros(3)
    turn_from_believed(
        np.arange(3, dtype=np.int32), px, py, np.array([8.0, np.nan, 8.0]), np.full(3, 5.0), 10.0, 3.0, ex, ey
    )
    assert ex.tolist() == [-1.0, 1.0, 0.0]  # 1 - 3 x 0.7 = -1.1: turned round; unaware; standing
