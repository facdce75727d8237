"""Junctions of zones, and trips between them."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from impetus_sim.errors import InvalidInputError
from impetus_sim.traffic.demand.trip_ends import draw_ends, find_trip_ends

X, Y = (c.ravel().astype(np.float64) for c in np.meshgrid(np.arange(10) * 100.0, np.arange(10) * 100.0))


def test_an_area_takes_its_junctions_by_their_people():
    people = np.zeros(100)
    people[[0, 1]] = 3.0, 1.0
    west, empty = find_trip_ends(
        [shapely.box(-1, -1, 450, 901), shapely.box(850, 850, 901, 901)], X, Y, people, most=20
    )
    assert west.origin.tolist() == [0, 1]
    assert west.origin_weight.tolist() == [3.0, 1.0]
    assert empty.origin.tolist() == [99]


def test_points_share_the_junctions_between_them():
    near, far = find_trip_ends([shapely.Point(0, 0), shapely.Point(900, 0)], X, Y, np.zeros(100), most=200)
    assert not set(near.origin) & set(far.origin)
    assert np.hypot(X[near.origin], Y[near.origin]).max() <= 400.0
    assert len(near.origin) == len(far.origin) > 10


def test_destinations_are_bounded():
    (zone,) = find_trip_ends([shapely.box(-1, -1, 901, 901)], X, Y, np.ones(100), most=12)
    assert 2 <= len(zone.goal) <= 12
    assert zone.goal_weight.sum() == pytest.approx(100.0)


def test_trips_of_a_pair_begin_and_end_in_its_zones_by_weight():
    zones = find_trip_ends(
        [shapely.box(-1, -1, 450, 901), shapely.box(450, -1, 901, 901)], X, Y, np.ones(100), most=100
    )
    draws = np.random.default_rng(1).random((4000, 4))
    origin, goal = draw_ends({"a": zones[0], "b": zones[1]}, np.zeros(4000, int), np.ones(4000, int), draws)
    assert (X[origin] < 450).all() and (X[goal] > 450).all()
    assert np.bincount(origin, minlength=100)[zones[0].origin].min() > 40


def test_trips_within_a_zone_are_driven_or_refused():
    zones = find_trip_ends(
        [shapely.box(-1, -1, 101, 1), shapely.box(899, 899, 901, 901)], X, Y, np.ones(100), most=10
    )
    held = {"two": zones[0], "one": zones[1]}
    origin, goal = draw_ends(
        held, np.zeros(50, int), np.zeros(50, int), np.random.default_rng(1).random((50, 4))
    )
    assert (origin != goal).all()
    with pytest.raises(InvalidInputError, match="zone 'one'"):
        draw_ends(held, np.ones(1, int), np.ones(1, int), np.full((1, 4), 0.5))
