"""Which exit: the nearest, the free one, the safe one; never a closed or forbidden one."""

import numpy as np
import pytest
from shapely import LineString, box

from impetus_sim.crowd.kernels.choose import choose_exits, cost_at, count_ahead

NONE = np.zeros((0, 4))


@pytest.fixture(scope="module")
def world(build_world):
    exits = {"east": LineString([(20, 3), (20, 5)]), "west": LineString([(0, 3), (0, 5)])}
    return build_world(box(0, 0, 20, 8), exits)  # exit 0 is east, 1 is west


def choose(
    world, points, *, goals=None, leaving=1, taste=0.0, is_open=(1, 1), allowed=(1, 1), threats=NONE, gain=5.0,
    beyond=(0.0, 0.0), extra=None,
):  # fmt: skip
    n, ground, costs = len(points), world.ground, world.goals.costs
    x, y = np.array(points, float).T.copy()
    goal = np.full(n, -1, np.int16) if goals is None else np.array(goals, np.int16)
    rows = np.arange(n, dtype=np.int32)
    ahead = np.zeros((2, 40), np.int64)
    count_ahead(
        rows, n, x, y, goal, np.full(n, leaving, np.uint8), costs, 2, ground.x0, ground.y0, ground.cell,
        np.zeros(n, np.int32), ahead,
    )  # fmt: skip
    due = rows[-1:] if goals is not None else rows
    choose_exits(
        due, len(due), np.arange(n, dtype=np.uint64), x, y, np.full(n, 1.3), np.zeros(n, np.int16),
        np.array([allowed], np.uint8), np.array(is_open, np.uint8), np.array([11, 22], np.uint32),
        np.full(2, 2.0), np.array([[20.0, 4.0], [0.0, 4.0]]), np.array([beyond]),
        np.zeros((0, 0)) if extra is None else np.array([extra] * n), costs,
        ground.x0, ground.y0, ground.cell, ahead,
        1.3, taste, gain, 0.0, threats, len(threats), 120.0, np.array([1, 2], np.uint32), goal,
    )  # fmt: skip
    return goal


def test_nearest_without_taste(world):
    assert choose(world, [(15, 4), (4, 4)]).tolist() == [0, 1]


def test_closed_and_forbidden_exits_are_never_chosen(world):
    assert choose(world, [(15, 4)], is_open=(0, 1)).tolist() == [1]
    assert choose(world, [(15, 4)], allowed=(0, 1)).tolist() == [1]
    assert choose(world, [(15, 4)], is_open=(0, 0)).tolist() == [-1]


def test_a_queue_sends_people_elsewhere(world):
    queue = [(18.0, 1 + 0.1 * k) for k in range(60)]  # 60 people at 2.6 per second: 23 s of waiting
    me = (11.0, 4.0)
    assert choose(world, [me]).tolist() == [0]
    assert choose(world, [*queue, me], goals=[0] * 60 + [-1])[-1] == 1


def test_an_exit_is_changed_only_for_a_clear_gain(world):
    assert choose(world, [(9.0, 4.0)], goals=[0])[0] == 0  # west is 1.5 s nearer: not worth it
    assert choose(world, [(9.0, 4.0)], goals=[0], gain=1.0)[0] == 1


def test_time_beyond_an_exit_and_personal_reasons_count(world):
    assert choose(world, [(15, 4)], beyond=(12.0, 0.0)).tolist() == [1]  # 7.7 s nearer, 12 s longer beyond
    assert choose(world, [(15, 4)], beyond=(5.0, 0.0)).tolist() == [0]
    assert choose(world, [(15, 4)], extra=(0.0, -12.0)).tolist() == [1]


def test_threats_on_the_way_or_at_the_exit_repel(world):
    assert choose(world, [(15, 4)], threats=np.array([[19.0, 4.0, 4.0, 1.0]])).tolist() == [1]
    assert choose(world, [(15, 4)], threats=np.array([[2.0, 4.0, 1.0, 1.0]])).tolist() == [0]


def test_taste_is_personal_and_fixed(world):
    points = [(10.0, 4.0)] * 200
    first, again = choose(world, points, taste=4.0), choose(world, points, taste=4.0)
    assert (first == again).all()
    assert 60 < (first == 0).sum() < 140


def test_queue_counts_by_metre(world):
    n, ground = 3, world.ground
    x, y = np.array([19.5, 15.5, 10.5]), np.full(3, 4.0)
    ahead = np.zeros((2, 30), np.int64)
    count_ahead(
        np.arange(3, dtype=np.int32), n, x, y, np.zeros(3, np.int16), np.ones(3, np.uint8),
        world.goals.costs, 2,
        ground.x0, ground.y0, ground.cell, np.zeros(3, np.int32), ahead,
    )  # fmt: skip
    assert ahead[0, 0] == 0 and ahead[0, 1] == 1 and ahead[0, 5] == 2 and ahead[0, -1] == 3
    assert (ahead[1] == 0).all()


def test_cost_near_a_wall_is_that_of_the_cells_around(world):
    ground = world.ground
    there = cost_at(world.goals.costs[0], 10.0, 0.02, ground.x0, ground.y0, ground.cell)
    assert np.isfinite(there) and there == pytest.approx(10.7, abs=1.5)
    assert np.isinf(cost_at(world.goals.costs[0], -0.9, -0.9, ground.x0, ground.y0, ground.cell))
