"""The cases of `impetus verify hazards` hold, say what they rest on, and tell printed values from others."""

import pytest

from impetus_sim.verification.case import Effort
from impetus_sim.verification.hazards.printed import off_printed
from impetus_sim.verification.suite import list_cases, run_case

CASES = list_cases("hazards")


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_case_holds(case):
    result = run_case(case, effort=Effort(model=case.default_model))
    assert result.passed, result.text


def test_ids_are_unique_and_cases_say_what_they_rest_on():
    assert len({case.id for case in CASES}) == len(CASES)
    for case in CASES:
        assert case.standard and case.title and case.source and case.expected and case.low <= case.high


def test_the_farthest_of_several_values_is_judged():
    measured = off_printed({"near": (1.0001, 1.0), "far": (2.2, 2.0), "none": (0.0, 0.0)})
    assert measured.value == pytest.approx(0.1)
    assert "far" in measured.text
    assert off_printed({"not none": (1e-9, 0.0)}).value == 1.0
