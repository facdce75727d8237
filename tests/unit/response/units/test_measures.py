"""What a recording tells of units: response times, the chain of care, utilisation, the page of `info`."""

import json

import numpy as np
import pytest

from impetus_sim.analysis.metrics import compute_metrics
from impetus_sim.analysis.people import read_people
from impetus_sim.analysis.percentiles import percentile_of_times
from impetus_sim.analysis.response.units import UNIT_METRICS, describe_units
from impetus_sim.cli.info import build_tables, describe_recording
from impetus_sim.engine.record import simulate
from impetus_sim.recording.reader import open_recording

ATTACK = {
    "gun": {
        "kind": "attacker", "at": {"xy": [186, 186]}, "start": 1, "lasts": 60, "rate": 60, "hit_at_muzzle": 1.0,
        "hit_range": 500, "heard_share": 0, "seen_share": 0, "dead": 0.0, "immediate": 0.6, "delayed": 0.2,
        "minor": 0.2,
    }
}  # fmt: skip
"""Hits everybody, of whom nobody flees."""


@pytest.fixture(scope="module")
def recording(city_with_units, tmp_path_factory):
    scenario = city_with_units(
        hazards=ATTACK,
        time__duration=600,
        response__care={"immediate_time": 30, "loading_time": 20, "handover_time": 30, "triage_time": 10},
    )
    path = tmp_path_factory.mktemp("units") / "run.h5"
    simulate(scenario, path=path, seed=4)
    return open_recording(path)


def test_metrics_are_those_of_the_events(recording):
    metrics = compute_metrics(recording)
    assert set(UNIT_METRICS) <= set(metrics)
    events = recording.events_frame()
    arrived = events[events.kind == "unit_arrived"]
    response = [json.loads(text)["response_s"] for text in arrived["data"]]
    assert metrics["unit_response_median"].value == pytest.approx(np.median(response))
    triaged = events[events.kind == "casualty_triaged"]
    waits = [json.loads(text)["wait_s"] for text in triaged["data"]]
    assert len(waits) >= 3
    assert metrics["triage_time_median"].value == pytest.approx(np.median(waits))
    assert metrics["died_waiting"].value == (events.kind == "casualty_died").sum()
    assert 0.0 < metrics["units_utilisation"].value < 1.0


def test_the_chain_of_care_gets_shorter_step_by_step(recording):
    units = describe_units(recording, read_people(recording))
    whole, *groups = units["casualties"]
    assert whole["hurt"] >= whole["found"] >= whole["triaged"] >= whole["treated"] >= whole["loaded"] > 0
    assert sum(row["hurt"] for row in groups if row["by"] == "population") == whole["hurt"]
    assert sum(row["taken"] for row in units["hospitals"]) >= whole["at_hospital"]
    ambulances = next(row for row in units["by_kind"] if row["unit"] == "ambulance")
    assert (ambulances["units"], ambulances["asked"], ambulances["arrived"]) == (3, 2, 2)


def test_info_shows_units_casualties_and_hospitals(recording):
    titles = {str(table.title) for table in build_tables(describe_recording(recording))}
    assert {"Units: request to arrival", "Casualties", "Hospitals"} <= titles


def test_a_percentile_is_censored_where_somebody_under_way_could_change_it():
    times, is_over = np.array([10.0, 20.0, 15.0]), np.array([True, True, False])
    words = {"label": "", "open_words": "not there", "nothing": "none"}
    assert percentile_of_times("t", 50.0, times, is_over, **words).is_censored
    assert not percentile_of_times("t", 0.0, times, is_over, **words).is_censored
    assert percentile_of_times("t", 50.0, times[:0], is_over[:0], **words).note == "none"
