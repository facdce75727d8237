"""Points and segments against shapely."""

import numpy as np
import pytest
from shapely import LineString, Point

from impetus_sim.kernels.geometry import distance_to_segment, nearest_on_segment, segments_cross


@pytest.fixture
def quadruples(warm):
    return (
        np.random.default_rng(1).integers(-4, 5, (2000, 8)).astype(float)
    )  # many touch, overlap, degenerate


def test_distance_is_shapelys(quadruples):
    for px, py, _, _, ax, ay, bx, by in quadruples[:500]:
        expected = Point(px, py).distance(LineString([(ax, ay), (bx, by)]))
        assert distance_to_segment(px, py, ax, ay, bx, by) == pytest.approx(expected, abs=1e-12)
        qx, qy = nearest_on_segment(px, py, ax, ay, bx, by)
        assert np.hypot(px - qx, py - qy) == pytest.approx(expected, abs=1e-12)


def test_crossing_is_shapelys_intersects(quadruples):
    for row in quadruples:
        p, q, a, b = row.reshape(4, 2)
        if (p == q).all() or (a == b).all():
            continue
        assert segments_cross(*row) == LineString([p, q]).intersects(LineString([a, b])), row


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ((2, 0, 3, 0), False),  # on one line, apart
        ((1, 0, 3, 0), True),  # on one line, touching at an end
        ((0.2, 0, 0.4, 0), True),  # inside
        ((0.5, 0, 0.5, 1), True),  # an end on it
        ((0.5, 1e-12, 0.5, 1), False),  # just off it
    ],
)
def test_touching_and_collinear(warm, other, expected):
    assert segments_cross(0.0, 0.0, 1.0, 0.0, *map(float, other)) == expected
