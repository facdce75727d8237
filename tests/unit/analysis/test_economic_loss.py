"""Economic loss against sums by hand: parts, what is left out, what still goes on, and that it moves nothing."""

import pytest
from click.testing import CliRunner

from impetus_sim.analysis.economic_loss import compute_economic_loss, read_values
from impetus_sim.analysis.metric import Metric
from impetus_sim.analysis.metrics import compute_metrics
from impetus_sim.cli.info import info_command
from impetus_sim.engine.record import simulate
from impetus_sim.errors import InvalidFilesError
from impetus_sim.scenario.load import read_scenario_text

TEXT = """
title: Dark for half a minute
map: {synthetic: {kind: grid_city, columns: 4, rows: 4}}
time: {duration: 60}
infrastructure: {}
hazards:
  cut: {kind: asset_failure, assets: transformer, start: 10, lasts: 30}
"""


def lost(name, value, **more):
    return {name: Metric(name=name, value=value, unit="h", label=name.replace("_", " "), **more)}


def test_hours_lost_times_their_value():
    metrics = lost("total_delay", 10.0) | lost("person_hours_without_power", 200.0)
    values = {"vehicle_hour": 12.0, "person_hour_without_power": 1.5}
    (loss,) = compute_economic_loss(values, metrics)
    assert loss.value == 10.0 * 12.0 + 200.0 * 1.5
    assert (loss.unit, loss.better, loss.is_censored) == ("EUR", "lower", False)
    assert (
        loss.note
        == "total delay: 120 EUR at 12 EUR an hour; person hours without power: 300 EUR at 1.5 EUR an hour"
    )


def test_what_has_no_value_is_not_counted():
    metrics = lost("total_delay", 10.0) | lost("person_hours_without_power", 200.0)
    (loss,) = compute_economic_loss({"vehicle_hour": 12.0}, metrics)
    assert loss.value == 120.0
    assert compute_economic_loss({}, metrics) == []


def test_what_was_not_measured_is_named():
    values = {"vehicle_hour": 12.0, "person_hour_without_water": 1.0}
    (loss,) = compute_economic_loss(values, lost("total_delay", 10.0))
    assert loss.value == 120.0
    assert loss.note.endswith("not measured: person hours without water")
    (nothing,) = compute_economic_loss(values, lost("total_delay", None))
    assert nothing.text == "not defined: not measured: total delay, person hours without water"


def test_a_loss_that_goes_on_is_at_least_so_much():
    metrics = lost("total_delay", 10.0) | lost("person_hours_without_power", 200.0, is_censored=True)
    values = {"vehicle_hour": 12.0, "person_hour_without_power": 1.5}
    assert compute_economic_loss(values, metrics)[0].text.startswith("> 420 EUR")


def test_a_run_tells_it_and_its_digest_is_that_without(tmp_path):
    plain = simulate(read_scenario_text(TEXT), path=tmp_path / "plain.h5")
    valued = f"{TEXT}economics: {{person_hour_without_power: 1 to 3, vehicle_hour: 10}}\n"
    recording = simulate(read_scenario_text(valued), path=tmp_path / "valued.h5")
    assert recording.summary["digest"] == plain.summary["digest"]
    assert "economic_loss" not in compute_metrics(plain)

    metrics = compute_metrics(recording)
    value = read_values(recording)["person_hour_without_power"]
    assert 1.0 < value < 3.0
    assert metrics["economic_loss"].value == pytest.approx(
        value * metrics["person_hours_without_power"].value
    )
    assert "not measured: total delay" in metrics["economic_loss"].note
    said = CliRunner().invoke(info_command, [str(tmp_path / "valued.h5")])
    assert said.exit_code == 0 and "economic loss" in said.output


@pytest.mark.parametrize(
    ("section", "says"),
    [
        ("{}", "no value is stated"),
        ("{vehicle_hour: -1}", "vehicle_hour"),
        ("{vehicle_hours: 1}", "vehicle_hour"),
    ],
)
def test_faults_are_told(section, says):
    with pytest.raises(InvalidFilesError, match=says):
        read_scenario_text(f"{TEXT}economics: {section}\n")
