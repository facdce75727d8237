"""What must hold for any paired samples."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from impetus_sim.analysis.best import judge_best
from impetus_sim.analysis.bootstrap import draw_resamples
from impetus_sim.analysis.paired import (
    compute_mean_interval,
    compute_paired_difference,
    restrict,
)
from impetus_sim.analysis.tail import compute_cvar

N = 12
RESAMPLES = draw_resamples(N, seed=3, n_resamples=200)
numbers = st.integers(-(10**6), 10**6).map(lambda number: number / 64.0)  # sums of these are exact
samples = arrays(np.float64, N, elements=numbers)


@given(a=samples, b=samples)
def test_swapping_the_options_turns_the_sign(a: np.ndarray, b: np.ndarray) -> None:
    there = compute_paired_difference(a, b, resamples=RESAMPLES)
    back = compute_paired_difference(b, a, resamples=RESAMPLES)
    assert there.interval.mean == -back.interval.mean
    assert there.interval.low == pytest.approx(-back.interval.high, rel=1e-9, abs=1e-9)
    assert there.correlation == back.correlation
    assert there.is_identical == back.is_identical


@given(a=samples, b=samples, order=st.permutations(range(N)))
def test_the_order_of_replicates_does_not_matter(a: np.ndarray, b: np.ndarray, order: list[int]) -> None:
    straight = compute_mean_interval(a - b)
    shuffled = compute_mean_interval((a - b)[order])
    assert shuffled.mean == pytest.approx(straight.mean, rel=1e-12, abs=1e-9)
    assert shuffled.half_width == pytest.approx(straight.half_width, rel=1e-9, abs=1e-9)


@settings(deadline=None)
@given(a=samples)
def test_an_option_that_changes_nothing_is_identical_and_shares_the_first_place(a: np.ndarray) -> None:
    difference = compute_paired_difference(a, a.copy(), resamples=RESAMPLES)
    assert difference.is_identical and difference.interval.mean == 0.0 and difference.variance_ratio is None
    best = judge_best(np.stack([a, a]), seed=3, is_lower_better=True, n_draws=200)
    assert best.probability.tolist() == [0.5, 0.5]
    assert best.regret.tolist() == [0.0, 0.0]


@settings(max_examples=50, deadline=None)
@given(a=samples, b=samples, c=samples)
def test_probabilities_add_to_one_and_regret_is_never_negative(
    a: np.ndarray, b: np.ndarray, c: np.ndarray
) -> None:
    best = judge_best(np.stack([a, b, c]), seed=3, is_lower_better=False, n_draws=200)
    assert best.probability.sum() == pytest.approx(1.0)
    assert np.all(best.probability >= 0.0)
    assert np.all(best.regret >= 0.0)


@settings(max_examples=50, deadline=None)
@given(a=samples, b=samples, shared=samples)
def test_what_all_options_share_and_the_direction_do_not_matter(
    a: np.ndarray, b: np.ndarray, shared: np.ndarray
) -> None:
    values = np.stack([a, b])
    plain = judge_best(values, seed=3, is_lower_better=True, n_draws=200)
    moved = judge_best(values + shared, seed=3, is_lower_better=True, n_draws=200)
    turned = judge_best(-values, seed=3, is_lower_better=False, n_draws=200)
    assert np.array_equal(plain.probability, moved.probability)  # sums of these numbers are exact
    assert np.array_equal(plain.probability, turned.probability)
    assert np.array_equal(plain.regret, turned.regret)


@given(values=samples)
def test_the_worst_tail_lies_between_the_mean_and_the_worst_run(values: np.ndarray) -> None:
    tail = compute_cvar(values, is_lower_better=True, level=0.7)
    assert values.mean() - 1e-9 <= tail <= values.max()
    assert compute_cvar(-values, is_lower_better=False, level=0.7) == -tail


@settings(max_examples=50, deadline=None)
@given(a=samples, b=samples)
def test_intervals_hold_the_mean(a: np.ndarray, b: np.ndarray) -> None:
    difference = compute_paired_difference(a, b, resamples=RESAMPLES)
    assert difference.interval.low <= difference.interval.mean <= difference.interval.high
    assert difference.bootstrap_low <= difference.bootstrap_high
    if difference.variance_ratio_low is not None and difference.variance_ratio_high is not None:
        assert 0.0 <= difference.variance_ratio_low <= difference.variance_ratio_high


@given(values=samples, limit=st.floats(1.0, 1000.0))
def test_runs_followed_for_longer_do_not_change_a_restricted_mean(values: np.ndarray, limit: float) -> None:
    durations = np.abs(values) + 0.5
    seen = np.minimum(durations, limit)
    cut, found = restrict(seen, durations > limit)
    assert found is None or found == limit
    assert np.array_equal(cut, seen)
