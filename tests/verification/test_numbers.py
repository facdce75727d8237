"""Every choice of numbers that the thorough cases compare can be run."""

import numpy as np
import pytest
import shapely

from impetus_sim.verification.case import Effort
from impetus_sim.verification.crowd import numbers
from impetus_sim.verification.suite import run_case

MODEL = "collision_free_speed"


@pytest.mark.parametrize("case", numbers.CASES, ids=lambda case: case.id)
def test_every_case_runs(case, monkeypatch):
    monkeypatch.setattr(numbers, "SEEDS", (1, 2))
    result = run_case(case, effort=Effort(model=MODEL))
    assert result.measured is not None and np.isfinite(result.measured), result.text


def test_people_start_at_the_same_places_of_a_room_that_is_turned_and_moved():
    turned = numbers.Choice(turn_degrees=45.0, shift_m=numbers.FAR_M)
    back = np.array([[1.0, 1.0], [-1.0, 1.0]]) / np.sqrt(2.0)
    places = np.array([[1.0, 2.0], [3.0, 0.5]])
    there = shapely.get_coordinates(turned.place(shapely.MultiPoint(places)))
    assert (there - numbers.FAR_M) @ back.T == pytest.approx(places, abs=1e-6)


def test_a_choice_does_not_differ_from_itself(monkeypatch):
    monkeypatch.setattr(numbers, "SEEDS", (1, 2))
    usual = numbers.Choice()
    assert numbers.compare(Effort(model=MODEL), measure=0, one=usual, other=usual).value == 0.0
