"""Polygons and walls on grids against shapely."""

import numpy as np
import pytest
import shapely
from shapely import LineString, box

from impetus_sim.kernels import raster

CELL, SHAPE = 0.5, (24, 30)
X0, Y0 = -1.0, -1.0


@pytest.fixture
def polygon(warm):
    outer = [(0, 0), (9, 1), (12, 8), (5, 6), (1, 9)]
    return shapely.Polygon(outer, [[(3, 3), (5, 3.2), (4, 5)]])


@pytest.fixture
def segments(polygon):
    rings = [polygon.exterior, *polygon.interiors]
    return np.array([(*a, *b) for r in rings for a, b in zip(r.coords, r.coords[1:], strict=False)])


def centres():
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]] * CELL + CELL / 2
    return x + X0, y + Y0


def test_inside_is_shapelys_contains(polygon, segments):
    out = np.empty(SHAPE, np.uint8)
    raster.fill_inside(segments, X0, Y0, CELL, out)
    x, y = centres()
    far = shapely.distance(shapely.points(x, y), polygon.boundary) > 1e-9
    assert (out.astype(bool) == shapely.contains_xy(polygon, x, y))[far].all()
    again = np.empty(SHAPE, np.uint8)
    raster.fill_inside(segments[::-1].copy(), X0, Y0, CELL, again)
    assert (out == again).all()


def test_crossed_cells_are_those_that_a_wall_touches(segments):
    out = np.zeros(SHAPE, np.uint8)
    raster.mark_crossed(segments, X0, Y0, CELL, out)
    lines = shapely.union_all([LineString([s[:2], s[2:]]) for s in segments])
    for row in range(SHAPE[0]):
        for column in range(SHAPE[1]):
            left, bottom = X0 + column * CELL, Y0 + row * CELL
            if box(left + 1e-9, bottom + 1e-9, left + CELL - 1e-9, bottom + CELL - 1e-9).intersects(lines):
                assert out[row, column] == 1
            elif not box(left, bottom, left + CELL, bottom + CELL).buffer(1e-9).intersects(lines):
                assert out[row, column] == 0


def test_distance_up_to_the_band(segments):
    out = np.empty(SHAPE, np.float32)
    raster.fill_distance(segments, X0, Y0, CELL, 1.5, out)
    lines = shapely.multilinestrings([LineString([s[:2], s[2:]]) for s in segments])
    x, y = centres()
    expected = np.minimum(1.5, shapely.distance(shapely.points(x, y), lines))
    assert out == pytest.approx(expected, abs=1e-6)


def test_near_lists_miss_no_wall_and_are_ascending(segments):
    reach, columns, n_cells = 0.9, SHAPE[1], SHAPE[0] * SHAPE[1]
    start = np.zeros(n_cells + 1, np.int32)
    total = raster.count_segments_near(segments, X0, Y0, CELL, columns, reach, start)
    of = np.full(total, -1, np.int32)
    raster.list_segments_near(segments, X0, Y0, CELL, columns, reach, start, of)
    assert start[-1] == total and (of >= 0).all()
    lines = [LineString([s[:2], s[2:]]) for s in segments]
    for k in range(n_cells):
        left, bottom = X0 + k % columns * CELL, Y0 + k // columns * CELL
        cell = box(left, bottom, left + CELL, bottom + CELL)
        listed = of[start[k] : start[k + 1]].tolist()
        assert listed == sorted(set(listed))
        assert {w for w, line in enumerate(lines) if line.distance(cell) <= reach} <= set(listed)
