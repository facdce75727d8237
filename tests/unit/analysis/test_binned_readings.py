"""Readings of sensors as one number for each stretch of time."""

import numpy as np
import pytest

from impetus_sim.analysis.sensing.binned import bin_readings, bin_values

EDGES = np.array([0.0, 10.0, 20.0, 30.0, 40.0])


def test_a_reading_at_an_edge_belongs_to_the_stretch_before_it():
    told = bin_values([5, 10, 10.1, 30], [1, 2, 4, 8], EDGES, is_summed=True)
    assert told[:3].tolist() == [3.0, 4.0, 8.0]
    assert np.isnan(told[3])


def test_levels_are_averaged_and_readings_outside_left_out():
    told = bin_values([-1, 0, 4, 8, 41], [9, 9, 1, 3, 9], EDGES, is_summed=False)
    assert told[0] == 2.0
    assert np.isnan(told[1:]).all()


@pytest.mark.parametrize(("kind", "after"), [("people_passing", 0.0), ("people_in_view", 4.0)])
def test_after_the_end_of_a_run_nothing_happens(kind, after):
    readings = {"kind": kind, "every_s": 5.0, "end_s": 18.0, "times_s": [5, 10, 15], "values": [2, 3, 4]}
    told = bin_readings(readings, EDGES)
    assert told[1:].tolist() == [4.0, after, after]


def test_a_silent_sensor_says_nothing_while_the_run_goes_on():
    readings = {"kind": "people_passing", "every_s": 5.0, "end_s": 40.0, "times_s": [5], "values": [2]}
    assert np.isnan(bin_readings(readings, EDGES)[1:]).all()
