"""The BATADAL score at its identities, and its parts."""

import numpy as np
import pytest

from impetus_sim.detection.scoring.attacks import PUBLISHED, find_attacks, score_attacks


@pytest.fixture
def truth():
    flags = np.zeros(400, bool)
    for start, hours in ((20, 10), (100, 24), (250, 60)):
        flags[start : start + hours] = True
    return flags


def test_never_an_alarm_is_a_quarter(truth):
    assert score_attacks(truth, np.zeros_like(truth)).s == 0.25


def test_always_an_alarm_is_three_quarters(truth):
    score = score_attacks(truth, np.ones_like(truth))
    assert (score.s, score.s_ttd, score.tpr, score.tnr) == (0.75, 1.0, 1.0, 0.0)


def test_the_truth_is_one(truth):
    assert score_attacks(truth, truth).s == 1.0


def test_from_half_of_each_attack_on(truth):
    alarms = np.zeros_like(truth)
    for start, stop in find_attacks(truth):
        alarms[(start + stop) // 2 : stop] = True
    score = score_attacks(truth, alarms)
    assert (score.s_ttd, score.tpr, score.tnr) == (0.5, 0.5, 1.0)
    assert score.s == 0.625


def test_a_missed_attack_counts_its_whole_length(truth):
    alarms = truth.copy()
    alarms[20:30] = False
    score = score_attacks(truth, alarms)
    assert score.n_found == 2 and score.attacks[0].delay == 10
    assert score.s_ttd == pytest.approx(2 / 3)


def test_attacks_at_both_ends_are_seen():
    assert find_attacks(np.array([1, 0, 1, 1], bool)) == [(0, 1), (2, 4)]


def test_without_attacks_there_is_only_tnr():
    score = score_attacks(np.zeros(10, bool), np.arange(10) < 2)
    assert score.tnr == 0.8 and np.isnan(score.s)


def test_published_parts_give_published_scores():
    for entry in PUBLISHED:
        if np.isfinite(entry.s_ttd):
            assert 0.5 * entry.s_ttd + 0.25 * (entry.tpr + entry.tnr) == pytest.approx(entry.s, abs=0.001)
