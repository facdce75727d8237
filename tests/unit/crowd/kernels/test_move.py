"""One step of moving: sliding, stopping, leaving; nobody on the wrong side of a wall."""

import numpy as np
import pytest
import shapely
from shapely import LineString, box

from impetus_sim.crowd.kernels.move import CLEARANCE, move_people
from impetus_sim.world.ground import NEAR_WALL_M, WALL_CELL_M, ExitLine, build_ground

RADIUS = 0.25
PLAN = box(0, 0, 10, 8) - shapely.Polygon([(4, 2), (6, 4), (4, 6)]) - box(7, 0, 7.05, 3)


@pytest.fixture(scope="module")
def ground(warm):
    return build_ground(PLAN, exits=[ExitLine(name="door", geometry=LineString([(10, 5), (10, 6)]))])


def step(ground, x, y, vx, vy, *, dt=0.05, is_open=True, lets=True):
    x, y, vx, vy = (np.atleast_1d(np.array(v, float)) for v in (x, y, vx, vy))
    crossed = np.full(len(x), -5, np.int16)
    wall_is_open = ((ground.wall_exit >= 0) & is_open).astype(np.uint8)
    move_people(
        np.arange(len(x), dtype=np.int32), len(x), np.ones(len(x), np.uint8), dt, ground.walls, wall_is_open,
        ground.wall_exit, np.array([lets], np.uint8), ground.x0, ground.y0, WALL_CELL_M,
        ground.wall_columns, ground.near.start, ground.near.of, x, y, np.full(len(x), RADIUS), vx, vy, crossed,
    )  # fmt: skip
    return x, y, vx, vy, crossed


def test_free_step(ground):
    x, y, vx, vy, crossed = step(ground, 2, 2, 1.2, -0.4)
    assert (x[0], y[0], vx[0], vy[0]) == pytest.approx((2.06, 1.98, 1.2, -0.4))
    assert crossed[0] == -1


def test_a_full_door_keeps_people_before_its_line(ground):
    assert step(ground, 9.98, 5.5, 1.3, 0.0)[4][0] == 0
    x, y, vx, vy, crossed = step(ground, 9.98, 5.5, 1.3, 0.0, lets=False)
    assert (x[0], y[0], vx[0], vy[0], crossed[0]) == (9.98, 5.5, 0.0, 0.0, -2)  # kept by exit 0


def test_slides_along_a_wall(ground):
    x, y, vx, vy, _ = step(ground, 2, 0.21, 1.0, -1.0)
    assert (x[0], y[0]) == pytest.approx((2.05, 0.21))
    assert (vx[0], vy[0]) == pytest.approx((1.0, 0.0))  # the velocity that was realised


def test_stays_in_a_corner(ground):
    x, y, vx, vy, _ = step(ground, 0.21, 0.21, -1.0, -1.0)
    assert (x[0], y[0], vx[0], vy[0]) == (0.21, 0.21, 0.0, 0.0)


def test_leaves_through_an_open_exit_only(ground):
    assert step(ground, 9.98, 5.5, 1.0, 0.0)[4][0] == 0
    x, _, _, _, crossed = step(ground, 9.98, 5.5, 1.0, 0.0, is_open=False)
    assert crossed[0] == -1 and x[0] < 10


def test_whoever_stands_too_close_to_a_wall_may_walk_away(ground):
    x, _, _, _, _ = step(ground, 9.995, 5.5, -1.0, 0.0, is_open=False)  # the exit closed behind them
    assert x[0] == pytest.approx(9.945)


def test_a_thin_wall_is_a_wall(ground):
    x, _, _, _, _ = step(
        ground, 6.75, 1.0, 2.5, 0.0, dt=0.25
    )  # the step is far longer than the wall is thick
    assert x[0] < 7


@pytest.mark.parametrize("dt", [0.05, 0.25])
def test_random_walkers_never_get_out(ground, dt):
    random = np.random.default_rng(6)
    x, y = random.uniform(0, 10, 400), random.uniform(0, 8, 400)
    keep = shapely.contains_xy(PLAN, x, y) & (
        shapely.distance(shapely.points(x, y), PLAN.boundary) > CLEARANCE
    )
    x, y = x[keep], y[keep]
    speed = (NEAR_WALL_M - CLEARANCE) / dt  # the longest step that a run accepts
    for _ in range(60):
        angle = random.uniform(0, 2 * np.pi, len(x))
        before = np.column_stack([x, y])
        x, y, _, _, _ = step(ground, x, y, speed * np.cos(angle), speed * np.sin(angle), dt=dt, is_open=False)
        assert shapely.contains_xy(PLAN, x, y).all()
        assert shapely.distance(shapely.points(x, y), PLAN.boundary).min() >= CLEARANCE - 1e-12
        ways = shapely.linestrings(np.stack([before, np.column_stack([x, y])], axis=1))
        moved = np.hypot(*(np.column_stack([x, y]) - before).T) > 0
        assert not shapely.intersects(ways[moved], PLAN.boundary).any()
