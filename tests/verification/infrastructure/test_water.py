"""The cases of water hold, and the ones that need other people's records say so."""

import os

import pytest

pytest.importorskip("wntr")

from impetus_sim.verification.case import Effort
from impetus_sim.verification.infrastructure import water, water_records
from impetus_sim.verification.suite import run_case

SLOW = ("water-ky4-wntr", "water-micropolis-flow")
CASES = [
    pytest.param(c, id=c.id, marks=pytest.mark.slow if c.id in SLOW else ())
    for c in (*water.CASES, *water_records.CASES)
]


@pytest.mark.parametrize("case", CASES)
def test_case_holds(case):
    if case.needs_data and "IMPETUS_DATA" not in os.environ:
        pytest.skip("IMPETUS_DATA is not set")
    result = run_case(case, effort=Effort(model=case.default_model))
    assert result.passed, result.text


def test_without_the_records_a_case_says_what_is_missing(monkeypatch):
    monkeypatch.delenv("IMPETUS_DATA", raising=False)
    result = run_case(water_records.CASES[-1], effort=Effort(model=""))
    assert not result.passed
    assert "IMPETUS_DATA" in result.text
