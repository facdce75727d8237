"""Passages too narrow for a body are no way; those wide enough stay one, wherever the grid lies."""

import numpy as np
import pytest
import shapely

from impetus_sim.world.gates import GateGrid, GateLine
from impetus_sim.world.ground import ExitLine, build_ground


def two_rooms(gap_m, shift_m=0.0):
    """Return two rooms of 4 m with a passage 1 m long between them, its position shifted on the grid."""
    y = 2.0 + shift_m
    return shapely.union_all(
        [shapely.box(0, 0, 4, 4), shapely.box(5, 0, 9, 4), shapely.box(3.9, y, 5.1, y + gap_m)]
    )


def reached(build_world, plan):
    world = build_world(plan, {"door": shapely.LineString([(9, 1), (9, 3)])})
    ground = world.ground
    return bool(
        np.isfinite(
            world.goals.costs[0, int((1.0 - ground.y0) / ground.cell), int((1.0 - ground.x0) / ground.cell)]
        )
    )


@pytest.mark.parametrize("shift_m", [0.0, 0.06, 0.12, 0.19])
@pytest.mark.parametrize(
    ("gap_m", "is_way"), [(0.26, False), (0.32, False), (0.38, False), (0.75, True), (1.0, True)]
)
def test_a_passage_is_a_way_where_a_body_fits(build_world, gap_m, is_way, shift_m):
    assert reached(build_world, two_rooms(gap_m, shift_m)) is is_way


def test_no_passage_that_a_body_fits_through_is_lost(warm):
    """The check takes nothing away from passages of 0.46 m and more that the grid sees at all."""
    for gap_m in (0.46, 0.5, 0.6, 0.7):
        for shift_m in np.arange(0.0, 0.25, 0.03):
            ground = build_ground(two_rooms(gap_m, shift_m), exits=[])
            column = int((4.5 - ground.x0) / ground.cell)
            rows = np.flatnonzero(ground.inside[:, column])
            clear = [r for r in rows if ground.wall_distance[r, column] >= 0.5 * ground.cell + 1e-6]
            assert all(ground.walkable[r, column] == 1 for r in clear), (gap_m, shift_m)


def test_a_gate_that_leaves_a_narrow_gap_is_shut(warm):
    room = shapely.box(0, 0, 8, 4)
    door = ExitLine(name="door", geometry=shapely.LineString([(8, 1), (8, 3)]))
    for gap_m, n_ways in ((0.35, 0), (1.2, 1)):
        gate = GateLine(name="gate", geometry=shapely.LineString([(4, 0), (4, 4 - gap_m)]))
        ground = build_ground(room, exits=[door], gates=[gate])
        grid = GateGrid(ground)
        open_cells = int(ground.walkable.sum())
        grid.apply(np.zeros(1, np.uint8))
        column = int((4.0 - ground.x0) / ground.cell)
        assert (ground.walkable[:, column].sum() > 0) == bool(n_ways)
        grid.apply(np.ones(1, np.uint8))
        assert int(ground.walkable.sum()) == open_cells
