"""Emergency vehicles on pedestrian streets: how much sooner than around, and only where these are wide enough."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.engine.build_emergency_ways import build_emergency_ways
from impetus_sim.engine.simulation import Simulation
from impetus_sim.maps.city import City
from impetus_sim.maps.synthetic_city import SPEED_M_S, build_grid_city
from impetus_sim.scenario.load import read_scenario_text
from impetus_sim.traffic.emergency import ARRIVED
from impetus_sim.traffic.kernels.records import NONE
from impetus_sim.world.drive_network import build_drive_network

STEP_M, ROWS = 72.0, 9
"""Blocks of 60 m and streets of 12 m: streets run every 72 m."""
TOP = ROWS * STEP_M + 6.0
LEFT, RIGHT = 2 * STEP_M + 6.0, 3 * STEP_M + 6.0


@pytest.fixture(scope="module")
def divided():
    """A town whose streets between the columns 2 and 3 are for people on foot, but for the one in the south."""
    city = build_grid_city(columns=5, rows=ROWS)
    layers = dict(city.layers)

    def is_crossing(edges):
        x = np.array([line.centroid.x for line in edges.geometry])
        y = np.array([line.centroid.y for line in edges.geometry])
        return (x > LEFT + 1.0) & (x < RIGHT - 1.0) & (y > 10.0)

    drive, walk = layers["drive_edges"], layers["walk_edges"]
    layers["drive_edges"] = drive[~is_crossing(drive)]
    layers["walk_edges"] = walk.assign(highway=np.where(is_crossing(walk), "pedestrian", walk["highway"]))
    return City(name=city.name, crs="", layers=layers, meta=city.meta, report=city.report)


def travel(divided, destination=(RIGHT, TOP), **keys):
    """Return the table of emergency vehicles after a trip over the pedestrian street in the north."""
    origin, place = {"xy": [LEFT, TOP]}, {"xy": list(destination)}
    trip = {"origin": origin, "destination": place} | keys
    text = {
        "title": "Divided town",
        "map": {"synthetic": {"kind": "grid_city", "columns": 5, "rows": ROWS}},
        "time": {"duration": 300},
        "crowd": {"focus": {"at": {"box": [114, 114, 258, 258]}}, "street_exits": True},
        "traffic": {"emergency": {"ambulance": trip}},
    }
    import json

    simulation = Simulation(read_scenario_text(json.dumps(text)), seed=1, city=divided, check=True)
    simulation.run_until(300.0)
    table = simulation.systems.traffic.emergency.table
    assert table.state[0] == ARRIVED
    return table


def seconds(table):
    return float(table.arrived_us[0] - table.depart_us[0]) * 1e-6


def test_through_is_sooner_than_around_by_the_way_at_low_speed(divided):
    through, around = travel(divided), travel(divided, walkways=False)
    speed = 1.2 * SPEED_M_S
    assert seconds(through) == pytest.approx(STEP_M / 3.0, abs=1e-5)
    assert seconds(around) == pytest.approx((2 * ROWS + 1) * STEP_M / speed, rel=1e-6)
    assert seconds(around) - seconds(through) == pytest.approx(112.8, abs=0.1)
    assert (through.walkway_m[0], around.walkway_m[0]) == (STEP_M, 0.0)
    assert through.link[0] == around.link[0] == NONE


def test_only_ways_wide_enough_are_taken(divided):
    assert travel(divided, least_width=13.0).walkway_m[0] == 0.0
    assert travel(divided, least_width=12.0).walkway_m[0] == STEP_M


def test_a_slow_way_is_taken_only_where_it_is_faster(divided):
    assert travel(divided, walkway_speed=1.0).walkway_m[0] == STEP_M
    slow = travel(divided, (RIGHT, 6.0 + STEP_M), walkway_speed=1.0)
    assert slow.walkway_m[0] == 0.0


def test_places_of_both_networks_are_one_and_steps_are_none(divided):
    network = build_drive_network(divided)
    from impetus_sim.traffic.road import Links, capacity_of

    links = Links(
        n_nodes=network.n_nodes, from_node=network.from_node, to_node=network.to_node, length_m=network.length,
        speed_m_s=network.speed, n_lanes=network.lanes, lane_capacity=capacity_of(network.speed),
        car_m=np.full(network.n_links, 7.5),
    )  # fmt: skip
    ways, _, _ = build_emergency_ways(divided, network, links)
    assert ways.n_places == network.n_nodes
    assert (ways.link == NONE).sum() == 2 * ROWS
    assert (ways.width_m[ways.link == NONE] == 12.0).all()
    walk = divided.layers["walk_edges"]
    layers = dict(divided.layers)
    layers["walk_edges"] = walk.assign(
        highway=np.where(walk["highway"] == "pedestrian", "steps", walk["highway"])
    )
    stairs = City(name="", crs="", layers=layers, meta=divided.meta, report=divided.report)
    assert (build_emergency_ways(stairs, network, links)[0].link != NONE).all()


def test_a_pedestrian_street_may_begin_between_two_junctions():
    """On the map of Helsinki pieces of street lead from such places to the junctions, by their own speed."""
    from impetus_sim.scenario.load import load_scenario

    scenario = load_scenario("scenarios/demo/railway_square_traffic.yaml")
    simulation = Simulation(scenario, seed=1)
    ways = simulation.systems.traffic.emergency._ways
    links = simulation.systems.traffic.flow.links
    pieces = np.flatnonzero((ways.link != NONE) & (ways.length_m < 0.9 * links.length_m[ways.link]))
    assert len(pieces) > 100
    on_link = np.abs(ways.to_m[pieces] - ways.from_m[pieces])
    assert np.quantile(np.abs(on_link - ways.length_m[pieces]), 0.9) < 3.0
    assert (ways.to_m[pieces] <= links.length_m[ways.link[pieces]] + 1e-6).all()
