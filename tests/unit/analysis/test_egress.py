"""Egress measures against cases worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.analysis.egress import (
    compute_clearance_time,
    compute_egress_curves,
    compute_mean_egress_time,
    compute_share_out,
)
from impetus_sim.analysis.ground import read_ground
from impetus_sim.analysis.people import LEFT, REMOVED, read_people


def test_curves_count_people_out_by_exit(write_recording, make_crowd) -> None:
    crowd = make_crowd(4, state=[LEFT] * 4, left_tick=[10, 30, 10, 50], exit=[0, 0, 1, 0])
    recording = write_recording(crowd)
    total, west, east = compute_egress_curves(read_people(recording), read_ground(recording))
    assert (total.name, west.name, east.name) == ("all exits", "west", "east")
    assert total.times_s.tolist() == [10, 30, 50]
    assert total.n_left.tolist() == [2, 3, 4]
    assert total.at(np.array([0, 9.9, 10, 29, 50, 99])).tolist() == [0, 0, 2, 2, 4, 4]
    assert west.n_left[-1] == 3
    assert east.n_left[-1] == 1


def test_everybody_out(write_recording, make_crowd) -> None:
    crowd = make_crowd(3, state=[LEFT] * 3, left_tick=[10, 20, 60], enter_tick=[0, 0, 30])
    people = read_people(write_recording(crowd))
    clearance = compute_clearance_time(people)
    assert (clearance.value, clearance.is_censored, clearance.text) == (60.0, False, "60 s")
    assert compute_mean_egress_time(people).value == (10 + 20 + 30) / 3
    assert compute_share_out(people).text == "100 %"


def test_people_inside_at_the_end_censor_clearance_and_count_in_the_mean(write_recording, make_crowd) -> None:
    crowd = make_crowd(4, state=[LEFT, LEFT, 1, REMOVED], left_tick=[10, 30, -1, -1], aware_tick=[5, 5, 5, 5])
    people = read_people(write_recording(crowd, duration=1800))
    clearance = compute_clearance_time(people)
    assert clearance.is_censored
    assert clearance.text == "> 1 800 s, 1 inside"
    assert compute_mean_egress_time(people).value == (10 + 30 + 1800 + 1800) / 4
    assert compute_mean_egress_time(people).note == "2 not out counted with 1800 s"
    assert compute_share_out(people).value == 0.5


def test_people_never_warned_are_still_inside(write_recording, make_crowd) -> None:
    crowd = make_crowd(3, state=[LEFT, 1, 1], left_tick=[10, -1, -1], aware_tick=[5, 5, -1])
    assert (
        compute_clearance_time(read_people(write_recording(crowd))).text
        == "> 100 s, 2 inside (1 never warned)"
    )


@pytest.mark.parametrize(
    ("columns", "note"),
    [({}, "nobody had a reason to leave"), ({"state": [0, 0]}, "nobody was inside")],
)
def test_nobody_needs_to_leave(write_recording, make_crowd, columns, note) -> None:
    people = read_people(write_recording(make_crowd(2, **columns)))
    clearance = compute_clearance_time(people)
    assert clearance.value is None
    assert clearance.text == f"not defined: {note}"
    assert compute_mean_egress_time(people).value is None
    assert compute_share_out(people).value is None


def test_all_removed_is_not_a_clearance(write_recording, make_crowd) -> None:
    people = read_people(write_recording(make_crowd(1, state=[REMOVED], aware_tick=[3])))
    assert compute_clearance_time(people).text == "not defined: nobody left by an exit"
    assert compute_share_out(people).value == 0.0


def test_recording_without_state(write_recording) -> None:
    people = read_people(write_recording(None))
    assert len(people) == 0
    assert compute_clearance_time(people).value is None
