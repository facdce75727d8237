"""Trips of OD tables and background reduction on the bundled map."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.engine.record import simulate
from impetus_sim.engine.simulation import Simulation
from impetus_sim.scenario.load import load_scenario
from impetus_sim.scenario.places import locate, parse_place

TEXT = """
title: A table of trips around Railway Square
map: helsinki_centre
time: {start: "2026-09-12 07:45", duration: 15 min}
crowd: {focus: {at: Rautatientori, radius: 40 m}}
traffic:
  demand:
    morning:
      kind: od
      table: trips.csv
      zones: {north: {at: Hakaniemi, radius: 250 m}, south: {at: [24.945, 60.167], radius: 200 m}, mid: Kluuvi}
      end: 10 min
      profile: [0, 0, 0, 0, 0, 0, 0, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
      periods: {late: {start: 8 min, end: 10 min}}
  background: {reduce_by: 0.5, start: 4 min, over: 2 min}
"""
TABLE = """origin,destination,trips,class,period
north,south,120,,
south,out,80.5,,
out,mid,60,truck,
mid,mid,10,bus,late
"""


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    folder = tmp_path_factory.mktemp("od")
    (folder / "trips.csv").write_text(TABLE)
    (folder / "od.yaml").write_text(TEXT)
    return load_scenario(folder / "od.yaml")


@pytest.fixture(scope="module")
def recording(scenario):
    return simulate(scenario, seed=3, check=True)


def test_as_many_trips_of_each_class_as_the_table_says(recording):
    n = np.bincount(recording.static("vehicles")["kind"], minlength=3)
    assert n[0] in (200, 201)
    assert n[1:3].tolist() == [60, 10]
    uid = recording.static("vehicles")["uid"]
    assert len(np.unique(uid)) == len(uid)


def test_trips_begin_and_end_in_their_zones(scenario):
    sim = Simulation(scenario.with_(**{"traffic.background": None}), seed=3)
    flow, network = sim.systems.traffic.flow, sim.systems.traffic.streets
    trucks = flow.vehicles["kind"] == 1
    goal = flow.routing.ways.goal_node[flow.vehicles["goal"]]
    first_point = {int(n): network.points[network.first[k]] for k, n in enumerate(flow.links.from_node)}
    middle = locate(parse_place("Kluuvi"), sim.city).centroid
    at = np.array([first_point[int(node)] for node in goal[trucks] if int(node) in first_point])
    assert len(at) > 30
    assert np.hypot(at[:, 0] - middle.x, at[:, 1] - middle.y).max() <= 401.0


def test_departures_follow_the_hour_and_the_period(recording):
    vehicles = recording.static("vehicles")
    depart_s = vehicles["depart_us"] / 1e6
    ordinary = vehicles["kind"] != 2
    # 15 min of the run lie in the hour from 7, with three times the share of the next; trips end at 10 min
    assert depart_s[ordinary].max() <= 600.0
    assert (depart_s[~ordinary] >= 480.0).all()


def test_reduction_is_counted_and_everybody_is_somewhere(recording):
    counts = {name: values for name, values in recording.counts().items() if name.startswith("vehicles_")}
    total = sum(counts.values())
    assert (total == len(recording.static("vehicles")["uid"])).all()
    cancelled = np.asarray(counts["vehicles_cancelled"])
    times = recording.seconds(recording.counts()["tick"])
    assert (cancelled[times < 240.0] == 0).all()
    assert (np.diff(cancelled) >= 0).all() and (cancelled[times > 361.0] == cancelled[-1]).all()
    due = (recording.static("vehicles")["depart_us"] > 360e6).sum()
    assert 0.35 * due < cancelled[-1] < 0.85 * due


def test_branch_is_exact_through_a_reduction(scenario, recording, tmp_path):
    sim = Simulation(scenario, seed=3)
    sim.run_until(300.0)
    branch = Simulation.restore(sim.checkpoint(tmp_path / "half.h5"))
    branch.run_until(900.0)
    assert branch.digest.value == recording.summary["digest"]
