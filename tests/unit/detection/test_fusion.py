"""Evidence in space and time, and k out of n."""

import numpy as np
import pytest

from impetus_sim.detection.fusion import EvidenceMap, count_agreeing, evidence_of


def test_evidence_adds_halves_with_age_and_fades_with_distance():
    evidence = EvidenceMap("m", half_life_s=60.0, radius_m=50.0)
    one = evidence_of(0.9, 0.01)
    assert one == pytest.approx(np.log(90.0))
    evidence.add(0.0, 0.0, 0.0, one)
    evidence.add(0.0, 0.0, 0.0, one)
    at = evidence.at(60.0, np.array([0.0, 50.0]), np.zeros(2))
    assert at == pytest.approx([one, one * np.exp(-0.5)])


def test_strongest_place_lies_between_alerts_that_support_each_other():
    evidence = EvidenceMap("m", half_life_s=600.0, radius_m=50.0)
    for x in (0.0, 20.0, 1000.0):
        evidence.add(0.0, x, 0.0, 3.0)
    found = evidence.strongest(0.0)
    assert 0.0 < found.x < 20.0 and found.evidence > 5.0


def test_an_alert_without_a_place_counts_everywhere():
    evidence = EvidenceMap("m", half_life_s=600.0, radius_m=50.0)
    evidence.add(0.0, float("nan"), float("nan"), 2.0, event=4)
    evidence.add(0.0, 10.0, 0.0, 2.0, event=5)
    found = evidence.strongest(0.0)
    assert (found.x, found.y) == (10.0, 0.0) and found.evidence == pytest.approx(4.0)
    assert evidence.events_near(0.0, 10.0, 0.0, at_least=0.5) == [4, 5]


def test_only_the_newest_are_looked_at_when_asked():
    evidence = EvidenceMap("m", half_life_s=600.0, radius_m=50.0)
    for x, weight in ((0.0, 9.0), (1000.0, 3.0)):
        evidence.add(0.0, x, 0.0, weight)
    assert evidence.strongest(0.0).x == pytest.approx(0.0)
    assert evidence.strongest(0.0, newest=1).x == pytest.approx(1000.0)
    assert evidence.strongest(0.0, newest=0) is None


def test_what_has_faded_is_dropped():
    evidence = EvidenceMap("m", half_life_s=1.0, radius_m=50.0)
    evidence.add(0.0, 0.0, 0.0, 5.0)
    evidence.add(100.0, 0.0, 0.0, 5.0)
    assert len(evidence.alerts) == 1


def test_k_of_n_within_a_window():
    alarms = np.zeros((6, 3), bool)
    alarms[0, 0] = alarms[2, 1] = alarms[5, 2] = True
    assert count_agreeing(alarms, 3).tolist() == [1, 1, 2, 1, 1, 1]
