"""The cases of user equilibria, each as the verification suite runs it."""

from __future__ import annotations

import pytest

from impetus_sim.verification.case import Effort
from impetus_sim.verification.suite import run_case
from impetus_sim.verification.traffic.equilibrium import CASES

NEED_NO_DATA = {"due-two-routes", "due-two-routes-split"}
SLOW = {"due-two-routes", "due-two-routes-split", "due-sioux-falls", "ue-chicago-sketch"}


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=case.id, marks=[pytest.mark.slow] if case.id in SLOW else []) for case in CASES],
)
def test_case(case, request):
    if case.id not in NEED_NO_DATA:
        request.getfixturevalue("data_folder")
    result = run_case(case, effort=Effort(model=""))
    assert result.passed, result.text


def test_missing_data_is_said(monkeypatch):
    monkeypatch.delenv("IMPETUS_DATA", raising=False)
    result = run_case(CASES[0], effort=Effort(model=""))
    assert not result.passed
    assert "the networks are not here" in result.text
