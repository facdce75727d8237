"""Which walls are exits, for every way of drawing one; and what is refused."""

import numpy as np
import pytest
from shapely import LineString, MultiPolygon, Point, box

from impetus_sim.errors import InvalidInputError
from impetus_sim.world.border import find_border_exits
from impetus_sim.world.ground import ExitLine, build_ground

ROOM = box(0, 0, 10, 8)


def build(*geometries, plan=ROOM, width=None):
    exits = [ExitLine(name=f"e{k}", geometry=g, width_m=width) for k, g in enumerate(geometries)]
    return build_ground(plan, exits=exits)


def end_points(ground, index=0):
    return sorted({tuple(np.round(p, 3)) for s in ground.exit_segments(index) for p in (s[:2], s[2:])})


@pytest.mark.parametrize(
    ("geometry", "width", "expected"),
    [
        (LineString([(10, 3), (10, 5)]), None, [(10, 3), (10, 5)]),
        (LineString([(10.4, 5), (10.4, 3)]), None, [(10, 3), (10, 5)]),  # beside the edge, other direction
        (Point(5, 0.3), 2.0, [(4, 0), (6, 0)]),
        (Point(0, 0), 3.0, [(0, 0), (0, 1.5), (1.5, 0)]),  # round a corner, across the start of the ring
        (box(9, 3, 11, 5), None, [(10, 3), (10, 5)]),  # across the edge
        (box(10, 3, 11, 5), None, [(10, 3), (10, 5)]),  # outside, touching
    ],
)
def test_exits_on_the_edge(warm, geometry, width, expected):
    ground = build(geometry, width=width)
    assert {tuple(map(round, p, (3, 3))) for p in end_points(ground)} >= set(expected)
    assert ground.exit_width_m(0) == pytest.approx(3.0 if width == 3.0 else 2.0, abs=1e-4)


def test_an_exit_area_inside_the_ground_is_a_hole_with_an_open_rim(warm):
    ground = build(box(4, 4, 6, 6))
    assert ground.exit_width_m(0) == pytest.approx(8.0)
    assert ground.polygon.area == pytest.approx(76.0)


def test_an_exit_area_may_cut_the_ground_in_two(warm):
    ground = build(box(4, 0, 6, 8))
    assert isinstance(ground.polygon, MultiPolygon)


def test_interior_is_on_the_left_of_every_wall(warm):
    plan = ROOM - box(2, 2, 3, 3)
    ground = build(LineString([(10, 3), (10, 5)]), plan=plan)
    for ax, ay, bx, by in ground.walls:
        length = np.hypot(bx - ax, by - ay)
        left = Point((ax + bx) / 2 - 0.01 * (by - ay) / length, (ay + by) / 2 + 0.01 * (bx - ax) / length)
        assert plan.contains(left)


def test_walls_and_exits_together_are_the_whole_edge(warm):
    ground = build(Point(5, 0), LineString([(10, 3), (10, 5)]), width=1.5)
    lengths = np.hypot(ground.walls[:, 2] - ground.walls[:, 0], ground.walls[:, 3] - ground.walls[:, 1])
    assert lengths.sum() == pytest.approx(ROOM.length)
    assert set(ground.wall_exit) == {-1, 0, 1}


def test_exits_side_by_side_and_narrow(warm):
    doors = [LineString([(10, 3 + 0.3 * k), (10, 3.3 + 0.3 * k)]) for k in range(5)]
    ground = build(*doors)
    assert [round(ground.exit_width_m(k), 6) for k in range(5)] == [0.3] * 5


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (LineString([(10, 3), (10, 5)]), LineString([(10, 4), (10, 6)])),
        (LineString([(9, 0), (10, 0.5)]), LineString([(10, 0.2), (10, 1)])),  # across the start of the ring
        (LineString([(10, 1), (10, 7)]), LineString([(10, 3), (10, 4)])),
    ],
)
def test_overlap_is_refused_with_both_names(warm, first, second):
    with pytest.raises(InvalidInputError, match=r"'e[01]' and 'e[01]' overlap"):
        build(first, second)


@pytest.mark.parametrize("geometry", [LineString([(5, 3), (5, 5)]), Point(5, 4), box(12, 1, 13, 2)])
def test_off_the_edge_is_refused(warm, geometry):
    with pytest.raises(InvalidInputError, match=r"exit 'e0'.*edge of the walkable ground"):
        build(geometry)


def test_no_ground_is_refused(warm):
    with pytest.raises(InvalidInputError, match="no walkable ground"):
        build_ground(ROOM.intersection(box(20, 20, 21, 21)), exits=[])


def test_walkable_cells_lie_wholly_inside(warm):
    plan = ROOM - Point(5, 4).buffer(1.3)
    ground = build(LineString([(10, 3), (10, 5)]), plan=plan)
    rows, columns = np.nonzero(ground.walkable)
    for r, c in list(zip(rows, columns, strict=True))[::37]:
        left, bottom = ground.x0 + c * ground.cell, ground.y0 + r * ground.cell
        inner = box(left, bottom, left + ground.cell, bottom + ground.cell).buffer(-1e-6)
        assert plan.contains(inner) or inner.distance(LineString([(10, 3), (10, 5)])) < ground.cell


def test_border_exits_are_named_by_street_and_numbered(warm):
    focus = Point(0, 0).buffer(30)
    streets = box(-50, -3, 50, 3) | box(-2, 0, 2, 50)
    ground = streets & focus
    named = [("High Street", LineString([(-50, 0), (50, 0)])), ("Hill Lane", LineString([(0, 0), (0, 50)]))]
    exits = find_border_exits(ground, focus, named, min_width_m=2.0)
    assert [name for name, _ in exits] == ["High Street 1", "High Street 2", "Hill Lane"]
    built = build_ground(ground, exits=[], border_exits=exits)
    assert built.exit_names == ("High Street 1", "High Street 2", "Hill Lane")
    assert [built.exit_width_m(k) for k in range(3)] == pytest.approx([6, 6, 4], abs=0.1)
    assert find_border_exits(ground, focus, named, min_width_m=5.0) == [e for e in exits if "High" in e[0]]
    nameless = find_border_exits(ground, focus, [], min_width_m=2.0)
    assert len({name for name, _ in nameless}) == 3
    assert all(name.startswith("way out") for name, _ in nameless)
