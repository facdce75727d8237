"""The cases of `impetus verify sensing` hold, wrong models are told apart, and each says what it rests on."""

import pytest

from impetus_sim.sensing.system import SensingSystem
from impetus_sim.verification.case import Effort
from impetus_sim.verification.suite import list_cases, run_case

CASES = list_cases("sensing")
EFFORT = Effort(model="")


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_case_holds(case):
    result = run_case(case, effort=EFFORT)
    assert result.passed, result.text


def test_ids_are_unique_and_cases_say_what_they_rest_on():
    assert len({case.id for case in CASES}) == len(CASES)
    for case in CASES:
        assert case.standard and case.title and case.source and case.expected and case.low <= case.high


def run(name):
    return run_case(next(case for case in CASES if case.id == name), effort=EFFORT)


def test_misses_off_by_one_in_a_hundred_would_be_found_out(monkeypatch):
    from impetus_sim.sensing.sensors import camera

    counted = camera.count_in_view

    def count(*arguments):
        (*before, miss, hides, true, seen) = arguments
        counted(*before, miss + 0.01, hides, true, seen)

    monkeypatch.setattr(camera, "count_in_view", count)
    assert not run("sensing-camera-miss").passed


def test_a_camera_that_speaks_without_power_would_be_found_out(monkeypatch):
    import numpy as np

    monkeypatch.setattr(SensingSystem, "_can_speak", lambda self, sensor: np.ones(len(sensor.devices), bool))
    assert not run("sensing-silence").passed


def test_truth_in_place_of_a_false_reading_would_be_found_out(monkeypatch):
    monkeypatch.setattr(SensingSystem, "_put_false_readings", lambda self, sensor, values, causes: None)
    assert not run("sensing-spoof").passed


def test_readings_without_lag_would_be_found_out(monkeypatch):
    init = SensingSystem.__init__

    def hasty(self, sensors, world):
        init(self, sensors, world)
        self._lag = [0 for _ in self._lag]

    monkeypatch.setattr(SensingSystem, "__init__", hasty)
    assert not run("sensing-bio-lag").passed
