"""The replays of real incidents come out in the order of magnitude of the published figures."""

import pytest

from impetus_sim.scenario.load import load_scenario
from impetus_sim.verification.case import Effort
from impetus_sim.verification.suite import list_cases, run_case

CASES = list_cases("incidents")


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_case_holds(case):
    result = run_case(case, effort=Effort(model=case.default_model))
    assert result.passed, result.text


@pytest.mark.parametrize("name", ["duisburg_2010", "grid_2015"])
def test_replays_say_what_they_are_and_where_they_come_from(name):
    scenario = load_scenario(f"incidents/{name}.yaml")
    assert scenario.label == "inspired by public reports"
    assert len(scenario.sources) >= 2
    assert len(scenario.variants) >= 2
