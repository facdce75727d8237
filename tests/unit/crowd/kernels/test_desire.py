"""Where people want to go: along the field, to their spot, away from threats."""

import numpy as np
import pytest
from shapely import LineString, box

from impetus_sim.crowd.kernels.desire import desire_directions
from impetus_sim.world.ground import WALL_CELL_M

NONE = np.zeros((0, 4))


@pytest.fixture(scope="module")
def world(build_world):
    plan = box(0, 0, 12, 8) - box(6, 0, 6.2, 6)
    return build_world(plan, {"east": LineString([(12, 1), (12, 3)])})


def desire(world, points, *, goal=0, walking=1, in_goal=0, spot=(0.0, 0.0), threats=NONE):
    n = len(points)
    x, y = np.array(points, float).T.copy()
    ground, goals = world.ground, world.goals
    speed, out_x, out_y = np.full(n, 9.0), np.full(n, 9.0), np.full(n, 9.0)
    desire_directions(
        np.arange(n, dtype=np.int32), n, x, y, np.full(n, goal, np.int16), np.full(n, walking, np.uint8),
        np.full(n, 1.3), np.full(n, 0.5), np.full(n, spot[0]), np.full(n, spot[1]), np.full(n, in_goal, np.uint8),
        goals.directions, goals.costs,
        ground.x0, ground.y0, ground.cell, ground.walls, WALL_CELL_M, ground.wall_columns, ground.sight.start,
        ground.sight.of, threats, len(threats), np.full((n, 1), -1), np.zeros((n, 8), np.float32), speed,
        out_x, out_y,
    )  # fmt: skip
    assert (speed == np.where((out_x == 0) & (out_y == 0), 0.0, 0.65)).all()
    return np.column_stack([out_x, out_y])


def test_straight_to_the_exit_in_the_open(world):
    for point in [(9.0, 2.0), (8.0, 2.2)]:
        assert desire(world, [point])[0] == pytest.approx([1.0, 0.0], abs=0.15)


def test_round_the_wall(world):
    direction = desire(world, [(3.0, 1.0)])[0]
    to_end = np.array([6.1, 6.3]) - [3.0, 1.0]
    assert direction @ to_end / np.hypot(*to_end) > 0.95


def test_unit_vectors_everywhere_inside(world):
    random = np.random.default_rng(7)
    points = random.uniform([0.03, 0.03], [11.97, 7.97], (600, 2))
    points = points[(points[:, 0] < 5.97) | (points[:, 0] > 6.23) | (points[:, 1] > 6.03)]
    length = np.hypot(*desire(world, points).T)
    assert length == pytest.approx(np.ones(len(points)))


def test_nobody_wishes_without_goal_or_when_standing(world):
    assert (desire(world, [(3, 3)], goal=-1) == 0).all()
    assert (desire(world, [(3, 3)], walking=0) == 0).all()


def test_inside_the_place_to_the_spot(world):
    assert desire(world, [(3, 3)], in_goal=1, spot=(3.0, 4.0))[0] == pytest.approx([0.0, 1.0])


def test_threats_push_away_and_fade_with_distance(world):
    close = desire(world, [(9.0, 2.0)], threats=np.array([[9.5, 2.0, 5.0, 3.0]]))[0]
    outside = desire(world, [(9.0, 2.0)], threats=np.array([[9.5, 7.5, 5.0, 3.0]]))[0]
    assert close[0] < 0
    assert outside == pytest.approx(desire(world, [(9.0, 2.0)])[0])
