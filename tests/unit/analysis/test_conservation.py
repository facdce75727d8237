"""Every law is noticed when broken, and quiet when kept."""

from __future__ import annotations

from impetus_sim.analysis.conservation import find_breaches

KEPT = {"entered": 2, "inside": 2, "away": 0, "left": 0, "removed": 0, "exit_left": [0, 0]}


def test_a_sound_recording_has_no_breach(write_recording) -> None:
    later = {"entered": 2, "inside": 1, "away": 0, "left": 1, "removed": 0, "exit_left": [0, 1]}
    recording = write_recording(frames={0: [(5, 5), (0.0, 9.0)], 1: [(5, 5)]}, counts={0: KEPT, 1: later})
    assert find_breaches(recording) == []


def test_somebody_vanished(write_recording) -> None:
    recording = write_recording(counts={0: KEPT, 1: KEPT | {"inside": 1}})
    (breach,) = find_breaches(recording)
    assert (breach.law, breach.t_s) == ("people", 1.0)
    assert "entered 2, inside 1" in str(breach)


def test_counts_that_fall_or_disagree(write_recording) -> None:
    first = KEPT | {"entered": 3, "left": 1, "exit_left": [0, 0]}
    laws = [breach.law for breach in find_breaches(write_recording(counts={0: first, 1: KEPT}))]
    assert laws == ["exits", "monotonic", "monotonic"]


def test_frame_that_disagrees_with_the_count(write_recording) -> None:
    (breach,) = find_breaches(write_recording(frames={0: [(5, 5)]}, counts={0: KEPT}))
    assert breach.text == "2 inside, but 1 positions recorded"


def test_only_more_than_the_rounding_is_off_the_ground(write_recording) -> None:
    recording = write_recording(frames={0: [(20.001, 5)], 3: [(5, 5), (20.003, 5)]})
    (breach,) = find_breaches(recording)
    assert (breach.law, breach.t_s) == ("ground", 3.0)
    assert "row 1 at (20.003, 5.000) m" in breach.text


def test_nobody_inside_a_building(write_recording) -> None:
    holed = "POLYGON ((0 0, 20 0, 20 20, 0 20, 0 0), (8 8, 12 8, 12 12, 8 12, 8 8))"
    (breach,) = find_breaches(write_recording(frames={0: [(10, 10)]}, polygon=holed))
    assert breach.law == "ground"
