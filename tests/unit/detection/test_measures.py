"""Curve, hits, false alarms, delays and places."""

import numpy as np
import pytest

from impetus_sim.detection.scoring.measures import Alarm, Incident, compute_roc, match_alarms


def test_area_is_the_chance_that_a_hit_scores_higher():
    rng = np.random.default_rng(1)
    truth = rng.random(400) < 0.3
    scores = np.round(rng.normal(size=400) + truth, 1)
    pairs = scores[truth][:, None] - scores[~truth][None, :]
    assert compute_roc(truth, scores).area == pytest.approx((pairs > 0).mean() + 0.5 * (pairs == 0).mean())


def test_curve_of_perfect_and_of_equal_scores():
    truth = np.array([True, False, True, False])
    assert compute_roc(truth, truth.astype(float)).area == 1.0
    assert compute_roc(truth, np.ones(4)).area == 0.5


def test_alarms_are_matched_by_time_and_place():
    incidents = [Incident(start_s=100.0, end_s=200.0, x=0.0, y=0.0), Incident(start_s=900.0, end_s=950.0)]
    alarms = [
        Alarm(time_s=50.0, x=0.0, y=0.0),
        Alarm(time_s=120.0, x=500.0, y=0.0),
        Alarm(time_s=150.0, x=30.0, y=40.0),
        Alarm(time_s=960.0),
        Alarm(time_s=1100.0),
    ]
    found = match_alarms(incidents, alarms, hours=0.5, after_s=60.0, radius_m=100.0)
    assert found.delays_s.tolist() == [50.0, 60.0]
    assert found.distances_m[0] == 50.0 and np.isnan(found.distances_m[1])
    assert (found.n_false, found.false_per_hour, found.hit_rate) == (3, 6.0, 1.0)
    assert found.located_within(40.0) == 0.0 and found.located_within(60.0) == 1.0


def test_missed_incidents_and_none_at_all():
    found = match_alarms([Incident(start_s=0.0, end_s=1.0)], [], hours=1.0, after_s=0.0, radius_m=1.0)
    assert found.hit_rate == 0.0 and np.isnan(found.mean_delay_s)
    assert np.isnan(match_alarms([], [], hours=1.0, after_s=0.0, radius_m=1.0).hit_rate)
