"""Restoration measures: the toy case of a drop and a straight recovery, and sums by district and group."""

import math

import numpy as np
import pytest

from impetus_sim.analysis.infrastructure.restoration import (
    measure_restoration,
    person_hours_by,
    restoration_curve,
    unserved_hours,
)
from impetus_sim.errors import InvalidInputError

H = 3600.0
TIMES = np.array([0.0, 2.0, 2.0, 6.0, 10.0, 12.0]) * H
SHARE = np.array([1.0, 1.0, 0.4, 0.4, 1.0, 1.0])


def test_a_drop_and_a_straight_recovery():
    # 10 MW, to 40 % at 2 h, straight back from 6 h to 10 h: 3.6 h, 36 MWh, and 0.70 over 12 h
    found = measure_restoration(times_s=TIMES, share=SHARE, is_held=False)
    assert found.lost_h == pytest.approx(3.6, abs=1e-12)
    assert found.resilience == pytest.approx(0.70, abs=1e-12)
    assert (found.lowest, found.fell_s, found.back_s) == (0.4, 2 * H, 10 * H)
    unserved_mwh = 10.0 * unserved_hours(times_s=TIMES, levels=SHARE[:, None], is_held=False)
    assert unserved_mwh[0] == pytest.approx(36.0, abs=1e-12)


def test_levels_of_recordings_hold_until_the_next():
    times, share = np.array([0.0, 1.0, 3.0, 4.0]) * H, np.array([1.0, 0.5, 1.0, 1.0])
    found = measure_restoration(times_s=times, share=share, is_held=True)
    assert (found.lost_h, found.fell_s, found.back_s) == (1.0, 1 * H, 3 * H)


def test_without_a_loss_nothing_fell_and_with_a_lasting_one_nothing_is_back():
    whole = measure_restoration(times_s=TIMES, share=np.ones(6), is_held=True)
    assert whole.lost_h == 0.0 and whole.resilience == 1.0 and math.isnan(whole.fell_s)
    broken = measure_restoration(times_s=TIMES, share=np.zeros(6), is_held=True)
    assert broken.lost_h == 12.0 and broken.fell_s == 0.0 and math.isnan(broken.back_s)


def test_the_curve_counts_assets_by_their_weight():
    levels = np.array([[1.0, 1.0, 1.0], [0.0, 1.0, 0.0]])
    assert restoration_curve(levels=levels, weights=np.array([3.0, 1.0, 0.0])).tolist() == [1.0, 0.25]
    assert restoration_curve(levels=levels, weights=np.zeros(3)).tolist() == [1.0, 1.0]


def test_person_hours_by_district_and_group_add_up():
    times = np.array([0.0, 2.0, 5.0]) * H
    levels = np.array([[0.0, 1.0, 0.5], [1.0, 0.0, 0.5], [1.0, 1.0, 1.0]])
    hours = unserved_hours(times_s=times, levels=levels)
    assert hours.tolist() == [2.0, 3.0, 2.5]
    people, district = np.array([10.0, 20.0, 4.0]), np.array([0, 1, 0])
    by_district = person_hours_by(unserved_h=hours, people=people, labels=district, n_labels=2)
    assert by_district.tolist() == [30.0, 60.0]
    groups = np.array([[10.0, 0.0], [5.0, 15.0], [0.0, 4.0]])
    by_group = person_hours_by(unserved_h=hours, people=groups, labels=district, n_labels=2)
    assert by_group.tolist() == [[20.0, 10.0], [15.0, 45.0]]
    assert by_group.sum() == by_district.sum()
    outside = person_hours_by(unserved_h=hours, people=people, labels=np.array([-1, 1, -1]), n_labels=2)
    assert outside.tolist() == [0.0, 60.0]


@pytest.mark.parametrize("times", [[0.0], [1.0, 0.0], [1.0, 1.0]])
def test_times_that_do_not_rise_are_refused(times):
    with pytest.raises(InvalidInputError, match="rise"):
        unserved_hours(times_s=np.array(times), levels=np.ones((len(times), 1)))
