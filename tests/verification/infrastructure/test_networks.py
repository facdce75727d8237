"""The cases of networks that fall apart hold."""

import pytest

from impetus_sim.verification.case import Effort
from impetus_sim.verification.infrastructure import networks
from impetus_sim.verification.suite import run_case


@pytest.mark.parametrize("case", networks.CASES, ids=[case.id for case in networks.CASES])
def test_case_holds(case):
    result = run_case(case, effort=Effort(model=case.default_model))
    assert result.passed, result.text
