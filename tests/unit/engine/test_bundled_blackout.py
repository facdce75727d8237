"""The bundled scenario of an attack and a blackout: it is valid, what follows has its causes, and it is exact."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from impetus_sim.cli.animate import animate_command
from impetus_sim.cli.explain import explain_command
from impetus_sim.cli.validate import validate_command
from impetus_sim.engine.record import simulate
from impetus_sim.engine.simulation import Simulation
from impetus_sim.maps.bundled import bundled_folder
from impetus_sim.scenario.load import load_scenario

FILE = bundled_folder("scenarios") / "demo" / "railway_square_blackout.yaml"
EARLY = {
    "time.duration": 100.0,
    "traffic.emergency": {},
    "cyber.attackers.intruder.strike": 20.0,
    "hazards.feeder.start": 40.0,
    "hazards.square.start": 40.0,
    "interventions.message.delay": 5.0,
}
"""All of it in the first hundred seconds."""


@pytest.fixture(scope="module")
def run(warm, tmp_path_factory):
    path = tmp_path_factory.mktemp("blackout") / "run.h5"
    return simulate(load_scenario(FILE).with_(**EARLY), seed=1, check=True, path=path)


def test_it_is_valid_on_its_map():
    said = CliRunner().invoke(validate_command, [str(FILE)])
    assert said.exit_code == 0, said.output


def test_lights_go_red_and_then_dark(run):
    kinds = run.events_frame()["kind"].tolist()
    assert {"attack_began", "signal_all_red", "signal_dark", "buffer_in_use"} <= set(kinds)
    assert kinds.index("signal_all_red") < kinds.index("signal_dark")


def test_a_dark_light_is_explained_from_the_failure_on(run):
    frame = run.events_frame()
    light = frame[frame["kind"] == "signal_dark"]["subject"].iloc[0]
    said = CliRunner().invoke(explain_command, [str(run.path), "--asset", light])
    assert said.exit_code == 0
    assert f"{light}: signal, mapped" in said.output
    assert "since 40.00 s" in said.output
    assert "assets_failed" in said.output and "lacks power" in said.output


def test_who_was_without_is_drawn(run, tmp_path):
    picture = tmp_path / "without.png"
    said = CliRunner().invoke(animate_command, [str(run.path), "--without", "power", "-o", str(picture)])
    assert said.exit_code == 0, said.output
    assert picture.stat().st_size > 20_000


@pytest.mark.slow
def test_two_threads_and_a_branch_in_the_dark_are_exact(run):
    scenario = load_scenario(FILE).with_(**EARLY)
    both = Simulation(scenario, seed=1, threads=2)
    both.run_until(50.0)
    middle = both.capture()
    both.run_until(100.0)
    assert both.digest.value == run.summary["digest"]
    branch = Simulation(scenario, seed=1, city=both.city)
    branch.take_over(middle)
    branch.run_until(100.0)
    assert branch.digest.parts == both.digest.parts
