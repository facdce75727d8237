"""Designed cases: with its root removed, in a rerun of one seed, the harm that it claims is gone."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from impetus_sim.analysis.causes import read_trace
from impetus_sim.cli.explain import explain_command
from impetus_sim.engine.record import simulate
from impetus_sim.errors import InvalidInputError
from impetus_sim.planning.counterfactual import run_without
from impetus_sim.scenario.load import load_scenario

ROOM = """
title: A room with gas on one side and shots on the other
map: {synthetic: {kind: room, width: 20 m, depth: 10 m}}
time: {duration: 60 s}
crowd: {populations: {guests: {count: 40, at: {box: [1, 1, 19, 9]}}}, harm: true}
hazards:
  fumes: {kind: gas_area, at: {box: [0, 0, 6, 10]}, start: 2 s, co: 150 000, o2: 5}
  shots: {kind: shots, at: {xy: [15, 5]}, start: 10 s, danger_distance: 3 m}
interventions:
  warn: {kind: warning, after: shots, delay: 5 s}
"""


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    folder = tmp_path_factory.mktemp("counterfactual")
    path = folder / "room.yaml"
    path.write_text(ROOM)
    return simulate(load_scenario(path), seed=3, path=folder / "room.h5")


def test_without_the_fumes_nobody_is_incapacitated(recording):
    harmed = [e for e in read_trace(recording).events.values() if e.kind == "people_incapacitated"]
    assert harmed, "the case must harm somebody"
    found = run_without(recording, "fumes")
    assert found.removed == ("hazards.fumes",)
    gone = {d.kind for d in found.differences if d.n_without == 0}
    assert {"gas_area", "people_incapacitated"} <= gone
    assert [e for e in read_trace(found.without).events.values() if e.kind == "people_incapacitated"] == []


def test_without_the_shots_the_fumes_still_harm(recording):
    found = run_without(recording, "shots")
    assert found.removed == ("hazards.shots", "interventions.warn")
    kinds = {event.kind for event in read_trace(found.without).events.values()}
    assert "people_incapacitated" in kinds
    assert not kinds & {"shot", "warning"}


def test_a_cause_that_is_not_there_is_refused(recording):
    with pytest.raises(InvalidInputError, match="no hazard, attacker or intervention"):
        run_without(recording, "flames")


def test_the_command_tells_what_it_was_worth(recording, tmp_path):
    picture = tmp_path / "causes.png"
    done = CliRunner().invoke(
        explain_command, [str(recording.path), "--without", "fumes", "--json", "-o", str(picture)]
    )
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert document["without"] == "fumes"
    change = {row["name"]: row["change"] for row in document["harm"]}
    assert change["people_incapacitated"] > 0
    assert picture.stat().st_size > 10_000
