"""Voltages beside the grid of a run, and whom load shedding spares."""

import sys

import numpy as np
import pytest

from impetus_sim.analysis.infrastructure.voltages import compute_voltage_metrics, read_voltages
from impetus_sim.analysis.metrics import compute_metrics
from impetus_sim.engine.record import simulate
from impetus_sim.errors import InvalidInputError

RUN = {
    "time": {"duration": 40},
    "infrastructure": {"power": {"ac": True}},
    "hazards": {"cut": {"kind": "asset_failure", "assets": "feeder_1_1", "start": 5}},
}
WEAK = """mpc.version = '2';
mpc.baseMVA = 100;
mpc.bus = [
1 3 0 0 0 0 1 1 0 110 1 1.1 0.9;
2 1 900 300 0 0 1 1 0 110 1 1.1 0.9;
];
mpc.gen = [1 900 0 99 -99 1.02 100 1 2000 0];
mpc.branch = [1 2 0.01 0.1 0 0 0 0 0 0 1];
"""


@pytest.fixture
def lightsim2grid():
    """Skip without the optional library."""
    return pytest.importorskip("lightsim2grid", reason="extra ac")


@pytest.fixture(scope="module")
def recorded(room, tmp_path_factory):
    """Return the recording of a run whose only feeder fails at 5 s."""
    pytest.importorskip("lightsim2grid", reason="extra ac")
    return simulate(room(RUN), seed=1, path=tmp_path_factory.mktemp("run") / "run.h5")


def test_voltages_are_recorded_when_the_grid_changes(recorded):
    found = read_voltages(recorded)
    assert found.is_solved.all()
    assert found.times_s[0] < 0.1
    after = found.pu[np.flatnonzero(found.times_s >= 5.0)[0]]
    of_bus = dict(zip(found.buses, after, strict=True))
    assert of_bus["grid_supply_1"] == pytest.approx(1.03)
    assert np.isnan(of_bus["transformer_1_1_1"])
    assert 0.99 < found.pu[0].min() < 1.03 + 1e-6


def test_metrics_of_voltages(recorded):
    metrics = {metric.name: metric for metric in compute_voltage_metrics(recorded)}
    assert metrics["lowest_voltage"].value == pytest.approx(np.nanmin(read_voltages(recorded).pu))
    assert metrics["most_buses_outside_voltage"].value == 0.0
    assert metrics["flows_without_voltages"].value == 0.0
    assert {name for name in compute_metrics(recorded) if "volt" in name} == set(metrics)


def test_without_asking_there_are_none(room, tmp_path):
    recording = simulate(
        room({"time": {"duration": 1}, "infrastructure": {}}), seed=1, path=tmp_path / "run.h5"
    )
    assert compute_voltage_metrics(recording) == []


@pytest.mark.usefixtures("lightsim2grid")
def test_asking_changes_nothing_else(room, start):
    plain = room(RUN, {"infrastructure": {"power": {"ac": False}}})
    asked, unasked = start(room(RUN), until=30.0), start(plain, until=30.0)
    np.testing.assert_array_equal(asked.world.asset_states.level, unasked.world.asset_states.level)
    assert asked.digest.parts["crowd"] == unasked.digest.parts["crowd"]


@pytest.mark.usefixtures("lightsim2grid")
def test_a_branch_goes_on_exactly(room, start):
    whole = start(room(RUN), until=30.0)
    walking = start(room(RUN), until=5.02, city=whole.city)
    fresh = start(room(RUN), city=whole.city)
    fresh.take_over(walking.capture())
    fresh.run_until(30.0)
    assert fresh.digest.parts == whole.digest.parts


@pytest.mark.usefixtures("lightsim2grid")
def test_a_flow_without_a_solution_is_said(room, start, tmp_path):
    """900 MW over X = 0.1 pu of 100 MVA, which carries 500 at most."""
    path = tmp_path / "weak.m"
    path.write_text(WEAK)
    power = {"ac": True, "network": str(path), "at": 2}
    scenario = room({"time": {"duration": 2}, "infrastructure": {"power": power}})
    recording = simulate(scenario, seed=1, path=tmp_path / "run.h5")
    assert compute_metrics(recording)["flows_without_voltages"].value >= 1.0
    assert "voltages_unsolved" in set(recording.events_frame()["kind"])


def test_without_the_library_it_is_said_what_to_install(room, start, monkeypatch):
    monkeypatch.setitem(sys.modules, "lightsim2grid.network", None)
    with pytest.raises(
        InvalidInputError, match=r"infrastructure.power.ac: AC flow needs lightsim2grid"
    ) as raised:
        start(room(RUN))
    assert "impetus_sim[ac]" in raised.value.hint


def test_kept_assets_are_in_no_block(room, start):
    keep = {"infrastructure": {"power": {"ac": False, "keep": ["control_centre"]}}}
    simulation = start(room(RUN, keep))
    plan = simulation.systems.infrastructure.supplies[0].grid._grid.plan
    assert plan.share.sum() == 0.0  # the room has one transformer, and it feeds the centre


def test_assets_to_keep_must_be_there(room, start):
    with pytest.raises(InvalidInputError, match=r"infrastructure.power.keep: assets: there is no"):
        start(room(RUN, {"infrastructure": {"power": {"ac": False, "keep": ["hospital"]}}}))
