"""The cases of power hold: laws, cascades, recorded towns."""

import importlib.util
import os

import pytest

from impetus_sim.verification.case import Effort
from impetus_sim.verification.infrastructure import cascade, power, power_records
from impetus_sim.verification.suite import run_case

CASES = (*power.CASES, *cascade.CASES, *power_records.CASES)


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_case_holds(case):
    if case.needs_data and "IMPETUS_DATA" not in os.environ:
        pytest.skip("IMPETUS_DATA is not set")
    if case.needs_package and importlib.util.find_spec(case.needs_package) is None:
        pytest.skip(f"{case.needs_package} is not installed")
    result = run_case(case, effort=Effort(model=case.default_model))
    assert result.passed, result.text
