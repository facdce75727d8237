"""`impetus bench traffic`: the cases, the rows and the agreement with peers, on the smallest cases."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from impetus_sim.cli.bench import bench_command
from impetus_sim.verification.traffic_speed import menu, tntp_cases
from impetus_sim.verification.traffic_speed.cases import build_grid
from impetus_sim.verification.traffic_speed.compare import compare_sides
from impetus_sim.verification.traffic_speed.ours import OurSide
from impetus_sim.verification.traffic_speed.outcome import Outcome
from impetus_sim.verification.traffic_speed.peer_sumo import SumoSide
from impetus_sim.verification.traffic_speed.peer_uxsim import UxsimSide

TNTP = Path(os.environ.get("IMPETUS_DATA", "")) / "traffic" / "tntp"
needs_tntp = pytest.mark.skipif(not TNTP.exists(), reason="TNTP files are not here")


@pytest.fixture
def small():
    return build_grid(4, 500, horizon_s=5400.0)


class Pretender:
    """A peer of known times."""

    name, version = "a peer", "peer 1"

    def __init__(self, *walls):
        self._walls = list(walls)

    def prepare(self):
        wall = self._walls.pop(0)
        return lambda: Outcome(wall_s=wall, cpu_s=wall / 2, n_trips=500, n_done=400, mean_trip_s=100.0)


def test_a_row_holds_both_sides(small, monkeypatch):
    ours = OurSide(small)
    mine = Pretender(1.0, 2.0, 4.0)
    monkeypatch.setattr(ours, "prepare", mine.prepare)
    row = compare_sides("small", ours, Pretender(10.0, 10.0, 10.0), rounds=3, say=lambda text: None)
    assert row["ratio"] == 5.0 and row["ratio_per_cpu"] == 5.0
    assert row["ours"] == 200 and row["peer"] == 40 and row["cpu_per_wall"] == 0.5
    assert row["ours_accuracy"] == {"done": 0.8, "mean_trip_s": 100.0}


def test_a_long_peer_runs_once(small, monkeypatch):
    ours = OurSide(small)
    monkeypatch.setattr(ours, "prepare", Pretender(2.0, 2.0, 2.0).prepare)
    row = compare_sides("small", ours, Pretender(20.0), rounds=3, say=lambda text: None)
    assert row["peer_s"] == 20.0 and row["ratio"] == 10.0


def test_ours_sends_everybody_home(small):
    done = OurSide(small, threads=2).prepare()()
    assert done.n_done == done.n_trips == 500
    blocks = 300.0 / 13.89
    assert 2 * blocks < done.mean_trip_s < 300.0


def test_platoons_make_the_same_trips(small):
    assert OurSide(small, platoon=5).prepare()().n_trips == 500


def test_uxsim_agrees_in_the_mean_trip(small):
    pytest.importorskip("uxsim")
    ours = OurSide(small).prepare()()
    peer = UxsimSide(small, platoon=1).prepare()()
    assert peer.n_done == 500
    assert ours.mean_trip_s == pytest.approx(peer.mean_trip_s, rel=0.1)


def test_sumo_agrees_in_the_mean_trip(small):
    pytest.importorskip("sumo")
    ours = OurSide(small).prepare()()
    peer = SumoSide(small, is_meso=True).prepare()()
    assert peer.n_done == 500
    assert ours.mean_trip_s == pytest.approx(peer.mean_trip_s, rel=0.1)


@needs_tntp
@pytest.mark.parametrize(
    ("build", "n_links", "n_vehicles"),
    [(tntp_cases.build_sioux_falls, 76, 34_690), (tntp_cases.build_chicago, 2176, 968_520)],
)
def test_the_peers_own_examples(build, n_links, n_vehicles):
    case = build(TNTP)
    assert case.links.n_links == n_links
    whole, fine = case.demand(case.peer_platoon), case.demand(1)
    assert whole.n_vehicles == fine.n_vehicles == n_vehicles
    step = np.arange(case.peer_platoon)
    assert fine.depart_s[: case.peer_platoon] == pytest.approx(whole.depart_s[0] + step)


def test_the_command_prints_rows(monkeypatch, small):
    monkeypatch.setitem(menu.CASES, "grid10", lambda: small)
    done = CliRunner().invoke(
        bench_command, ["traffic", "--case", "grid10", "--no-peer", "--rounds", "1", "--json"]
    )
    (row,) = json.loads(done.stdout)["rows"]
    assert row["n"] == 500 and row["peer"] is None and row["ours_accuracy"]["done"] == 1.0


def test_the_city_is_as_large_as_it_says():
    case = menu.CASES["city"]()
    assert case.links.n_nodes == 29_929 and case.links.n_links == 119_024
    assert len(np.unique(case.demand(1).goal)) == 1000
