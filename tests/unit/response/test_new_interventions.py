"""Shutting zones, evacuating by zones, sheltering, isolating and patching networks: what each changes in a run."""

from pathlib import Path

import numpy as np
import pytest

from impetus_sim import registry
from impetus_sim.engine.simulation import Simulation
from impetus_sim.errors import InvalidFilesError, InvalidInputError
from impetus_sim.scenario.load import read_scenario_text
from impetus_sim.scenario.schema import scenario_schema
from impetus_sim.world.assets import WORKS

CALM = {"crowd": {"populations": {"guests": {"count": 30, "premovement": "none"}}}}
NETWORK = """
title: Control network
map: {synthetic: {kind: room, width: 20 m, depth: 10 m}}
time: {duration: 12 min}
crowd: {step: 0.1, populations: {guests: {count: 2, at: {box: [2, 2, 8, 8]}, activity: stay}}}
cyber:
  assets:
    hall: {type: control_centre}
    cabinet: {type: controller, needs: [{service: control, of: hall, level_without: 1}]}
    signal: {type: signal, at: {xy: [5, 5]}, needs: [{service: control, of: cabinet}]}
  attackers:
    red: {goals: {assets: [signal], effect: all_red}, entry: [control], pace: 0.005, strike: 3 min}
interventions: {}
"""


def test_a_zone_without_power_gets_it_back(room, start):
    shut = {"kind": "shut_zone", "service": "power", "at": {"box": [-200, -200, 300, 300]}, "at_time": 1}
    scenario = room({"infrastructure": {}, "interventions": {"off": {**shut, "restore_after": 6}}})
    simulation = start(scenario, until=0.5)
    world = simulation.world
    blocks = world.assets.of_kind("block")
    assert len(blocks) and (world.asset_states.level[blocks] >= WORKS).all()
    simulation.run_until(3)
    assert (world.asset_states.level[blocks] < WORKS).all()
    simulation.run_until(9)
    assert (world.asset_states.level[blocks] >= WORKS).all()


def test_a_generator_stands_in_for_the_supply_while_it_is_there(room, start, events_of):
    off = {"kind": "shut_zone", "service": "power", "at": {"box": [-200, -200, 300, 300]}, "at_time": 1}
    bring = {"kind": "mobile_generator", "assets": "cell", "at_time": 4, "lasts": 6}
    needs = {"needs": {"cells": {"assets": "cell", "service": "power", "buffer": 0}}}
    scenario = room({"infrastructure": needs, "interventions": {"off": off, "bring": bring}})
    simulation = start(scenario, until=0.5)
    world = simulation.world
    cells, mobile = world.assets.of_kind("cell"), [n.startswith("~") for n in world.assets.ids]
    assert sum(mobile) == len(cells) and world.assets.ids == tuple(sorted(world.assets.ids))
    assert (world.asset_states.level[mobile] == 0).all() and (world.asset_states.level[cells] >= WORKS).all()
    simulation.run_until(3)
    assert (world.asset_states.level[cells] < WORKS).all()
    simulation.run_until(6)
    assert (world.asset_states.level[cells] >= WORKS).all()
    simulation.run_until(12)
    assert (world.asset_states.level[cells] < WORKS).all()
    rows = events_of(simulation)
    (brought,) = (row for row in rows if row["kind"] == "generators_brought")
    assert any(brought["id"] in row["causes"] for row in rows if row["kind"] == "level_rose")


def test_what_needs_no_power_gets_no_generator(room, start):
    bring = {"kind": "mobile_generator", "assets": "petrol_stations", "at_time": 4}
    with pytest.raises(InvalidInputError, match="no asset, and no kind of assets"):
        start(room({"infrastructure": {}, "interventions": {"bring": bring}}))


def test_zones_leave_one_after_the_other(room, start, events_of):
    stages = [{"at": {"box": [0, 0, 6, 8]}}, {"at": {"box": [6, 0, 12, 8]}, "after": 4}]
    told = {"kind": "zone_evacuation", "stages": stages, "at_time": 1, "heard_share": 1, "repeats": 0}
    simulation = start(room(CALM, {"interventions": {"out": told}}), until=0.5)
    people = simulation.crowd.people
    is_west = people.x < 6
    assert 0 < is_west.sum() < 30
    simulation.run_until(4.9)
    assert (people.aware_tick[is_west] == 100).all() and (people.aware_tick[~is_west] < 0).all()
    simulation.run_until(5.2)
    assert (people.aware_tick[~is_west] == 500).all()
    assert [row["tick"] for row in events_of(simulation, "zone_told")] == [100, 500]


SHELTER = {
    "crowd": {"hiding_places": {"corner": {"box": [1, 6, 3, 7]}}, "threat_perception": {}},
    "interventions": {
        "in": {
            "kind": "shelter_in_place",
            "at": {"box": [0, 0, 12, 8]},
            "at_time": 1,
            "lasts": 12,
            "compliance": 1,
        }
    },
}


def test_people_go_in_and_come_out_at_the_all_clear(room, start):
    few = {
        "crowd": {"populations": {"guests": {"count": 6, "premovement": "none"}}},
        "time": {"duration": 40},
    }
    simulation = start(room(few, SHELTER), until=12.5)
    people = simulation.crowd.people
    assert (np.hypot(people.x - 2.0, people.y - 6.5) < 2.5).all()
    assert (people.is_leaving == 0).all()
    simulation.run_until(40)
    assert simulation.crowd.counts()["left"] == 6


def test_shelter_needs_places(room):
    with pytest.raises(InvalidFilesError, match=r"'shelter_in_place' needs crowd\.hiding_places"):
        room({"interventions": SHELTER["interventions"]})


def test_a_sensor_says_nothing_before_it_is_up(room, start):
    sensing = {"sensing": {"sensors": {"doors": {"kind": "exit_counter", "every": 1}}}}
    up = {"interventions": {"mount": {"kind": "add_sensor", "sensors": "doors", "at_time": 5}}}
    simulation = start(room(sensing, up), until=5)
    readings = simulation.world.telemetry.readings
    assert (readings.serial == 0).all()
    simulation.run_until(9)
    assert (readings.serial > 0).all()


ONE_WAY = {"kind": "one_way_walking", "ways_in": "west", "ways_out": "east", "at_time": 1}
COMING = {
    "crowd": {
        "populations": {
            "late": {
                "count": 10,
                "at": {"box": [7, 1, 11, 7]},
                "arrive": {"through": "west", "start": 2, "end": 4},
            },
            "wrong": {
                "count": 10,
                "at": {"box": [1, 1, 5, 7]},
                "arrive": {"through": "east", "start": 2, "end": 4},
            },
            "guests": {"activity": "leave", "premovement": "none"},
        }
    },
    "time": {"duration": 60},
}


def test_one_way_walking_keeps_streams_apart(room, start):
    scenario = room(COMING, {"interventions": {"way": {**ONE_WAY, "lasts": 30}}})
    simulation = start(scenario, until=25)
    roster, people = simulation.crowd.roster, simulation.crowd.people
    came = {
        name: int((people.enter_tick[people.population == k] <= 2500).sum())
        for k, name in enumerate(roster.populations)
    }
    inside = {
        name: int((people.state[people.population == k] == 1).sum())
        for k, name in enumerate(roster.populations)
    }
    assert came["late"] == 10 and inside["late"] == 10 and inside["wrong"] == 0
    left = dict(zip(simulation.world.ground.exit_names, simulation.crowd.counts()["exit_left"], strict=True))
    assert left["east"] > 0
    assert left["west"] < 10  # only those who were out within the first second
    simulation.run_until(60)
    assert int((people.state[people.population == roster.populations.index("wrong")] == 1).sum()) == 10


def test_a_way_cannot_be_both(room):
    with pytest.raises(InvalidFilesError, match="is a way in and a way out"):
        room({"interventions": {"way": {**ONE_WAY, "ways_out": "west"}}})


def network(**interventions):
    body = "".join(f"\n  {name}: {text}" for name, text in interventions.items())
    return read_scenario_text(NETWORK.replace("interventions: {}", f"interventions:{body}" if body else ""))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["isolate_network", "patch"])
def test_a_segment_that_is_cut_off_in_time_saves_the_signal(kind, events_of):
    free = Simulation(network(), seed=3)
    free.run_until(720)
    assert events_of(free, "asset_attacked")
    cut = Simulation(network(cut=f"{{kind: {kind}, segments: '*', at_time: 1 s}}"), seed=3)
    cut.run_until(720)
    assert not events_of(cut, "asset_attacked")
    done = events_of(cut, "node_isolated" if kind == "isolate_network" else "node_patched")
    (order,) = events_of(cut, "network_isolated" if kind == "isolate_network" else "network_patched")
    assert done and all(row["causes"] == [order["id"]] for row in done)
    late = Simulation(network(cut=f"{{kind: {kind}, segments: '*', at_time: 11 min}}"), seed=3)
    late.run_until(720)
    assert events_of(late, "asset_attacked")


def test_a_segment_that_is_connected_again_is_open(events_of):
    cut = "{kind: isolate_network, segments: '*', at_time: 1 s, ends_after: 10 s}"
    simulation = Simulation(network(cut=cut), seed=3)
    simulation.run_until(5)
    assert simulation.systems.cyber.defence.nodes.is_isolated.all()
    simulation.run_until(720)
    assert not simulation.systems.cyber.defence.nodes.is_isolated.any()
    assert events_of(simulation, "asset_attacked")


def test_a_segment_that_is_not_there_is_refused():
    with pytest.raises(InvalidInputError, match=r"interventions\.cut\.segments: 'nowhere' fits no zone"):
        Simulation(network(cut="{kind: patch, segments: nowhere, at_time: 1 s}"), seed=3)


def test_terms_stand_in_the_schema():
    found = scenario_schema()["$defs"]["interventions.cordon"]["x-terms"]
    assert set(found) == {"cost_eur", "lead_time_s", "staff", "legal", "privacy"}


def test_the_page_of_interventions_is_that_of_the_registry():
    page = (Path(__file__).parents[3] / "docs" / "models" / "interventions.md").read_text()
    for kind, part in registry.catalogue("interventions").items():
        terms = part.terms
        said = f"| {terms.cost_eur:g} | {terms.lead_time_s:g} | {terms.staff} | {terms.privacy} | {terms.legal} |"
        assert any(line.startswith(f"| `{kind}` |") and line.endswith(said) for line in page.splitlines()), (
            kind
        )
