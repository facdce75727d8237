"""Every closed-form case of traffic passes; a case's band and source stand in its own file."""

import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.verification.case import Effort
from impetus_sim.verification.suite import FAMILIES, list_cases, run_case, run_suite
from impetus_sim.verification.traffic.setup import MODEL

CASES = {case.id: case for case in list_cases("traffic")}


LONG = ("traffic-focus-", "ue-sioux-falls", "ue-anaheim", "due-two-routes")
"""Beginnings of names."""

NAMES = [
    pytest.param(name, marks=[pytest.mark.slow] if name.startswith(LONG) else [])
    for name, case in CASES.items()
    if not case.only_thorough
]


@pytest.mark.parametrize("name", NAMES)
def test_a_case_passes(name):
    result = run_case(CASES[name], effort=Effort(model=MODEL))
    assert result.passed, result.text


def test_ids_are_unique_in_all_families_and_cases_say_what_they_rest_on():
    every = [case for family in FAMILIES for case in list_cases(family)]
    assert len({case.id for case in every}) == len(every)
    for case in CASES.values():
        assert case.standard and case.title and case.source and case.expected and case.low <= case.high


def test_walking_models_are_not_asked_of_traffic():
    with pytest.raises(InvalidInputError, match="social_force"):
        run_suite("traffic", ["social_force"])
    results = run_suite("traffic", ["all"], only=["traffic-free-flow"])
    assert [result.model for result in results] == [MODEL]
