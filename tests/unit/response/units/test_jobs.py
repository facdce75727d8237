"""Road crews clear incidents, grid crews repair what is broken near where they are sent."""

import numpy as np
import pytest

from impetus_sim.engine.couplings.unit_jobs import CLEARING_S, UnitJobs
from impetus_sim.engine.simulation import Simulation
from impetus_sim.world.assets import Order
from impetus_sim.world.tables import ROAD_LANES


@pytest.fixture
def blocked(city_with_units):
    """Return a run with a blocked street and road crews to clear it."""
    return Simulation(
        city_with_units(
            traffic={"demand": {"few": {"kind": "gravity", "trips": 20, "through": 1.0, "end": 60}}},
            hazards={"crash": {"kind": "road_incident", "at": {"xy": [124, 100]}, "start": 5, "lasts": 3000}},
            response__units={"crew": {"unit": "road_crew", "station": "south", "turnout": 10}},
            interventions={
                "clear": {"kind": "send_units", "at": {"xy": [124, 100]}, "unit": "road_crew", "at_time": 20}
            },
        ),
        seed=3,
        check=True,
    )


@pytest.mark.slow
def test_a_road_crew_clears_what_blocks_the_street(blocked, rows_of):
    blocked.run_until(200.0)
    arrived = rows_of(blocked, "unit_arrived")[0]
    blocked.run_until(arrived["time_s"] + CLEARING_S + 60.0)
    done = rows_of(blocked, "unit_work_done")
    assert len(done) == 1 and done[0]["time_s"] >= arrived["time_s"] + CLEARING_S
    orders = blocked.world.road_orders
    assert orders.value[(orders.kind == ROAD_LANES)].tolist() == [1.0, 0.0]
    assert [row["subject"] for row in rows_of(blocked, "unit_free")] == ["crew_1"]


def test_a_grid_crew_takes_what_is_broken_nearest(room):
    scenario = room({"infrastructure": {}, "hazards": {
        "break": {"kind": "asset_failure", "assets": "transformer", "start": 1, "at": None}}})  # fmt: skip
    simulation = Simulation(scenario, seed=3)
    world = simulation.world
    jobs = UnitJobs(world, np.array([1, 2], np.uint32))
    row = int(world.assets.of_kind("transformer")[0])
    x, y = float(world.assets.x[row]), float(world.assets.y[row])
    assert jobs.find("grid_crew", x, y) is None
    simulation.run_until(5.0)
    assert world.asset_states.is_intact[row] == 0
    job, seconds = jobs.find("grid_crew", x, y)
    assert job == row and seconds > 600.0
    jobs.finish("grid_crew", job, -1)
    assert world.asset_orders.kind[-1] == Order.REPAIRED
    simulation.run_until(8.0)
    assert world.asset_states.is_intact[row] == 1
