"""The cases of water hold, and the ones that need other people's records say so."""

import pytest

pytest.importorskip("wntr")

from impetus_sim.verification.case import Effort
from impetus_sim.verification.infrastructure import water
from impetus_sim.verification.suite import run_case

SLOW = ("water-ky4-wntr",)
CASES = [pytest.param(c, id=c.id, marks=pytest.mark.slow if c.id in SLOW else ()) for c in water.CASES]


@pytest.mark.parametrize("case", CASES)
def test_case_holds(case):
    result = run_case(case, effort=Effort(model=case.default_model))
    assert result.passed, result.text
