"""A scenario whose traffic has a focus: run, recorded with lanes, restored; what is wrong in the section."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.engine.record import simulate
from impetus_sim.engine.simulation import Simulation
from impetus_sim.errors import ImpetusError
from impetus_sim.scenario.load import load_scenario

TEXT = """
title: Traffic that follows the one ahead around Railway Square
map: helsinki_centre
time: {duration: 6 min}
crowd: {focus: {at: Rautatientori, radius: 40 m}}
traffic:
  focus: {area: {at: Rautatientori, radius: 300 m}FOCUS}
  demand:
    everyday: {kind: gravity, trips: 500, end: 5 min, through: 0.6, mean_distance: 600 m, trucks: 0.1}
"""


def _load(folder, more=""):
    path = folder / "focus.yaml"
    path.write_text(TEXT.replace("FOCUS", more))
    return load_scenario(path)


def test_a_run_keeps_the_laws_records_lanes_and_is_restored_exactly(tmp_path):
    scenario = _load(tmp_path)
    recording = simulate(scenario, seed=3, check=True)
    n_lanes = recording.static("drive_links")["n_lanes"]
    n_followed = 0
    for _, state in recording.series("traffic"):
        rows = np.flatnonzero(state["lane"] != 255)
        assert (state["lane"][rows] < n_lanes[state["link"][rows]]).all()
        n_followed += len(rows)
    assert n_followed > 500
    sim = Simulation(scenario, seed=3)
    sim.run_until(200.0)
    branch = Simulation.restore(sim.checkpoint(tmp_path / "half.h5"))
    branch.run_until(360.0)
    assert branch.digest.value == recording.summary["digest"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (", model: newell", "idm"),
        (", step: 2 s", "0.25"),
        (", braking: -1", "braking"),
        (", politness: 0", "politeness"),
    ],
)
def test_wrong_keys_are_named(tmp_path, more, message):
    with pytest.raises(ImpetusError, match=message):
        _load(tmp_path, more)
