"""A run with a control network under attack: orders and events, exact restores, and what cannot be built."""

import json

import numpy as np
import pytest

from impetus_sim.engine.simulation import Simulation
from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.load import load_scenario
from impetus_sim.world.assets import Order

TOWN = """\
title: Control network
map: {synthetic: {kind: room, width: 20 m, depth: 10 m}}
time: {duration: 20 min}
crowd:
  populations: {guests: {count: 5, at: {box: [2, 2, 8, 8]}, activity: stay}}
cyber:
  assets:
    hall: {type: control_centre}
    power: {type: control_centre}
    rtu: {type: controller, needs: [{service: control, of: power, level_without: 1}]}
    feeder: {type: feeder, at: {xy: [3, 4]}, needs: [{service: control, of: rtu, level_without: 1}]}
    cabinet: {type: controller, needs: [{service: control, of: hall, level_without: 1}]}
    signal: {type: signal, at: {xy: [5, 5]}, needs: [{service: control, of: cabinet}]}
  attackers:
    red: {goals: {assets: [signal], effect: all_red}, entry: [control], pace: 0.005, strike: 3 min}
    blue: {goals: {assets: feeder, effect: switched_off}, entry: power.scada_server, pace: 0.005, start: 1 min}
  defenders:
    staff: 2
    assess: {takes: 2 min}
    isolate: {takes: 1 min}
    restore: {takes: 3 min}
    by_hand: {takes: 2 min}
"""


@pytest.fixture
def town(tmp_path):
    path = tmp_path / "town.yaml"
    path.write_text(TOWN)
    return load_scenario(path)


def test_attacks_become_orders_and_events_with_places(town):
    sim = Simulation(town, seed=3)
    sim.run_until(1200.0)
    world = sim.world
    kinds = [kind.decode() for kind in world.events.kind]
    assert kinds.count("attack_began") == 2 and "asset_attacked" in kinds
    row = kinds.index("asset_attacked")
    data = json.loads(world.events.data[row])
    assert data["technique"] and data["at_s"] <= world.events.tick[row] * 0.01 < data["at_s"] + 0.01
    asset = world.assets.row(world.events.subject[row].decode())
    assert world.events.x[row] == world.assets.x[asset]
    order = int(np.flatnonzero(world.asset_orders.cause == row)[0])
    assert world.asset_orders.asset[order] == asset
    assert Order(world.asset_orders.kind[order]).name.lower() == data["order"]
    assert all(data["at_s"] >= 180.0 for data in _hits(world) if data["effect"] == "all_red")


def _hits(world):
    return [
        json.loads(data)
        for kind, data in zip(world.events.kind, world.events.data, strict=True)
        if kind == b"asset_attacked"
    ]


@pytest.mark.slow
@pytest.mark.parametrize("at_s", [100.0, 400.0])
def test_a_restored_run_ends_in_the_same_digest(town, tmp_path, at_s):
    whole = Simulation(town, seed=3)
    whole.run_until(1200.0)
    first = Simulation(town, seed=3)
    first.run_until(at_s)
    again = Simulation.restore(first.checkpoint(tmp_path / "half.h5"))
    again.run_until(1200.0)
    assert again.digest.value == whole.digest.value
    assert len(again.world.asset_orders) == len(whole.world.asset_orders) > 0


def test_an_attack_leaves_the_people_alone(town):
    # nothing couples them here, so nobody's draws may move
    attacked, quiet = Simulation(town, seed=3), Simulation(town.with_(cyber=None), seed=3)
    for sim in (attacked, quiet):
        sim.run_until(60.0)
    assert np.array_equal(attacked.crowd.positions, quiet.crowd.positions)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"cyber.attackers.red.entry": ["cabinet_9"]}, "fits no zone and no node"),
        ({"cyber.attackers.red.goals": [{"assets": ["signal"], "effect": "blind"}]}, "signal: all_red"),
        ({"cyber.assets": None, "cyber.attackers": None}, "no assets to attack"),
        ({"cyber.assets.signal.at": {"xy": [500.0, 500.0]}}, "cyber.assets.signal.at"),
    ],
)
def test_what_cannot_be_built_is_said(town, change, word):
    with pytest.raises(InvalidInputError, match=word):
        Simulation(town.with_(**change), seed=3)
