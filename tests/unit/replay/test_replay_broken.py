"""Recordings that are broken, foreign, half written or still growing: a message, and the others are shown."""

from __future__ import annotations

import pickle

import h5py
import numpy as np
import pytest

from impetus_sim.recording.header import Header
from impetus_sim.recording.writer import RecordingWriter


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: path.write_bytes(b""), "empty"),
        (lambda path: path.write_bytes(b"not a recording" * 100), "not a recording"),
        (lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 3]), "truncated"),
        (lambda path: path.write_bytes(pickle.dumps([1, 2])), "not a recording"),
        (lambda path: path.unlink(), "no recording"),
    ],
)
def test_what_cannot_be_read_is_told_and_the_rest_is_shown(
    open_browser, room_path, write_city, tmp_path, spoil, words
):
    path = write_city(tmp_path / "city.h5")
    spoil(path)
    browser = open_browser(path, room_path)
    told = browser.json("/api/session")
    assert [one["name"] for one in told["recordings"]] == ["room.h5"]
    assert told["broken"][0]["name"] == "city.h5"
    assert words in told["broken"][0]["error"] and told["broken"][0]["hint"]
    assert browser.get("/api/r/a/meta").status_code == 200


def test_a_foreign_hdf5_file_is_told(open_browser, tmp_path):
    path = tmp_path / "other.h5"
    with h5py.File(path, "w") as file:
        file["x"] = [1]
    assert "not a recording of impetus_sim" in open_browser(path).json("/api/session")["broken"][0]["error"]


def test_a_run_that_goes_on_is_shown_as_far_as_it_is(open_browser, tmp_path):
    path = tmp_path / "going.h5"
    header = Header(
        attributes={"title": "Going on", "resolution_us": 10_000, "duration_ticks": 9000}, static={}
    )
    with RecordingWriter.create(path, header) as writer:
        assert "no frames yet" in open_browser(path).json("/api/session")["broken"][0]["error"]
        for t_s in range(5):
            writer.add_frame(t_s * 100, *_two_people(t_s))
        writer.end_segment()
        browser = open_browser(path)
        meta = browser.json("/api/r/a/meta")
        assert (meta["status"], meta["frames"]["people"]["times_s"][-1]) == ("cut short", 4.0)
        assert "4 s recorded" in meta["status_text"]
        for address in ("map", "events", "series", "chunk/people/0/0", "agent/people/0?t=2", "find?q=1"):
            answer = browser.get(f"/api/r/a/{address}")
            assert answer.status_code in (200, 422), (address, answer.text)


def _two_people(t_s):
    return np.arange(2), np.array([1.0, 2.0 + t_s]), np.zeros(2), np.zeros(2, np.uint8)


def test_a_recording_that_is_replaced_while_it_is_shown_is_told(open_browser, write_city, tmp_path):
    path = write_city(tmp_path / "city.h5")
    browser = open_browser(path)
    assert browser.get("/api/r/a/chunk/people/0/0").status_code == 200
    write_city(tmp_path / "other.h5").replace(path)
    answer = browser.get("/api/r/a/chunk/people/0/1")
    assert answer.status_code == 422 and "replaced" in answer.json()["error"]
