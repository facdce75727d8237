"""The hand-solved cases of dependencies hold, and a model that is a minute late would not pass."""

import dataclasses

import pytest

from impetus_sim.infrastructure.change import Change
from impetus_sim.verification.case import Effort
from impetus_sim.verification.infrastructure import dependencies
from impetus_sim.verification.suite import run_case


@pytest.mark.parametrize("case", dependencies.CASES, ids=[case.id for case in dependencies.CASES])
def test_case_holds(case):
    result = run_case(case, effort=Effort(model=case.default_model))
    assert result.passed, result.text


def test_another_order_or_time_is_found_out():
    change = Change(at_us=3_600_000_000, kind="level_fell", subject="cell")
    expected = [(1.0, "level_fell", "cell")]
    assert dependencies._off([change], expected).value == 0.0
    late = dataclasses.replace(change, at_us=change.at_us + 60_000_000)
    assert dependencies._off([late], expected).value == 60.0
    assert dependencies._off([change, change], expected).value == float("inf")
