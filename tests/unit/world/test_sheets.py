"""Sheets: from the plane to the building and back to distances in space."""

import numpy as np
import pytest

from impetus_sim.world.sheets import SheetFrame, Sheets

HALL = SheetFrame(box=(0, 0, 20, 10), west=(0, 0, 0), east=(20, 0, 0), shift_y=0.0)
CELLAR = SheetFrame(box=(0, -40, 20, -30), west=(0, 0, -6), east=(20, 0, -6), shift_y=-40.0)
STAIR = SheetFrame(box=(50, 0, 60, 2), west=(5, 10, -6), east=(13, 10, 0))


@pytest.fixture
def sheets():
    return Sheets([HALL, CELLAR, STAIR])


def test_one_above_the_other_is_as_far_as_the_floor_is_high(sheets):
    x, y = np.array([4.0, 7.0]), np.array([-35.0, -35.0])
    assert sheets.distance(x, y, 4.0, 5.0) == pytest.approx([6.0, np.hypot(3.0, 6.0)])


def test_a_stair_leads_from_its_foot_to_its_head(sheets):
    places = sheets.in_building(np.array([50.0, 55.0, 60.0]), np.ones(3))
    assert places == pytest.approx(np.array([[5, 10, -6], [9, 10, -3], [13, 10, 0]]))


def test_who_is_on_the_same_storey(sheets):
    x, y = np.array([1.0, 1.0, 55.0]), np.array([1.0, -35.0, 1.0])
    assert sheets.number(x, y).tolist() == [0, 1, 2]
    assert sheets.is_level_with(x, y, 10.0, 5.0).tolist() == [True, False, False]


def test_without_sheets_distances_are_those_of_the_plane():
    none = Sheets()
    assert none.distance(np.array([3.0]), np.array([4.0]), 0.0, 0.0) == pytest.approx([5.0])
    assert none.is_level_with(np.array([3.0]), np.array([4.0]), 0.0, 0.0).all()
