"""Limits, above and below, at once or only when they last."""

import numpy as np
import pytest
from pydantic import ValidationError

NAN = float("nan")


def test_score_is_one_at_the_limit_and_two_at_twice_it(detector):
    scores = detector("threshold", above=5.0).observe_all(np.arange(4.0), np.array([[0], [5], [10], [NAN]]))
    assert scores[:, 0].tolist() == [0.0, 1.0, 2.0, 0.0]


def test_below_and_divided(detector):
    part = detector("threshold", below=2.0, divide_by=10.0)
    scores = part.observe_all(np.arange(3.0), np.array([[40.0], [20.0], [0.0]]))
    assert scores[:, 0].tolist() == [0.0, 1.0, 2.0]


def test_it_must_last_and_silence_does_not_end_it(detector):
    part = detector("threshold", above=1.0, lasts=3.0)
    values = np.array([[1.0], [1.0], [NAN], [1.0], [0.0], [1.0]])
    scores = part.observe_all(np.arange(6.0), values)
    assert (scores[:, 0] >= 1.0).tolist() == [False, False, False, True, False, False]


@pytest.mark.parametrize("limit", [{}, {"above": 1, "below": 0}])
def test_one_limit_is_needed(limit, detector):
    with pytest.raises(ValidationError):
        detector("threshold", **limit)
