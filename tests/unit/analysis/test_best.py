"""Probability of best, regret and tails against plain twins and closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, stats

from impetus_sim.analysis.best import SPREAD_RANGE, draw_means, judge_best
from impetus_sim.analysis.tail import compute_cvar

A = np.array([12.0, 15.0, 11.0, 18.0, 14.0, 16.0, 13.0, 19.0, 12.5, 15.5])
B = A + np.array([1.0, -0.5, 2.0, 0.5, 1.5, 1.0, -1.0, 2.5, 0.0, 1.0])


def chance_that_the_second_is_better(differences: np.ndarray) -> float:
    """Integrate the posterior of two options over noise and spread by quadrature: the plain twin.

    One contrast: scaled inverse chi-square noise with n - 1 degrees of freedom, log-uniform spread.
    """
    n = len(differences)
    z, noise = differences.mean() / math.sqrt(2.0), differences.var(ddof=1) / 2.0
    spreads = np.geomspace(*SPREAD_RANGE, 24) * math.sqrt(noise)

    def weigh(log_variance: float, is_better: bool) -> float:
        variance = math.exp(log_variance)
        density = stats.chi2.pdf((n - 1) * noise / variance, n - 1) / variance
        total = variance / n + spreads**2
        likelihood = stats.norm.pdf(z, scale=np.sqrt(total))
        kept = spreads**2 / total
        chance = stats.norm.cdf(-z * np.sqrt(kept / (variance / n))) if is_better else 1.0
        return float(density * np.sum(likelihood * chance))

    ends = math.log(noise) - 5.0, math.log(noise) + 5.0
    above, below = (integrate.quad(weigh, *ends, args=(one,), limit=200)[0] for one in (True, False))
    return above / below


@pytest.mark.parametrize("n", [4, 10])
def test_two_options_agree_with_quadrature(n: int) -> None:
    found = judge_best(np.stack([A[:n], B[:n]]), seed=2, is_lower_better=True, n_draws=40_000)
    # 4 binomial standard errors and the grid of the noise prior
    assert found.probability[1] == pytest.approx(chance_that_the_second_is_better((B - A)[:n]), abs=0.012)


@pytest.mark.parametrize("n", [4, 10])
def test_two_options_are_never_told_apart_more_surely_than_the_paired_t_test_does(n: int) -> None:
    found = judge_best(np.stack([A[:n], B[:n]]), seed=2, is_lower_better=True, n_draws=40_000)
    one_sided = stats.ttest_rel(B[:n], A[:n], alternative="greater").pvalue
    assert found.probability[1] >= one_sided - 0.005


def test_ties_are_shared_and_clear_cases_are_clear() -> None:
    three = np.stack([A, A, A + 5.0])
    lower = judge_best(three, seed=1, is_lower_better=True)
    assert lower.probability.tolist() == [0.5, 0.5, 0.0]
    assert lower.regret.tolist() == pytest.approx([0.0, 0.0, 5.0])
    higher = judge_best(three, seed=1, is_lower_better=False)
    assert higher.probability.tolist() == [0.0, 0.0, 1.0]


def test_pairing_makes_a_small_difference_sure() -> None:
    rng = np.random.default_rng(0)
    shared = 50.0 * rng.normal(size=20)
    values = np.stack([shared, shared - 1.0 + rng.normal(size=20)])
    assert judge_best(values, seed=1, is_lower_better=True).probability[1] > 0.95


def test_a_quiet_option_beside_a_noisy_one_stays_sure() -> None:
    """The noise of one option must not be lent to a pair that hardly differs from run to run."""
    rng = np.random.default_rng(5)
    base = rng.normal(100.0, 10.0, 20)
    values = np.stack([base, base - 1.0 + rng.normal(0.0, 0.1, 20), rng.normal(130.0, 10.0, 20)])
    assert judge_best(values, seed=1, is_lower_better=True).probability[1] > 0.98


def test_draws_depend_on_the_seed_alone_and_scale_with_the_unit() -> None:
    values = np.stack([A, B, B[::-1]])
    first, again, other = (draw_means(values, seed=seed, n_draws=100) for seed in (1, 1, 2))
    assert np.array_equal(first, again) and not np.array_equal(first, other)
    np.testing.assert_allclose(draw_means(1000.0 * values, seed=1, n_draws=100), 1000.0 * first, rtol=1e-9)


def test_regret_agrees_with_its_definition_over_the_draws() -> None:
    values = np.stack([A, B, B[::-1]])
    draws = draw_means(values - values[0], seed=4)
    found = judge_best(values, seed=4, is_lower_better=True)
    order = np.lexsort((values - values[0]).T[::-1])
    expected = np.empty(3)
    ordered = draw_means((values - values[0])[order], seed=4)
    expected[order] = [float(np.mean(row - ordered.min(axis=1))) for row in ordered.T]
    assert draws.shape == (2000, 3)
    np.testing.assert_allclose(found.regret, expected, rtol=1e-9)


def test_more_options_than_replicates_are_judged_with_doubt() -> None:
    values = np.random.default_rng(3).normal(size=(12, 4))
    found = judge_best(values, seed=1, is_lower_better=True)
    assert found.probability.sum() == pytest.approx(1.0)
    assert found.probability.max() < 0.6


def test_expected_shortfall_of_a_finite_sample() -> None:
    values = np.arange(1.0, 41.0)
    assert compute_cvar(values, is_lower_better=True) == pytest.approx(39.5)
    assert compute_cvar(values, is_lower_better=False) == pytest.approx(1.5)
    assert compute_cvar(np.arange(1.0, 31.0), is_lower_better=True) == pytest.approx(
        (30.0 + 0.5 * 29.0) / 1.5
    )
    assert compute_cvar(A, is_lower_better=True) == A.max()
