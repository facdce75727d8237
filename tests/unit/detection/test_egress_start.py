"""An egress on counts at exits: evidence, learning, and the trials with their generator."""

import math

import numpy as np
import pytest
from scipy.stats import nbinom, poisson

from impetus_sim.detection.kernels.counts import count_evidence
from impetus_sim.detection.scoring.egress_trials import (
    SHARE,
    run_trials,
    summarise,
    taught_detector,
    wilson,
)
from impetus_sim.detection.scoring.exit_counts import Square, draw_day, draw_egress


@pytest.mark.parametrize(
    ("n", "mean", "more", "fano"), [(0, 2.0, 5.0, 3.0), (9, 0.5, 5.0, 1.5), (40, 8.0, 1.0, 6.0)]
)
def test_evidence_is_the_log_likelihood_ratio_of_negative_binomials(n, mean, more, fano):
    def log_p(m):
        return nbinom.logpmf(n, m / (fano - 1.0), 1.0 / fano)

    assert count_evidence(n, mean, more, fano) == pytest.approx(log_p(mean + more) - log_p(mean))


def test_evidence_of_poisson_counts():
    expected = poisson.logpmf(7, 5.0) - poisson.logpmf(7, 2.0)
    assert count_evidence(7, 2.0, 3.0, 1.0) == pytest.approx(expected)


def test_without_a_record_it_finds_a_surge_at_several_exits_and_not_at_one(detector):
    def scores(counts):
        part = detector("egress_start", n=3, usual=0.2, fano=2.0)
        return part.observe_all(5.0 * np.arange(len(counts)), counts)

    calm = np.tile([1.0, 0.0, 1.0], (100, 1))
    everywhere, at_one = calm.copy(), calm.copy()
    everywhere[60:] = 12.0
    at_one[60:, 0] = 40.0
    assert (scores(everywhere)[:60] < 1.0).all() and (scores(everywhere)[62] >= 1.0).all()
    assert (scores(at_one) < 1.0).all()


def test_a_counter_that_says_nothing_does_not_stop_the_others(detector):
    counts = np.full((20, 4), 12.0)
    counts[:, 1] = np.nan
    assert detector("egress_start", n=4).observe_all(5.0 * np.arange(20), counts)[5].max() >= 1.0


def test_one_by_one_is_the_same_as_all_at_once(detector):
    counts = np.random.default_rng(1).poisson(1.0, (80, 3)).astype(float)
    counts[60:] += 9.0
    one, other = detector("egress_start", n=3), detector("egress_start", n=3)
    times = 5.0 * np.arange(80)
    singly = np.array([one.observe(t, row).max() for t, row in zip(times, counts, strict=True)])
    assert np.allclose(singly, other.observe_all(times, counts).max(axis=1))
    for name, column in one.memory.columns.items():
        assert np.array_equal(column, other.memory.columns[name])


def test_made_counts_are_scattered_as_said():
    square = Square(wander=(0.0, 300.0), shows_a_week=0, showers_a_day=0, failures_a_day=0)
    many = np.array([draw_day(square, 6, np.random.default_rng(k))[13_000, 0] for k in range(400)])
    assert square.fano > 3.0
    assert many.var() / many.mean() == pytest.approx(square.fano, rel=0.35)


def test_an_egress_respects_the_width_of_exits():
    square = Square()
    egress = draw_egress(square, np.random.default_rng(3))
    assert np.all(np.diff(egress.crossed_s) >= 0.0)
    assert np.mean(egress.crossed_s <= egress.when_crossed(SHARE)) == pytest.approx(SHARE, abs=0.002)
    for exit_, width in enumerate(square.widths_m):
        mine = egress.crossed_s[egress.exits == exit_]
        assert np.diff(mine).min() >= 1.0 / (1.3 * width) - 1e-9


def test_trials_at_a_small_number():
    square = Square()
    detector = taught_detector(square, seed=5, days=14)
    result = run_trials(n_trials=20, n_days=8, seed=5, square=square, detector=detector)
    summary = summarise(result)
    assert result.n_found >= 17 and result.false_per_day < 1.0 and result.fano >= 3.0
    assert summary["after_onset_s"][0] > summary["after_2_percent_s"][0] > 0.0


def test_wilson_interval_against_published_values():
    # Newcombe 1998, Statist. Med. 17:857, table I, method 3
    assert wilson(81, 263) == (pytest.approx(0.2553, abs=1e-4), pytest.approx(0.3662, abs=1e-4))
    assert wilson(0, 20) == (pytest.approx(0.0, abs=1e-9), pytest.approx(0.1611, abs=1e-4))
    assert not math.isnan(wilson(0, 0)[0])
