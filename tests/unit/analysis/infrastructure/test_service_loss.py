"""Loss of service in a recorded run: curve, districts and groups against sums by hand, metrics and commands."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from impetus_sim.analysis.infrastructure.recorded import read_assets
from impetus_sim.analysis.infrastructure.service_loss import compute_service_losses
from impetus_sim.cli.info import info_command
from impetus_sim.cli.run import describe_run
from impetus_sim.engine.record import simulate
from impetus_sim.scenario.load import read_scenario_text

TEXT = """
title: Two districts
map: {synthetic: {kind: grid_city, columns: 6, rows: 5}}
time: {duration: 60}
crowd:
  focus: {at: {box: [114, 114, 258, 258]}}
  street_exits: true
  populations:
    here:
      count: 40
      at: square
      activity: stay
      profiles: {adult: 0.5, child: 0.5}
infrastructure:
  districts: {west: {box: [-1000, -1000, 186, 2000]}}
hazards:
  cut: {kind: asset_failure, assets: transformer, start: 10, lasts: 30}
"""


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    path = tmp_path_factory.mktemp("loss") / "run.h5"
    return simulate(read_scenario_text(TEXT), path=path)


@pytest.fixture(scope="module")
def losses(recording):
    return {loss.service: loss for loss in compute_service_losses(recording, read_assets(recording))}


def test_the_curve_falls_and_comes_back(losses):
    power = losses["power"]
    assert power.restoration.lowest == 0.0
    assert power.restoration.fell_s == pytest.approx(10.0, abs=0.1)
    assert power.restoration.back_s == pytest.approx(40.0, abs=0.1)
    assert power.restoration.lost_h == pytest.approx(30.0 / 3600.0, rel=0.01)
    assert power.person_hours == pytest.approx(power.people * power.restoration.lost_h)
    assert losses["water"].person_hours == 0.0 and np.isnan(losses["water"].restoration.fell_s)
    assert losses["water"].share.min() == 1.0


def test_districts_add_up_to_the_whole(losses):
    power = losses["power"]
    assert [share.name for share in power.districts] == ["west", "elsewhere"]
    assert sum(share.people for share in power.districts) == pytest.approx(power.people)
    assert sum(share.person_hours for share in power.districts) == pytest.approx(power.person_hours)
    assert all(share.hours_each == pytest.approx(30.0 / 3600.0, rel=0.01) for share in power.districts)


def test_groups_are_those_of_the_people_in_the_dark(losses):
    power = losses["power"]
    assert {share.name for share in power.groups} == {"adult", "child"}
    assert sum(share.people for share in power.groups) == 40
    assert sum(share.person_hours for share in power.groups) == pytest.approx(40 * 30.0 / 3600.0, rel=0.05)
    assert losses["water"].worst_group is None and losses["water"].worst_district is None


def test_the_worst_off_is_named_by_hours_a_person(tmp_path):
    text = TEXT.replace("assets: transformer,", "assets: transformer, at: {box: [-1000, -1000, 186, 2000]},")
    recording = simulate(read_scenario_text(text), path=tmp_path / "west.h5")
    power = compute_service_losses(recording, read_assets(recording))[0]
    assert power.worst_district is not None and power.worst_district.name == "west"
    assert 0.0 < power.restoration.lowest < 1.0


def test_commands_say_it(recording):
    result = CliRunner().invoke(info_command, [str(recording.path), "--json"])
    assert result.exit_code == 0, result.output
    document = json.loads(result.output)
    power = next(found for found in document["services"] if found["service"] == "power")
    assert power["least_share"] == 0.0 and len(power["curve"]["t_s"]) == len(power["curve"]["share"])
    run = describe_run(recording)
    assert run["services"] == document["services"]
    assert run["metrics"]["outage_hours_power"]["value"] == pytest.approx(power["equivalent_outage_hours"])
    shown = CliRunner().invoke(info_command, [str(recording.path)]).output
    assert "person-hours without" in shown and "nobody without" in shown
