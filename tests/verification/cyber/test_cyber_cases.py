"""The cases of `impetus verify cyber` hold, each is told apart from a wrong model, and says what it rests on."""

import numpy as np
import pytest

from impetus_sim.cyber.attack_graph import Step
from impetus_sim.verification.case import Effort
from impetus_sim.verification.cyber.setup import exponential, hours, off_mean, sample
from impetus_sim.verification.suite import list_cases, run_case

CASES = list_cases("cyber")


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_case_holds(case):
    result = run_case(case, effort=Effort(model=case.default_model))
    assert result.passed, result.text


def test_ids_are_unique_and_cases_say_what_they_rest_on():
    assert len({case.id for case in CASES}) == len(CASES)
    for case in CASES:
        assert case.standard and case.title and case.source and case.expected and case.low <= case.high


def test_a_time_drawn_for_each_parent_would_be_found_out():
    # three steps of mean 1 h of which the first counts: what a draw for each edge amounts to
    steps = [*(Step(id=name, takes=exponential(1.0)) for name in "abc"), Step(id="goal")]
    rows, sampled = sample(steps, [(name, "goal") for name in "abc"], entries=list("abc"))
    assert off_mean(hours(sampled, rows["goal"]), 1.0).value > 100.0
    assert np.mean(hours(sampled, rows["goal"])) == pytest.approx(1.0 / 3.0, rel=0.02)
