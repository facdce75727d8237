"""The public Python interface: every line that README and the documentation promise works as they say."""

from __future__ import annotations

import numpy as np
import pytest

import impetus_sim as imp

SMALL = {"crowd.populations.guests.count": 12, "time.duration": 8, "hazards.alarm.start": 1}


@pytest.fixture(scope="module")
def scenario(warm):
    return imp.load_scenario("teaching/room.yaml").with_(**SMALL)


@pytest.fixture(scope="module")
def run(scenario, tmp_path_factory):
    return imp.simulate(scenario, seed=7, path=tmp_path_factory.mktemp("run") / "run.h5")


def test_every_name_is_there():
    for name in imp.__all__:
        assert getattr(imp, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = imp.nothing


def test_a_scenario_is_frozen_and_with_returns_a_changed_copy(scenario):
    longer = scenario.with_(**{"time.duration": 9})
    assert (scenario.time.duration, longer.time.duration) == (8, 9)
    with pytest.raises(ValueError, match="frozen"):
        scenario.time.duration = 9


def test_a_run_is_a_recording_with_its_measures(run):
    assert isinstance(run, imp.Recording)
    assert run.metrics["peak_density"].unit == "people/m²"
    assert run.metrics["share_out"].to_dict()["value"] == run.metrics["share_out"].value
    assert len(run.frame(t_s=6).x) == 12
    assert run.events()["kind"].tolist() == [b"false_alarm"]
    assert run.events_frame()["t_s"].tolist() == [1.0]
    again = imp.open_recording(run.path)
    assert again.metrics == run.metrics == imp.compute_metrics(run)


def test_a_run_becomes_a_dataset(run):
    pytest.importorskip("xarray")
    held = run.to_xarray()
    assert held.sizes["person"] == 12
    assert held.attrs["metric_peak_density"] == run.metrics["peak_density"].value


def test_a_branch_without_a_change_is_the_same_run(run, tmp_path):
    branch = imp.branch(run, tmp_path / "branch.h5", at_s=4)
    assert branch.summary["digest"] == run.summary["digest"]
    assert branch.metrics["peak_density"] == run.metrics["peak_density"]


def test_a_live_simulation_can_be_looked_at_saved_and_gone_on_with(scenario, run, tmp_path):
    sim = imp.Simulation(scenario, seed=7)
    sim.run_until(3)
    assert sim.crowd.positions.shape == (12, 2)
    assert len(sim.model.agents) >= 1
    back = imp.Simulation.restore(sim.checkpoint(tmp_path / "sim.h5"))
    assert back.time_s == 3
    np.testing.assert_array_equal(back.crowd.positions, sim.crowd.positions)
    for each in (sim, back):
        each.run_until(8)
        assert each.digest.value == run.summary["digest"]


@pytest.mark.slow  # starts worker processes; the notebooks do the same in CI
def test_a_comparison_is_a_table_and_a_ranking(scenario, tmp_path):
    late = scenario.with_(**{"hazards.alarm.start": 4, "title": "Alarm later"})
    study = imp.compare(scenario, options=[late], replicates=2, folder=tmp_path / "study")
    table = study.to_dataframe()
    assert set(table["option"]) == {"baseline", study.options[1]["name"]}
    assert {"mean_egress_time", "peak_density"} <= set(table["metric"])
    assert {"mean", "difference.mean", "difference.low", "difference.high"} <= set(table.columns)
    assert sorted(study.rank("peak_density")) == sorted({*table["option"]})
