"""Every case of detection holds, and a wrong detector would be found out."""

import numpy as np
import pytest

from impetus_sim.detection.kernels.cusum import fill_run_lengths
from impetus_sim.verification.case import Effort
from impetus_sim.verification.detection.run_lengths import mean_run
from impetus_sim.verification.suite import list_cases, run_case

CASES = list_cases("detection")


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_case_holds(case):
    result = run_case(case, effort=Effort(model=case.default_model))
    assert result.passed, result.text


def test_ids_are_unique_and_cases_say_what_they_rest_on():
    assert len({case.id for case in CASES}) == len(CASES)
    for case in CASES:
        assert case.standard and case.title and case.source and case.expected and case.low <= case.high


def test_a_one_sided_sum_would_be_found_out():
    # twice as long without a shift
    def one_sided(normals, shift, slack, limit, out):
        high, length, n = 0.0, 0, 0
        for z in normals:
            high, length = max(0.0, high + z + shift - slack), length + 1
            if high > limit:
                out[n], high, length, n = length, 0.0, 0, n + 1
        return n

    normals = np.random.default_rng(1).normal(size=200_000)
    lengths = np.zeros(2000, np.int64)
    assert lengths[: one_sided(normals, 0.0, 0.5, 5.0, lengths)].mean() > 700.0
    assert mean_run(fill_run_lengths, 2.0, 0.5, 5.0, 4.01).value == pytest.approx(4.01, rel=0.03)
