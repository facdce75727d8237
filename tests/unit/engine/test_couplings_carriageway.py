"""People on the carriageway and the capacity of its street."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.engine.couplings.people_on_carriageway import (
    CLEAR_M2,
    people_on_carriageway_slow_vehicles,
    share_left,
)
from impetus_sim.engine.record import simulate
from impetus_sim.engine.simulation import Simulation

CARS = {
    "crowd": {
        "links": None,
        "populations": {
            "through": None,
            "visitors": None,
            "here": {"count": 40, "at": "square", "activity": "stay"},
        },
    },
    "traffic": {"demand": {"cars": {"kind": "gravity", "trips": 60, "end": 20.0, "mean_distance": 200.0}}},
}


@pytest.fixture
def simulation(town):
    return Simulation(town(CARS), seed=1)


def stretch_middle(simulation, stretch):
    """Return the centre of the ground of a stretch."""
    carriageway, ground = simulation.systems.carriageway, simulation.world.ground
    cells = carriageway.cell[carriageway.stretch == stretch]
    row, column = np.divmod(cells, ground.shape[1])
    return ground.x0 + (column.mean() + 0.5) * ground.cell, ground.y0 + (row.mean() + 0.5) * ground.cell


def put(simulation, n, x, y):
    """Put the first n people at a point, and everybody else where no carriageway is."""
    people, carriageway = simulation.crowd.people, simulation.systems.carriageway
    ground = simulation.world.ground
    free = np.setdiff1d(np.flatnonzero(ground.walkable.ravel()), carriageway.cell)[0]
    row, column = divmod(int(free), ground.shape[1])
    people.x[:], people.y[:] = ground.x0 + (column + 0.5) * ground.cell, ground.y0 + (row + 0.5) * ground.cell
    people.x[:n], people.y[:n] = x, y


def test_share_is_the_chance_that_a_place_is_free():
    assert share_left(np.array([0.0]))[0] == 1.0
    assert share_left(np.array([0.05]))[0] == pytest.approx(np.exp(-0.05 * 3.25 * 7.5))
    assert share_left(np.array([0.2]))[0] == 0.0


def test_bands_cover_the_links_on_the_ground(simulation):
    carriageway, flow = simulation.systems.carriageway, simulation.systems.traffic.flow
    assert len(carriageway.link) > 10
    # one lane each way: two lanes wide, and both directions have the same cells
    assert carriageway.area.max() == pytest.approx(15.0 * 6.5, rel=0.25)
    ends = {(int(flow.links.from_node[k]), int(flow.links.to_node[k])) for k in carriageway.link}
    assert all((b, a) in ends for a, b in ends)


def test_people_lower_the_share_of_both_directions_and_give_it_back(simulation):
    world, systems = simulation.world, simulation.systems
    stretch = len(systems.carriageway.link) // 2
    put(simulation, 3, *stretch_middle(simulation, stretch))
    people_on_carriageway_slow_vehicles(world, systems, 1.0)
    link = systems.carriageway.link[stretch]
    expected = np.exp(-CLEAR_M2 * 3 / systems.carriageway.area[stretch])
    assert world.roads.people_share[link] == pytest.approx(expected)
    assert 2 <= np.count_nonzero(world.roads.people_share < 1.0) <= 4
    put(simulation, 0, 0.0, 0.0)
    people_on_carriageway_slow_vehicles(world, systems, 1.0)
    assert (world.roads.people_share == 1.0).all()


def test_a_street_full_of_people_passes_nobody_and_works_again(simulation):
    world, traffic = simulation.world, simulation.systems.traffic
    flow = traffic.flow
    fresh = flow.road.queues["exit_pace"].copy()
    world.roads.people_share[:] = 0.0
    traffic.advance(world.ticks(40.0))
    assert flow.road.n_left.sum() == 0 and flow.counts()["on_links"] > 0
    world.roads.people_share[:] = 0.5
    traffic.advance(world.ticks(80.0))
    moved = flow.road.n_left.sum()
    assert moved > 0
    world.roads.people_share[:] = 1.0
    traffic.advance(world.ticks(81.0))
    assert (flow.road.queues["exit_pace"] == fresh).all()
    flow.require_conserved()


def test_people_beside_the_carriageway_leave_traffic_as_it_is(town):
    def parts(count):
        change = {"crowd": {"populations": {"here": {"count": count}}}, "time": {"duration": 20}}
        return simulate(town(CARS, change), seed=1, check=True).summary

    few, many = parts(3), parts(40)
    assert "people_on_carriageway_slow_vehicles" in many["couplings"]
    assert few["digest_parts"]["crowd"] != many["digest_parts"]["crowd"]
    assert few["digest_parts"]["traffic"] == many["digest_parts"]["traffic"]
