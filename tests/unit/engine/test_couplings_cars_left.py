"""Drivers who are stuck leave their cars and walk."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.crowd.population import INSIDE, PENDING
from impetus_sim.engine.couplings.cars_left import drivers_leave_cars
from impetus_sim.engine.simulation import Simulation
from impetus_sim.errors import InvalidInputError
from impetus_sim.traffic.kernels.records import ABANDONED

CARS = {
    "crowd": {
        "links": None,
        "populations": {
            "through": None,
            "visitors": None,
            "here": {"count": 5},
            "drivers": {"count": 30, "at": "square", "activity": "leave", "in_vehicles": True},
        },
    },
    "traffic": {
        "demand": {"cars": {"kind": "gravity", "trips": 150, "end": 20.0, "mean_distance": 200.0}},
        "abandonment": {"after": 20, "people": "drivers", "people_per_car": 2},
    },
}


@pytest.fixture
def stuck(town):
    """A town in which every street has been stopped and cars are stuck."""
    simulation = Simulation(town(CARS), seed=1, check=True)
    traffic, world = simulation.systems.traffic, simulation.world
    for second in range(1, 61):
        world.roads.people_share[:] = 0.0
        traffic.advance(world.ticks(float(second)))
    world.tick = world.ticks(60.0)
    return simulation


def test_people_of_cars_on_the_ground_become_pedestrians(stuck):
    world, systems, people = stuck.world, stuck.systems, stuck.crowd.people
    n_inside = stuck.crowd.n_inside
    drivers_leave_cars(world, systems, 1.0)
    cars = systems.traffic.abandoned.table
    assert len(cars) > 20
    assert (cars.n_on_foot + cars.n_elsewhere == 2).all()
    n_on_foot = int(cars.n_on_foot.sum())
    assert 0 < n_on_foot < 2 * len(cars)
    assert stuck.crowd.n_inside == n_inside + n_on_foot
    assert np.count_nonzero(people.state == PENDING) == 30 - n_on_foot
    drivers = stuck.crowd.roster.populations.index("drivers")
    assert np.count_nonzero((people.population == drivers) & (people.state == INSIDE)) == n_on_foot
    stuck.crowd.require_laws()
    systems.traffic.require_laws()
    assert np.count_nonzero(systems.traffic.flow.vehicles["state"] == ABANDONED) == len(cars)
    assert world.events.kind[-1] == b"cars_left"


def test_pedestrians_from_cars_walk_out(stuck):
    drivers_leave_cars(stuck.world, stuck.systems, 1.0)
    out = np.flatnonzero(
        (stuck.crowd.people.enter_tick == stuck.world.tick) & (stuck.crowd.people.state == INSIDE)
    )
    before = np.column_stack([stuck.crowd.people.x[out], stuck.crowd.people.y[out]])
    for _ in range(60):
        stuck.world.tick += stuck.crowd.step_ticks
        stuck.crowd.advance(stuck.world.tick)
        stuck.crowd.require_laws()
    after = np.column_stack([stuck.crowd.people.x[out], stuck.crowd.people.y[out]])
    assert (np.hypot(*(after - before).T) > 0.5).mean() > 0.8


def test_near_a_threat_drivers_leave_sooner(town):
    change = {"traffic": {"abandonment": {"after": 1000, "near_threat_after": 10}}}
    simulation = Simulation(town(CARS, change), seed=1)
    world, traffic = simulation.world, simulation.systems.traffic
    world.roads.people_share[:] = 0.0
    traffic.advance(world.ticks(60.0))
    drivers_leave_cars(world, simulation.systems, 1.0)
    assert not len(traffic.abandoned.table)
    row = {"key": b"a", "x": 186.0, "y": 186.0, "danger_m": 60.0, "avoid_m": 0.0, "strength": 0.0,
           "is_active": 1, "cause": 0}  # fmt: skip
    world.threats.append(row)
    drivers_leave_cars(world, simulation.systems, 1.0)
    cars = traffic.abandoned.table
    assert len(cars) > 0
    x, y = traffic.streets.at(cars.link, cars.offset_m / traffic.flow.links.length_m[cars.link])
    assert (np.hypot(x - 186.0, y - 186.0) < 60.0).all()


def test_restored_run_is_the_run_never_stopped(town, tmp_path):
    # everybody is thought stuck after a second at a light
    scenario = town(CARS, {"traffic": {"abandonment": {"after": 1, "towed_after": 10}}})
    whole = Simulation(scenario, seed=1, check=True)
    whole.run_until(30.0)
    half = Simulation.restore(whole.checkpoint(tmp_path / "half.h5"))
    whole.run_until(60.0)
    half.run_until(60.0)
    assert len(whole.systems.traffic.abandoned.table) > 5
    assert "drivers_leave_cars" in whole.couplings
    assert half.digest.value == whole.digest.value


def test_people_must_sit_in_vehicles(town):
    with pytest.raises(InvalidInputError, match="does not sit in vehicles"):
        Simulation(town(CARS, {"traffic": {"abandonment": {"people": "here"}}}), seed=1)
