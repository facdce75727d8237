"""From people who run, over counters, a detector, operators and a playbook, to a warning; and lines down."""

import pytest

SEE = {
    "sensing": {"sensors": {"doors": {"kind": "exit_counter", "every": 1}}},
    "detection": {
        "detectors": {
            "run": {"kind": "threshold", "streams": "people_passing", "above": 1, "alert": "egress"}
        }
    },
}
ANSWER = {
    "playbooks": {
        "reassure": {
            "title": "People run",
            "source": "a test",
            "trigger": {"incident": "egress", "score": 1},
            "owner": "police",
            "steps": {"tell": {"order": "warning", "after": 3}},
        }
    }
}
RUN = {
    "time": {"duration": 120},
    "crowd": {"populations": {"guests": {"count": 12, "premovement": {"low": 0, "high": 1}}}},
    "interventions": {"calm": {"kind": "warning", "by_playbook": True, "repeats": 0}},
}
LATE = {"kind": "uniform", "low": 4000, "high": 4001}
STAYING = {"crowd": {"populations": {"deaf": {"count": 2, "at": {"box": [1, 1, 3, 3]}, "premovement": LATE}}}}


def test_from_a_counter_to_a_warning_with_all_causes(control, start, events_of):
    police = {"operators": 1, "handles": ["egress"]}
    scenario = control({"police": police}, {"response": ANSWER}, SEE, RUN, STAYING, calls={"share": 0})
    rows = events_of(start(scenario, until=120))
    (row,) = (row for row in rows if row["kind"] == "warning")
    chain = [row["kind"]]
    while row["causes"]:
        row = rows[row["causes"][0]]
        chain.append(row["kind"])
    expected = ["warning", "ordered", "step_done", "decision", "incident_confirmed", "alert", "shot"]
    assert chain == expected


def test_nothing_is_told_while_the_line_is_down(control, start, seconds, events_of):
    rooms = {
        "police": {"operators": 1, "handles": ["gunshot"], "tells": ["fire"], "asset": "telecom_core"},
        "fire": {"operators": 1},
    }
    down = {"kind": "asset_failure", "assets": "telecom_core", "start": 24, "lasts": 15, "at": None}
    town = {"infrastructure": {}, "hazards": {"cut": {k: v for k, v in down.items() if v is not None}}}
    simulation = start(control(rooms, town), until=60)
    found = seconds(simulation, "message_sent", "message_lost", "message_received")
    assert [kind for _, kind in found] == ["message_sent", "message_lost", "message_sent", "message_received"]
    (lost,) = events_of(simulation, "message_lost")
    kinds = {row["kind"] for row in events_of(simulation) if row["id"] in lost["causes"]}
    assert "message_sent" in kinds and kinds & {"level_fell", "damaged", "assets_failed"}


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_calls_need_a_cell(control, start, events_of, share):
    cut = {"kind": "asset_failure", "assets": "cell", "start": 1, "lasts": 200}
    needs = {"infrastructure": {}, "hazards": {"cut": cut} if share == 0.0 else {}}
    simulation = start(control({"police": {"operators": 1, "handles": ["gunshot"]}}, needs), until=60)
    assert bool(events_of(simulation, "alert")) == (share == 1.0)
    assert len(events_of(simulation, "call_blocked")) == (3 if share == 0.0 else 0)
