"""The high-voltage ring: along mapped lines where they lead there, straight elsewhere."""

from dataclasses import replace

import numpy as np
import pytest
import shapely

from impetus_sim.infrastructure.city.ring import build_ring
from impetus_sim.maps.layers import make_layer


@pytest.fixture
def town(draw_town):
    """A town of 1200 by 480 m, its edge at the outermost houses."""
    return draw_town(columns=10, rows=4)


def with_line(town, points, voltage_kv=110.0):
    x0, y0, x1, y1 = town.bounds
    facts = {"kind": ["line"], "voltage_kv": [voltage_kv]}
    layer = make_layer("power_lines", facts, [shapely.LineString(points)], crs=town.crs)
    meta = {"bbox_local": [x0, y0, x1, y1]}
    return replace(town, layers={**town.layers, "power_lines": layer}, meta=meta)


def test_without_mapped_lines_the_ring_is_straight(town):
    ring = build_ring(town, np.array([300.0, 900.0]), np.array([100.0, 100.0]))
    assert not ring.is_on_line and len(ring.sections) == 3 and sorted(ring.order) == [0, 1]
    assert sum(section.mapped_m for section in ring.sections) == 0.0
    assert all(len(section.points) == 2 for section in ring.sections)


def test_the_ring_comes_in_where_a_line_leaves_the_map_and_follows_it(town):
    west = town.bounds[0]
    points = [(west, 200.0), (400.0, 200.0), (900.0, 200.0)]
    ring = build_ring(with_line(town, points), np.array([900.0]), np.array([210.0]))
    assert ring.is_on_line and ring.supply_xy == (west, 200.0)
    assert [round(section.mapped_m) for section in ring.sections] == [round(900.0 - west)] * 2
    assert ring.sections[0].length_m == pytest.approx(900.0 - west + 1.3 * 10.0)


def test_lines_of_medium_voltage_are_no_part_of_it_and_unknown_ones_are(town):
    points = [(town.bounds[0], 200.0), (900.0, 200.0)]
    at = np.array([900.0]), np.array([210.0])
    assert not build_ring(with_line(town, points, 20.0), *at).is_on_line
    assert build_ring(with_line(town, points, 0.0), *at).is_on_line


def test_a_round_trip_has_no_crossings(town):
    x, y = np.array([100.0, 1000.0, 100.0, 1000.0]), np.array([50.0, 400.0, 400.0, 50.0])
    ring = build_ring(town, x, y)
    length = sum(section.length_m for section in ring.sections)
    assert length <= 1.3 * (2 * 900.0 + 2 * 350.0 + 2 * 150.0)
