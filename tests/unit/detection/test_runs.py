"""Detection in a whole run: an egress found at the exits, records to learn from, joined alerts, what is refused."""

import json

import numpy as np
import pytest

from impetus_sim.engine.build_detection import time_of_week_s
from impetus_sim.errors import InvalidFilesError, InvalidInputError

ALARM = {"cry": {"kind": "false_alarm", "at": {"xy": [6, 2]}, "start": 5}}
COUNTERS = {"sensors": {"doors": {"kind": "exit_counter", "every": 1, "miss": 0, "twice": 0}}}
EGRESS = {
    "kind": "egress_start",
    "streams": "people_passing",
    "every": 1,
    "usual": 0.02,
    "more": 0.3,
    "threshold": 6,
}


def alerts_of(simulation):
    world = simulation.world
    held = world.alarms.alerts
    return [
        (world.seconds(int(tick)), source.decode(), kind.decode(), int(event))
        for tick, source, kind, event in zip(held.tick, held.source, held.kind, held.event, strict=True)
    ]


def test_an_egress_is_found_after_it_began(room, start):
    scenario = room({"hazards": ALARM, "sensing": COUNTERS, "detection": {"detectors": {"eye": EGRESS}}})
    simulation = start(scenario, until=20)
    alerts = alerts_of(simulation)
    assert alerts and alerts[0][1:3] == ("eye", "egress")
    assert 5.0 < alerts[0][0] < 15.0 and simulation.crowd.counts()["left"] > 0


def test_nobody_leaves_no_alert(room, start):
    scenario = room({"sensing": COUNTERS, "detection": {"detectors": {"eye": EGRESS}}})
    assert alerts_of(start(scenario, until=20)) == []


def test_joined_alerts_name_those_they_rest_on(room, start):
    limit = {"kind": "threshold", "streams": "people_passing", "above": 1, "alert": "egress", "quiet": 2}
    detection = {"detectors": {"eye": EGRESS, "limit": limit}, "fusion": {"evidence": 6}}
    scenario = room({"hazards": ALARM, "sensing": COUNTERS, "detection": detection})
    simulation = start(scenario, until=20)
    joined = [alert for alert in alerts_of(simulation) if alert[1] == "fusion"]
    assert len(joined) == 1 and joined[0][2] == "egress"
    events = simulation.world.events
    causes = [int(c) for c in events.causes[joined[0][3]].decode().split(",")]
    assert len(causes) >= 2 and all(events.kind[c] == b"alert" for c in causes)
    assert json.loads(events.data[joined[0][3]])["score"] >= 6.0


def test_a_record_beside_the_scenario_is_learned_from(tmp_path, start):
    from impetus_sim.scenario.load import load_scenario

    rows = "\n".join(f"{3600 * k},{10 + k % 3},{5 + k % 2}" for k in range(400))
    streams = "doors_east.people_passing,doors_west.people_passing"
    (tmp_path / "usual.csv").write_text(f"time,{streams}\n{rows}\n")
    (tmp_path / "room.yaml").write_text(
        "title: Room\n"
        "map: {synthetic: {kind: room, width: 12 m, depth: 8 m, exits: ["
        "{name: east, wall: east, width: 1.6}, {name: west, wall: west, width: 1.2}]}}\n"
        "time: {duration: 20}\n"
        "crowd: {populations: {guests: {count: 4, at: {box: [1, 1, 11, 7]}}}}\n"
        "sensing: {sensors: {doors: {kind: exit_counter, every: 1, needs: none}}}\n"
        "detection: {history: usual.csv, detectors: {d: {kind: seasonal, streams: people_passing, limit: 4}}}\n"
    )
    simulation = start(load_scenario(tmp_path / "room.yaml"), until=5)
    found = alerts_of(simulation)
    assert {alert[1] for alert in found} == {"d"}, "nobody passes where ten a second are usual"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("time,a\n0,1\n0,2\n", "does not ascend"),
        ("clock,a\n0,1\n", "no column time"),
        ("time,a\n0,x\n1,2\n", "line 2: 'x' is not a number"),
        ("time,a\n0,1,2\n1,2\n", "line 2: not a time and 1 readings"),
        ("nowhere.csv", "cannot read 'nowhere.csv'"),
    ],
)
def test_a_record_that_cannot_be_used_is_refused_with_its_line(room, text, message):
    with pytest.raises((InvalidFilesError, ValueError), match=message):
        room({"detection": {"history": text}})


def test_fused_evidence_must_be_evidence(room):
    with pytest.raises((InvalidFilesError, ValueError), match="no evidence"):
        room({"detection": {"fusion": {"hit_rate": 0.1, "false_rate": 0.2}}})


def test_time_of_the_week():
    assert time_of_week_s("2026-01-05T00:00:00") == 0.0
    assert time_of_week_s("2026-01-11T23:59:30") == 7 * 86400 - 30.0
    assert np.isclose(time_of_week_s("2026-01-01T12:00:00"), 3.5 * 86400)


def test_a_detector_that_reckons_per_reading_must_know_their_interval(room, start):
    scenario = room({"sensing": COUNTERS, "detection": {"detectors": {"eye": {**EGRESS, "every": 5}}}})
    with pytest.raises(InvalidInputError, match=r"eye: every: 5 s, but .* speaks every 1 s"):
        start(scenario, until=1)
