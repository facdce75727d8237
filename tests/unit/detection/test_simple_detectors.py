"""Detectors of single streams: what they learn, what they say, and what they must not say."""

import numpy as np
import pytest
from scipy.stats import poisson

from impetus_sim.detection.baseline import anscombe, robust_spread
from impetus_sim.detection.detectors.poisson_scan import scan_evidence

NAN = float("nan")
RNG = np.random.default_rng(3)
HOUR_S = 3600.0


def readings(values):
    values = np.asarray(values, float)
    return np.arange(len(values), dtype=float), values.reshape(len(values), -1)


def test_anscombe_makes_the_scatter_of_counts_one():
    for mean in (4.0, 20.0, 100.0):
        assert anscombe(RNG.poisson(mean, 50_000).astype(float)).std() == pytest.approx(1.0, abs=0.03)


def test_robust_spread_is_not_moved_by_outliers():
    values = RNG.normal(10.0, 2.0, 5000)
    values[:400] = 1e6
    middle, spread = robust_spread(values)
    assert middle == pytest.approx(10.3, abs=0.2) and spread == pytest.approx(2.2, abs=0.2)


def test_seasonal_learns_the_hour_of_the_week(detector):
    part = detector("seasonal", limit=4.0)
    times = np.arange(28 * 24.0) * HOUR_S
    night = (times / HOUR_S % 24) < 6
    part.fit(times, (np.where(night, 1.0, 100.0) + RNG.normal(0, 0.5, len(times)))[:, None])
    assert part.observe(28 * 86400.0 + 3 * HOUR_S, np.array([1.2]))[0] < 1.0
    assert part.observe(28 * 86400.0 + 4 * HOUR_S, np.array([100.0]))[0] > 1.0


def test_without_a_record_it_learns_from_the_first_readings_and_is_silent_till_then(detector):
    part = detector("seasonal", learn=20, limit=4.0)
    scores = part.observe_all(*readings(np.concatenate([RNG.normal(5, 1, 21), [5.0, 50.0]])))[:, 0]
    assert (scores[:20] == 0.0).all() and scores[-2] < 1.0 < scores[-1]


@pytest.mark.parametrize("kind", ["cusum", "ewma"])
def test_small_lasting_shifts_are_found_and_it_begins_anew(detector, kind):
    part = detector(kind, mean=0.0, spread=1.0)
    scores = part.observe_all(*readings(np.concatenate([np.zeros(20), np.full(30, 1.5), [NAN]])))[:, 0]
    first = int(np.flatnonzero(scores >= 1.0)[0])
    assert 22 <= first <= 30 and scores[first + 1] < 0.6 and scores[-1] == 0.0


def test_mean_and_spread_come_together(detector):
    with pytest.raises(ValueError, match="mean and spread"):
        detector("cusum", mean=0.0)


def test_scan_evidence_is_the_log_likelihood_ratio():
    n, mean = np.array([12.0, 3.0]), np.array([4.0, 5.0])
    expected = poisson.logpmf(12, 12.0) - poisson.logpmf(12, 4.0)
    assert scan_evidence(n, mean).tolist() == [pytest.approx(expected), 0.0]


def test_scan_finds_a_cluster_that_no_single_count_shows(detector):
    part = detector("poisson_scan", usual=2.0, windows=[1, 10], limit=10.0)
    scores = part.observe_all(*readings(np.concatenate([np.full(30, 2.0), np.full(10, 6.0)])))[:, 0]
    single = detector("poisson_scan", usual=2.0, windows=1, limit=10.0)
    assert (scores[:30] < 1.0).all() and scores[-1] >= 1.0
    assert (single.observe_all(*readings(np.full(10, 6.0))) < 1.0).all()


def test_scan_learns_rates_and_scatter(detector):
    times = np.arange(14 * 24 * 60.0) * 60.0
    posts = 3.0 * RNG.poisson(1.0, len(times)) * np.where(times % 86400 < 43200, 1.0, 4.0)
    part = detector("poisson_scan")
    part.fit(times, posts[:, None])
    quiet, busy = (
        part.observe(14 * 86400.0, np.array([20.0]))[0],
        part.observe(14.6 * 86400.0, np.array([20.0]))[0],
    )
    assert quiet > busy


def test_integrity_frozen_replayed_fast_and_out_of_bounds(detector):
    values = RNG.normal(0, 1, 300).round(3)
    values[100:106] = values[99]
    values[200:220] = values[150:170]
    values[250], values[280] = 40.0, 9.0
    part = detector("integrity", frozen_after=5, replayed_after=4, rate=20.0, low=-8.0, high=8.0)
    hits = np.flatnonzero(part.observe_all(*readings(values))[:, 0] >= 1.0)
    assert (
        set(range(103, 106)) <= set(hits)
        and set(range(204, 220)) <= set(hits)
        and {250, 251, 280} <= set(hits)
    )
    assert not set(hits) - set(range(103, 106)) - set(range(203, 220)) - {250, 251, 280}


def test_integrity_learns_what_a_stream_can_do(detector):
    clean = np.cumsum(RNG.normal(0, 1, 2000)).round(2)[:, None]
    part = detector("integrity", look_back=100)
    part.fit(np.arange(2000.0), clean)
    assert (part.observe_all(np.arange(2000.0), clean) < 1.0).all()
    jump = clean[-1] + 8 * np.abs(np.diff(clean[:, 0])).max()
    assert part.observe(2000.0, jump)[0] >= 1.0


def test_pca_sees_what_leaves_the_plane_and_not_what_moves_in_it(detector):
    load = RNG.normal(0, 1, (1500, 1))
    values = load @ np.array([[1.0, 2.0, -1.0, 0.5]]) + RNG.normal(0, 0.05, (1500, 4))
    part = detector("pca", n=4, components=1, window=1, usual=0.999)
    part.fit(np.arange(1500.0), values)
    in_plane, off = (
        2.5 * np.array([1.0, 2.0, -1.0, 0.5]),
        2.5 * np.array([1.0, 2.0, -1.0, 0.5]) + [0, 0, 0.6, 0],
    )
    assert part.observe(0.0, in_plane).max() < 1.0
    scores = part.observe(1.0, off)
    assert scores.max() >= 1.0 and int(scores.argmax()) == 2


def test_balance_of_a_cordon_finds_uncounted_people(detector):
    rng = np.random.default_rng(5)
    came, went = rng.poisson(5.0, 200).astype(float), rng.poisson(5.0, 200).astype(float)
    inside = 500.0 + np.cumsum(came - went)
    inside[120:] -= np.arange(80) * 2.0
    names = {"stored": "a", "into": "b", "out_of": "c", "per_reading": True, "spread": 2.0}
    scores = detector("balance", n=3, **names).observe_all(*readings(np.c_[inside, came, went]))
    hits = np.flatnonzero(scores[:, 0] >= 1.0)
    assert 120 < hits[0] < 145 and not scores[:, 1:].any()


def test_balance_learns_a_tank(detector):
    rng = np.random.default_rng(6)
    times = HOUR_S * np.arange(1000.0)
    pump = np.where(np.arange(1000) // 7 % 2 == 0, 50.0, 0.0)
    demand = 25.0 * (1 + 0.3 * np.sin(2 * np.pi * times / 86400))
    level = np.zeros(1000)
    for k in range(1, 1000):
        level[k] = (
            level[k - 1] + 1e-5 * HOUR_S * ((pump[k - 1] + pump[k]) / 2 - demand[k]) + rng.normal(0, 0.01)
        )
    part = detector("balance", n=2, stored="a", into="b")
    part.fit(times[:700], np.c_[level, pump][:700])
    level[850:] += 0.03 * np.arange(150)
    scores = part.observe_all(times[700:], np.c_[level, pump][700:])[:, 0]
    assert (scores[:150] < 1.0).all() and (scores[150:165] >= 1.0).any()


def test_what_has_not_learned_says_so(detector):
    from impetus_sim.errors import InvalidInputError

    for kind in ("pca", "relations", "control_rules"):
        with pytest.raises(InvalidInputError, match="has not learned"):
            detector(kind, n=2).observe(0.0, np.zeros(2))
