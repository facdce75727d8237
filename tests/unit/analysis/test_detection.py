"""Alerts of a run matched with what happened, by cause and by time and place."""

import json

import pytest

from impetus_sim.analysis.causes import Event, Trace
from impetus_sim.analysis.detection import score_trace

NAN = float("nan")


def event(id, t_s, kind, subject, x=NAN, y=NAN, causes=()):
    return Event(id=id, t_s=t_s, kind=kind, subject=subject, x=x, y=y, causes=causes, data={"alert": "gas"})


@pytest.fixture
def trace():
    return Trace(
        [
            event(0, 10.0, "alert", "early", 0.0, 0.0),
            event(1, 60.0, "released", "gas", 0.0, 0.0),
            event(2, 90.0, "alert", "far", 900.0, 0.0),
            event(3, 100.0, "alert", "far", 900.0, 0.0, causes=(1,)),
            event(4, 130.0, "alert", "near", 30.0, 40.0),
            event(5, 200.0, "fire", "unnoticed", 5000.0, 0.0),
            event(6, 7000.0, "alert", "near", 0.0, 0.0),
        ]
    )


def test_hits_delays_places_and_false_alarms(trace):
    score = score_trace(
        trace, ["gas", "unnoticed", "never"], duration_s=7200.0, after_s=300.0, radius_m=150.0
    )
    gas, unnoticed = score.incidents
    assert (gas.alert.id, gas.delay_s, gas.distance_m, gas.is_by_cause) == (3, 40.0, 900.0, True)
    assert unnoticed.alert is None and score.hit_rate == 0.5 and score.hours == 2.0
    counts = {one.name: (one.n_alerts, one.n_false, one.false_per_hour) for one in score.detectors}
    assert counts == {"early": (1, 1, 0.5), "far": (2, 1, 0.5), "near": (2, 1, 0.5)}


def test_the_command_scores_a_recording(tmp_path, room):
    from click.testing import CliRunner

    from impetus_sim.cli.detect import detect_group
    from impetus_sim.engine.record import simulate

    eye = {
        "kind": "egress_start",
        "streams": "people_passing",
        "every": 1,
        "usual": 0.02,
        "more": 0.3,
        "threshold": 6,
    }
    scenario = room(
        {
            "hazards": {"cry": {"kind": "false_alarm", "at": {"xy": [6, 2]}, "start": 5}},
            "sensing": {"sensors": {"doors": {"kind": "exit_counter", "every": 1}}},
            "detection": {"detectors": {"eye": eye}},
        }
    )
    simulate(scenario, path=tmp_path / "run.h5")
    done = CliRunner().invoke(
        detect_group, ["score", str(tmp_path / "run.h5"), "--json"], catch_exceptions=False
    )
    document = json.loads(done.stdout)
    (cry,) = document["incidents"]
    assert cry["name"] == "cry" and cry["found_by"] == "eye" and 0.0 < cry["delay_s"] < 10.0
    assert document["hit_rate"] == 1.0 and document["detectors"][0]["false"] == 0
    assert "eye" in CliRunner().invoke(detect_group, ["score", str(tmp_path / "run.h5")]).stdout


def test_a_run_and_a_record_at_once_are_refused():
    from click.testing import CliRunner

    from impetus_sim.cli.detect import detect_group

    both = CliRunner().invoke(detect_group, ["score", "a.h5", "--data", "b.csv"])
    assert "a run and a record at once" in str(both.exception)
