"""Trips of a SUMO file on a real map: fixed routes are driven as they stand, and what has no place is counted."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from impetus_sim.cli.info_traffic import describe_traffic
from impetus_sim.engine.record import simulate
from impetus_sim.engine.simulation import Simulation
from impetus_sim.errors import InvalidInputError
from impetus_sim.maps.load import open_city
from impetus_sim.scenario.load import load_scenario
from impetus_sim.traffic.demand.edge_ways import EdgeWays
from impetus_sim.traffic.kernels.records import ARRIVED, LEAVES
from impetus_sim.world.drive_network import build_drive_network

TEXT = """
title: Trips of a file
map: helsinki_centre
time: {duration: 10 min}
crowd: {focus: {at: Rautatientori, radius: 40 m}}
traffic:
  demand:
    file: {kind: sumo, file: trips.rou.xml, MORE}
"""


@pytest.fixture(scope="module")
def network():
    return build_drive_network(open_city("helsinki_centre"))


@pytest.fixture(scope="module")
def route(network):
    """Five links in a row, each of one way of its own, and those ways."""
    numbers = [re.findall(r"\d+", text) for text in network.osm_ids]
    count = {way: sum(way in ways for ways in numbers) for ways in numbers for way in ways}
    is_plain = [len(ways) == 1 and count[ways[0]] <= 2 for ways in numbers]
    banned = {(int(a), int(b)) for a, b in network.banned_turns}

    def extend(links):
        if len(links) == 5:
            return links
        for after in np.flatnonzero(network.from_node == network.to_node[links[-1]]):
            nodes = [network.from_node[links[0]], *network.to_node[links]]
            if not is_plain[after] or (links[-1], int(after)) in banned:
                continue
            if network.to_node[after] not in nodes and (found := extend([*links, after])):
                return found
        return None

    links = next(found for k in np.flatnonzero(is_plain) if (found := extend([k])))
    return [int(link) for link in links], [numbers[link][0] for link in links]


@pytest.fixture
def load(tmp_path):
    """Return a function that loads the scenario with some elements in its file."""

    def load(elements, more="start: 0", after=""):
        (tmp_path / "trips.rou.xml").write_text(f"<routes>{elements}</routes>")
        (tmp_path / "trips.yaml").write_text(TEXT.replace("MORE", more) + after)
        return load_scenario(tmp_path / "trips.yaml")

    return load


def _vehicle(ways, n=1):
    edges = " ".join(f"{way}#{k}" for k, way in enumerate(ways))
    return (
        '<vType id="coach" vClass="coach"/>'
        f'<flow id="on" type="coach" begin="100" period="10" number="{n}"><route edges="{edges}"/></flow>'
    )


def test_routes_are_driven_link_by_link(load, route):
    links, ways = route
    simulation = Simulation(load(_vehicle(ways, 3), "begin: 60"), seed=1, check=True)
    flow = simulation.systems.traffic.flow
    assert flow.routing.ways.paths.tolist() == [*links, LEAVES, LEAVES]
    assert (flow.vehicles["depart_us"] / 1e6).tolist() == [40.0, 50.0, 60.0]
    simulation.run_until(600.0)
    assert (flow.vehicles["state"] == ARRIVED).all()
    assert (flow.vehicles["n_links"] == 5).all()
    assert flow.road.n_left[links].tolist() == [3] * 5
    assert flow.road.n_left.sum() == 15


def test_who_keeps_to_a_route_waits_before_a_closed_street(load, route, network):
    links, ways = route
    x, y = network.points[network.first[links[2]] : network.first[links[2] + 1]].mean(axis=0)
    works = f"{{kind: road_closure, at: {{xy: [{x}, {y}]}}, at_time: 10, reopen_after: 300}}"
    scenario = load(_vehicle(ways, 2), after=f"\ninterventions: {{works: {works}}}")
    simulation = Simulation(scenario, seed=1, check=True)
    road = simulation.systems.traffic.flow.road
    simulation.run_until(300.0)
    assert road.n_entered[links].tolist() == [2, 2, 0, 0, 0]
    simulation.run_until(600.0)
    assert road.n_left[links].tolist() == [2] * 5


def test_routes_that_are_free_keep_their_ends_alone(load, route, network):
    links, ways = route
    flow = Simulation(load(_vehicle(ways), "routes: free"), seed=1).systems.traffic.flow
    assert flow.routing.ways.paths.tolist() == [LEAVES]
    assert flow.vehicles["origin"].tolist() == [network.from_node[links[0]]]
    goals = flow.routing.ways.goal_node[flow.vehicles["goal"]]
    assert goals.tolist() == [network.to_node[links[-1]]]


def test_trips_begin_and_end_at_junctions_of_their_streets(load, route, network):
    links, ways = route
    trip = f'<flow id="t" end="50" number="40" from="{ways[0]}" to="-{ways[-1]}#2"/>'
    flow = Simulation(load(trip), seed=1).systems.traffic.flow
    ends = [{int(network.from_node[links[k]]), int(network.to_node[links[k]])} for k in (0, -1)]
    assert set(flow.vehicles["origin"].tolist()) <= ends[0]
    assert set(flow.routing.ways.goal_node[flow.vehicles["goal"]].tolist()) <= ends[1]


def test_points_are_met_by_the_nearest_junction_and_what_is_lost_is_told(load, route, tmp_path):
    near = '<trip id="p{}" depart="{}" fromLonLat="24.9440,60.1700" toLonLat="24.9500,60.1690"/>'
    lost = (
        '<trip id="far" depart="1" fromLonLat="10,50" toLonLat="24.95,60.169"/>'
        '<trip id="un" depart="1" from="1" to="2"/>'
    )
    elements = "".join(near.format(k, k) for k in range(8)) + lost
    with pytest.raises(InvalidInputError, match="2 of 10 vehicles of the file cannot be placed") as caught:
        Simulation(load(elements), seed=1)
    assert "traffic.demand.file" in str(caught.value) and "such as 'far'" in str(caught.value)
    run = simulate(load(elements, "unmatched: 20 %"), seed=1, path=tmp_path / "run.h5")
    said = describe_traffic(run)
    assert said["vehicles"] == 8 and said["arrived"] == 8
    assert said["left out of file, edges that are on no street of the map"] == 1
    assert said["left out of file, ends farther than 400 m from every junction"] == 1


def test_classes_that_do_not_drive_and_times_outside_the_run(load, route):
    _, ways = route
    bike = '<vType id="b" vClass="bicycle"/><vehicle id="x" type="b" depart="1"><route edges="1"/></vehicle>'
    with pytest.raises(InvalidInputError, match="1 with a class that does not drive here"):
        Simulation(load(_vehicle(ways) + bike), seed=1)
    with pytest.raises(InvalidInputError, match="no vehicle of the file sets out") as caught:
        Simulation(load(_vehicle(ways), "begin: 1 h"), seed=1)
    assert "set begin" in str(caught.value.hint)


def test_restored_run_is_the_run_never_stopped(load, route, tmp_path):
    scenario = load(_vehicle(route[1], 3))
    whole = simulate(scenario, seed=1, path=tmp_path / "whole.h5")
    half = Simulation(scenario, seed=1)
    half.run_until(115.0)
    branch = Simulation.restore(half.checkpoint(tmp_path / "half.h5"))
    branch.run_until(600.0)
    assert branch.digest.value == whole.summary["digest"]


def test_shortest_routes_come_back_from_the_ways_they_pass(network):
    numbers = [re.findall(r"\d+", text) for text in network.osm_ids]
    streets = EdgeWays(numbers, network.from_node, network.to_node, network.length)
    order = np.argsort(-network.length)
    link = {
        (int(network.from_node[k]), int(network.to_node[k])): int(k) for k in order
    }  # of pairs the shorter
    ends = np.array([*link]).T
    graph = csr_array((network.length[[*link.values()]], ends), shape=(network.n_nodes,) * 2)
    _, before = dijkstra(graph, return_predecessors=True)
    pairs = np.random.default_rng(1).integers(network.n_nodes, size=(1200, 2))
    exact, inside, n = 0, 0, 0
    for start, goal in pairs:
        nodes = [int(goal)]
        while before[start, nodes[-1]] >= 0:
            nodes.append(int(before[start, nodes[-1]]))
        if len(nodes) < 5:
            continue
        route = [link[pair] for pair in pairwise(nodes[::-1])]
        found = streets.route_of([way for one in route for way in numbers[one]])
        n += 1
        exact += found == route
        inside += any(route[k : k + len(found)] == found for k in range(len(route))) and bool(found)
    # Over all 83 027 pairs 81.6 % are exact and 99.3 % part of the route (some begin or end on a way of several
    # links; 0.7 % have two ways that meet more than once): three standard errors of a sample.
    assert n > 1000
    assert abs(exact / n - 0.816) < 0.036
    assert inside / n > 0.985
