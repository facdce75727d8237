"""People on the carriageway before moving vehicles: who is exposed, and who is not."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.engine.couplings.vehicles_near import (
    stopping_distance_m,
    stretches_before_vehicles,
    vehicles_endanger_people,
)
from impetus_sim.engine.simulation import Simulation
from impetus_sim.traffic.kernels.records import ON_LINK
from impetus_sim.traffic.positions import offsets_m

CARS = {
    "crowd": {
        "links": None,
        "populations": {"through": None, "visitors": None, "here": {"activity": "stay"}},
    },
    "traffic": {"demand": {"cars": {"kind": "gravity", "trips": 150, "end": 40.0, "mean_distance": 200.0}}},
}


@pytest.fixture
def simulation(town):
    """A town with cars under way; nobody is on the carriageway."""
    simulation = Simulation(town(CARS), seed=1)
    simulation.run_until(25.0)
    return simulation


def put(simulation, stretch):
    """Put everybody into the first cell of a stretch."""
    carriageway, ground, people = (
        simulation.systems.carriageway,
        simulation.world.ground,
        simulation.crowd.people,
    )
    row, column = divmod(int(carriageway.cell[carriageway.stretch == stretch][0]), ground.shape[1])
    people.x[:], people.y[:] = ground.x0 + (column + 0.5) * ground.cell, ground.y0 + (row + 0.5) * ground.cell


def test_stopping_distance_is_the_handbooks():
    # AASHTO 2018, table 3-1: 50 km/h 65 m, 100 km/h 185 m, rounded up
    np.testing.assert_allclose(stopping_distance_m(np.array([50.0, 100.0]) / 3.6), [65, 185], atol=2.5)


def test_stretches_lie_before_moving_vehicles(simulation):
    carriageway, flow = simulation.systems.carriageway, simulation.systems.traffic.flow
    found = stretches_before_vehicles(carriageway, flow)
    assert 0 < found.sum() < len(found)
    vehicles, at_m = flow.vehicles, offsets_m(flow)
    on = np.flatnonzero(vehicles["state"] == ON_LINK)
    link = flow.road.queues["link"][vehicles["queue"][on]]
    reach = stopping_distance_m(flow.links.speed_m_s)
    for k in np.flatnonzero(found):
        own = on[link == carriageway.link[k]]
        assert len(own)
        ahead = carriageway.start[k] - at_m[own]
        assert (ahead <= reach[carriageway.link[k]]).any() and (at_m[own] <= carriageway.end[k]).any()


def test_time_adds_up_for_those_on_such_a_stretch_only(simulation):
    world, systems = simulation.world, simulation.systems
    assert not world.near_vehicles.seconds.any()
    found = stretches_before_vehicles(systems.carriageway, systems.traffic.flow)
    put(simulation, int(np.flatnonzero(found)[0]))
    simulation.crowd.people.x[0], simulation.crowd.people.y[0] = 186.0, 186.0
    vehicles_endanger_people(world, systems, 1.0)
    vehicles_endanger_people(world, systems, 1.0)
    assert world.near_vehicles.seconds[0] == 0.0 and (world.near_vehicles.seconds[1:] == 2.0).all()
    assert systems.traffic.counts()["people_before_vehicles"] == len(simulation.crowd.people) - 1


def test_cars_that_stand_endanger_nobody(simulation):
    world, flow = simulation.world, simulation.systems.traffic.flow
    world.roads.people_share[:] = 0.0
    for second in range(26, 90):
        world.roads.people_share[:] = 0.0
        simulation.systems.traffic.advance(world.ticks(float(second)))
    assert flow.counts()["on_links"] > 20
    assert not stretches_before_vehicles(simulation.systems.carriageway, flow).any()
