"""Branches and bands: run by a process of their own, told in words when they fail."""

from __future__ import annotations

import time

import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.replay.jobs.band import summarise_series
from impetus_sim.replay.jobs.requests import check_inject

PATIENCE_S = 300.0


def run_job(browser, address, asked):
    """Start a job and return what is said of it at its end."""
    started = browser.post(address, asked)
    assert started.status_code == 202, started.text
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        said = browser.json(f"/api/jobs/{started.json()['job']}")
        assert 0.0 <= said["progress"] <= 1.0
        if said["state"] in ("done", "failed"):
            return said
        time.sleep(0.1)
    raise AssertionError(f"the job has not ended after {PATIENCE_S:g} s: {said}")


def test_a_branch_without_a_change_is_the_parent_and_one_with_a_change_stands_beside_it(browser, room):
    said = run_job(browser, "/api/branch", {"rid": "a", "at_s": 7.0})
    assert said["state"] == "done", said
    assert said["result"]["is_same"] is True
    same, parent = browser.json("/api/r/b/meta"), browser.json("/api/r/a/meta")
    assert same["digest"] == parent["digest"] == room.summary["digest"]

    change = {"rid": "a", "at_s": 7.0, "set": ["crowd.exit_choice.taste=1 s"]}
    warning = "interventions: {shout: {kind: warning, at_time: 8 s, heard_share: 1}}"
    said = run_job(browser, "/api/branch", change | {"inject": warning})
    assert said["state"] == "done", said
    assert said["result"]["rid"] == "c"
    recordings = browser.json("/api/session")["recordings"]
    assert recordings[2]["parent"] == {"rid": "a", "name": "room.h5", "at_s": 7.0}
    assert "warning" in [event["kind"] for event in browser.json("/api/r/c/events")]
    assert browser.json("/api/r/c/meta")["digest"] != parent["digest"]
    refused = browser.post("/api/band", {"rid": "c", "replicates": 2})
    assert refused.status_code == 422 and "parent" in refused.json()["hint"]


@pytest.mark.slow
def test_a_band_lies_around_fresh_replicates(browser):
    said = run_job(browser, "/api/band", {"rid": "a", "replicates": 2})
    assert said["state"] == "done", said
    inside = next(series for series in said["result"]["series"] if series["name"] == "inside")
    assert len(inside["t"]) == len(inside["low"]) == len(inside["y"]) == len(inside["high"])
    assert all(
        low <= y <= high for low, y, high in zip(inside["low"], inside["y"], inside["high"], strict=True)
    )
    assert inside["y"][0] == 200 and inside["low"][-1] < inside["high"][0]


def test_a_failed_branch_says_why_and_what_to_try(browser):
    said = run_job(browser, "/api/branch", {"rid": "a", "at_s": 7.0, "set": ["crowd.exit_choice.tast=1 s"]})
    assert (said["state"], said["result"]) == ("failed", None)
    assert "tast" in said["error"] and "Traceback" not in said["error"]
    assert len(browser.json("/api/session")["recordings"]) == 1


@pytest.mark.parametrize(
    ("asked", "status", "words"),
    [
        ({"rid": "z", "at_s": 1.0}, 404, "no recording 'z'"),
        ({"rid": "a", "at_s": 99.0}, 422, "outside the recording"),
        ({"rid": "a", "at_s": -1.0}, 422, "at_s"),
        ({"rid": "a", "at_s": 1.0, "path": "/etc/passwd"}, 422, "path"),
        ({"rid": "a", "at_s": 1.0, "inject": "extends: /etc/passwd"}, 422, "cannot add to 'extends'"),
        ({"rid": "a", "at_s": 1.0, "inject": "a: [b"}, 422, "no YAML"),
        ({"rid": "a", "at_s": 1.0, "inject": "x" * 100_000}, 422, "inject"),
    ],
)
def test_what_cannot_be_branched_is_refused_at_once(browser, asked, status, words):
    answer = browser.post("/api/branch", asked)
    assert answer.status_code == status
    assert words in answer.json()["error"]


def test_the_form_holds_what_may_change_with_its_present_value(browser):
    form = browser.json("/api/r/a/branch-form?t=7.123")
    assert form["at_s"] == pytest.approx(7.12)
    keys = {key["key"]: key for key in form["keys"]}
    assert keys["hazards.alarm.start"]["value"] == "5.0"
    assert keys["hazards.alarm.start"]["unit_text"].startswith("has begun; 0 to")
    assert keys["crowd.exit_choice.taste"]["value"] == "4.0"
    assert not any(key.startswith(("map", "time", "crowd.populations")) for key in keys)
    check_inject(form["example_inject"])
    before = {key["key"]: key for key in browser.json("/api/r/a/branch-form?t=1")["keys"]}
    assert not before["hazards.alarm.start"]["unit_text"].startswith("has begun")


def test_text_that_is_no_mapping_is_refused():
    with pytest.raises(InvalidInputError, match="begin with a section"):
        check_inject("just words")


def test_a_band_holds_lowest_median_and_highest_and_counts_what_did_not_happen_as_nothing():
    inside = {"name": "inside", "title": "people inside", "unit": "people"}
    runs = [
        [inside | {"t": [0.0, 5.0], "y": [10.0, 4.0]}],
        [inside | {"t": [0.0, 5.0], "y": [10.0, 6.0]}, {**inside, "name": "injured", "t": [2.0], "y": [1.0]}],
        [inside | {"t": [0.0, 5.0], "y": [10.0, 2.0]}],
    ]
    bands = {band["name"]: band for band in summarise_series(runs, end_s=10.0)}
    assert (bands["inside"]["low"][-1], bands["inside"]["y"][-1], bands["inside"]["high"][-1]) == (
        2.0,
        4.0,
        6.0,
    )
    assert bands["inside"]["y"][0] == 10.0
    assert (bands["injured"]["low"][-1], bands["injured"]["high"][-1]) == (0.0, 1.0)
    assert bands["injured"]["high"][0] == 0.0
