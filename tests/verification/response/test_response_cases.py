"""The cases of `impetus verify response` hold, and a wrong queue would be found out."""

import numpy as np
import pytest

from impetus_sim.verification.case import Effort
from impetus_sim.verification.response.queue import erlang_c, mean_wait_s, simulate_waits
from impetus_sim.verification.suite import list_cases, run_case

CASES = list_cases("response")


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_case_holds(case):
    result = run_case(case, effort=Effort(model=case.default_model))
    assert result.passed, result.text


def test_ids_are_unique_and_cases_say_what_they_rest_on():
    assert len({case.id for case in CASES}) == len(CASES) >= 9
    for case in CASES:
        assert case.standard and case.title and case.source and case.expected and case.low <= case.high


def test_erlang_c_is_the_tabled_one():
    assert erlang_c(0.5, 1) == pytest.approx(0.5)
    assert erlang_c(0.5, 2) == pytest.approx(1.0 / 3.0)
    # 3 operators, 2 erlangs: 4/9; a worked example of most textbooks
    assert erlang_c(2.0 / 3.0, 3) == pytest.approx(4.0 / 9.0)


def test_two_queues_of_one_are_told_from_one_queue_of_two():
    waits = simulate_waits(0.7, 2, 200_000)
    apart = mean_wait_s(0.7, 1, 60.0)
    assert np.mean(waits) < 0.6 * apart
