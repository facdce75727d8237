"""Dispatch, triage, vital signs, survival and walking, each by itself."""

import numpy as np
import pytest

from impetus_sim.response.units.dispatch import Candidate, choose_unit, find_gaps, order_waiting
from impetus_sim.response.units.hospitals import nearest_with_bed
from impetus_sim.response.units.survival import SURVIVAL, dies_after_s, is_savable, survival_at
from impetus_sim.response.units.triage import Tag, misjudge, salt, start
from impetus_sim.response.units.vitals import PICTURES, Vitals, picture_of, rpm_score
from impetus_sim.response.units.walking import FREE_SPEED_M_S, LEAST_SPEED_M_S, walking_speed
from impetus_sim.world.injuries import Severity


def candidate(unit, ready_s, travel_s, away_m):
    return Candidate(unit=unit, ready_s=ready_s, travel_s=travel_s, away_m=away_m)


def test_the_unit_that_is_there_first_is_sent_not_the_one_that_is_nearest():
    units = [
        candidate(0, 60.0, 200.0, 300.0),
        candidate(1, 60.0, 90.0, 800.0),
        candidate(2, 0.0, 145.0, 500.0),
    ]
    assert choose_unit("nearest_by_time", units).unit == 2
    assert choose_unit("nearest_by_distance", units).unit == 0


def test_nobody_is_sent_where_no_way_leads_and_the_first_row_at_a_tie():
    assert choose_unit("nearest_by_time", [candidate(0, 0.0, np.inf, 1.0)]) is None
    assert choose_unit("nearest_by_time", []) is None
    assert choose_unit("nearest_by_time", [candidate(3, 0, 5, 1), candidate(1, 0, 5, 1)]).unit == 1


def test_priority_comes_before_age_and_age_before_the_row():
    assert order_waiting([1, 0, 1, 0], [10, 30, 5, 20]) == [3, 1, 2, 0]


def test_a_station_left_empty_is_covered_by_those_who_can_spare_one():
    assert find_gaps([0, 1, 1], [-1, 1, 1]) == [(0, [1, 2])]
    assert find_gaps([0, 1], [-1, 1]) == []
    assert find_gaps([0, 1, 1], [0, 1, 1]) == []


def test_a_full_hospital_is_passed_by():
    seconds = np.array([60.0, 90.0, 200.0])
    assert nearest_with_bed(seconds, np.array([1, 1, 1])) == 0
    assert nearest_with_bed(seconds, np.array([0, 3, 1])) == 1
    assert nearest_with_bed(seconds, np.array([0, -1, 0])) == 0


@pytest.mark.parametrize("severity", Severity)
def test_start_finds_the_category_that_the_hazard_gave(severity):
    assert [start(vitals) for vitals in PICTURES[severity]] == [Tag(severity)] * len(PICTURES[severity])


def test_salt_finds_expectant_whom_little_can_save():
    tags = [salt(vitals) for vitals in PICTURES[Severity.IMMEDIATE]]
    assert tags == [Tag.IMMEDIATE] * 4 + [Tag.EXPECTANT] * 2
    assert salt(PICTURES[Severity.DEAD][0]) == Tag.DEAD
    assert {salt(vitals) for vitals in PICTURES[Severity.DELAYED]} == {Tag.DELAYED}
    assert salt(PICTURES[Severity.MINOR][0]) == Tag.MINOR


@pytest.mark.parametrize(
    ("breaths", "pulse", "motor", "score"), [(0, 0, 0, 0), (9, 40, 1, 3), (24, 120, 4, 12), (25, 121, 4, 10),
                                             (36, 60, 2, 6), (35, 61, 3, 10)]
)  # fmt: skip
def test_rpm_codes_change_at_the_published_limits(breaths, pulse, motor, score):
    vitals = Vitals(walks=False, breaths_min=breaths, pulse_min=pulse, has_radial_pulse=True, motor=motor)
    assert rpm_score(vitals) == score


def test_pictures_are_drawn_equally():
    assert [picture_of(Severity.IMMEDIATE, u) for u in (0.0, 0.17, 0.5, 0.99, 1.0)] == [0, 1, 3, 5, 5]


def test_chances_fall_from_the_published_score_to_that_of_the_next_half_hour():
    assert survival_at(6, 0.0) == SURVIVAL[6]
    assert survival_at(6, 1800.0) == SURVIVAL[4]
    assert survival_at(6, 900.0) == pytest.approx((SURVIVAL[6] + SURVIVAL[4]) / 2)
    assert survival_at(6, 1e6) == SURVIVAL[0]


def test_the_untreated_die_when_their_chance_has_fallen_to_their_draw():
    for rpm in range(13):
        for draw in np.linspace(0.02, 0.97, 20):
            after = dies_after_s(rpm, float(draw))
            if is_savable(rpm, draw) and np.isfinite(after):
                assert survival_at(rpm, after) == pytest.approx(draw)
    assert dies_after_s(6, 0.9) == 5 * 1800.0  # whom nothing saves: when the score is 0
    assert dies_after_s(12, 0.5) == np.inf


def test_crews_miss_by_one_category_in_their_shares():
    assert misjudge(Tag.IMMEDIATE, 0.05, under=0.1, over=0.14) == Tag.DELAYED
    assert misjudge(Tag.DELAYED, 0.05, under=0.1, over=0.14) == Tag.DELAYED
    assert misjudge(Tag.DELAYED, 0.9, under=0.1, over=0.14) == Tag.IMMEDIATE
    assert misjudge(Tag.MINOR, 0.9, under=0.1, over=0.14) == Tag.DELAYED
    assert misjudge(Tag.DEAD, 0.9, under=0.1, over=0.14) == Tag.DEAD


def test_crews_walk_slower_among_people():
    assert walking_speed(0.0) == FREE_SPEED_M_S
    assert walking_speed(2.0) == pytest.approx(1.34 * (1 - np.exp(-1.913 * (1 / 2 - 1 / 5.4))))
    assert walking_speed(8.0) == LEAST_SPEED_M_S
