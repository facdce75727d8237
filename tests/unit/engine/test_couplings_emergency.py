"""Emergency vehicles in a run: events, travel times, restoring, and what they leave alone."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.analysis.emergency import emergency_travel_times
from impetus_sim.engine.record import simulate
from impetus_sim.engine.simulation import Simulation
from impetus_sim.errors import InvalidInputError

SENT = {
    "crowd": {"links": None, "populations": {"through": None, "visitors": None}},
    "time": {"duration": 90},
    "traffic": {
        "demand": {"cars": {"kind": "gravity", "trips": 150, "end": 40.0, "mean_distance": 200.0}},
        "emergency": {
            "ambulance": {
                "origin": {"xy": [0, 0]},
                "destination": {"xy": [186, 186]},
                "vehicles": 3,
                "every": 10,
            }
        },
    },
}


@pytest.fixture(scope="module")
def runs(town):
    return [simulate(town(SENT), seed=1, replicate=k, check=True) for k in range(2)]


def test_travel_times_of_all_runs_are_a_distribution(runs):
    times = emergency_travel_times(runs)
    assert list(times) == ["ambulance"] and len(times["ambulance"]) == 6
    assert (np.diff(times["ambulance"]) >= 0.0).all() and 5.0 < times["ambulance"][0] < 80.0


def test_places_on_links_are_recorded(runs):
    length = runs[0].static("drive_links")["length_m"]
    seen = 0
    for _, state in runs[0].series("traffic"):
        on = state["emergency_link"] >= 0
        assert ((state["emergency_offset_dm"] != 65535) == on).all()
        assert (state["emergency_offset_dm"][on] <= np.ceil(length[state["emergency_link"][on]] * 10)).all()
        seen += int(on.sum())
    assert seen > 0


def test_restored_run_is_the_run_never_stopped(town, runs, tmp_path):
    half = Simulation(town(SENT), seed=1)
    half.run_until(15.0)
    assert (half.systems.traffic.emergency.table.link >= 0).any()
    branch = Simulation.restore(half.checkpoint(tmp_path / "half.h5"))
    branch.run_until(90.0)
    assert branch.digest.value == runs[0].summary["digest"]


def test_people_are_left_alone(town):
    """But for the traffic that they wait for at kerbs, which emergency vehicles hold up."""
    free = {"traffic": {"crossings": {"kerbs": False}}}
    with_them = simulate(town(SENT, free), seed=1).summary["digest_parts"]
    without = simulate(town(SENT, free, {"traffic": {"emergency": None}}), seed=1).summary["digest_parts"]
    assert without["crowd"] == with_them["crowd"]
    assert without["traffic"] != with_them["traffic"]


def test_both_ends_at_one_junction_are_refused(town):
    same = {"traffic": {"emergency": {"ambulance": {"destination": {"xy": [1, 1]}}}}}
    with pytest.raises(InvalidInputError, match="same junction"):
        Simulation(town(SENT, same), seed=1)
