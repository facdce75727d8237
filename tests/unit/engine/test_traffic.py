"""Scenarios with traffic on the bundled map: run, record, restore, and what does not depend on what."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.engine.record import simulate
from impetus_sim.engine.simulation import Simulation
from impetus_sim.scenario.load import load_scenario

TEXT = """
title: An hour of traffic around Railway Square
map: helsinki_centre
time: {duration: 20 min}
crowd: {focus: {at: Rautatientori, radius: 40 m}}
traffic:
  demand:
    everyday: {kind: gravity, trips: 800, end: 10 min, through: 0.6, mean_distance: 600 m, trucks: 0.1}
    flight:
      {kind: flight, at: {at: Rautatientori, radius: 150 m}, start: 1 min, people_per_car: 120, mean_delay: 3 min}
    coaches: {kind: trips, trips: 6, origin: Rautatientori, destination: Senaatintori, vehicles: bus, end: 5 min}
"""


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    path = tmp_path_factory.mktemp("traffic") / "traffic.yaml"
    path.write_text(TEXT)
    return load_scenario(path)


@pytest.fixture(scope="module")
def recording(scenario):
    return simulate(scenario, seed=3, check=True)


def test_every_vehicle_is_accounted_for_at_every_frame(recording):
    counts = {name: values for name, values in recording.counts().items() if name.startswith("vehicles_")}
    total = sum(counts.values())
    assert (total == total[0]).all()
    assert total[0] == len(recording.static("vehicles")["uid"])
    assert counts["vehicles_arrived"][-1] > 0.95 * total[0]


def test_kinds_of_demand_are_all_there(recording):
    vehicles = recording.static("vehicles")
    n = np.bincount(vehicles["kind"], minlength=3)
    assert n[2] == 6  # coaches
    assert 50 <= n[1] <= 110  # a tenth of 800
    assert len(vehicles["uid"]) == len(set(vehicles["uid"].tolist())) > 806


def test_recorded_places_lie_on_the_links_and_counts_grow(recording):
    length = recording.static("drive_links")["length_m"]
    before = None
    for _, state in recording.series("traffic"):
        on = state["link"] >= 0
        assert (state["offset_dm"][on] <= np.ceil(length[state["link"][on]] * 10.0) + 1).all()
        assert (state["state"][on] == 2).all()
        if before is not None:
            assert (state["n_entered"] >= before).all()
        before = state["n_entered"]


def test_lights_of_the_map_have_guessed_plans(recording):
    signals = recording.static("signals")
    assert len(signals["node"]) > 10
    assert signals["is_guessed"].all()


def test_restored_run_is_the_run_never_stopped(scenario, recording, tmp_path):
    sim = Simulation(scenario, seed=3)
    sim.run_until(300.0)
    assert sim.systems.traffic.flow.counts()["on_links"] > 50
    branch = Simulation.restore(sim.checkpoint(tmp_path / "half.h5"))
    branch.run_until(1200.0)
    assert branch.digest.value == recording.summary["digest"]


def test_traffic_leaves_the_digest_of_people_alone(scenario):
    quiet = scenario.with_(traffic=None, **{"time.duration": 60.0})
    with_traffic = scenario.with_(**{"time.duration": 60.0})
    parts = [simulate(s, seed=3).summary["digest_parts"] for s in (quiet, with_traffic)]
    assert parts[0]["crowd"] == parts[1]["crowd"]
    assert "traffic" not in parts[0]


def test_trips_of_one_entry_do_not_move_when_another_is_added(scenario):
    alone = scenario.with_(**{"traffic.demand.flight": None, "traffic.demand.coaches": None})
    both = {}
    for name, s in (("alone", alone), ("both", scenario)):
        flow = Simulation(s, seed=3).systems.traffic
        nodes = flow.flow.routing.ways.goal_node[flow.flow.vehicles["goal"]]
        both[name] = dict(
            zip(flow.uid.tolist(), zip(flow.flow.vehicles["depart_us"], nodes, strict=True), strict=True)
        )
    assert all(both["both"][uid] == trip for uid, trip in both["alone"].items())
