"""People who walk out to a car park or a bus stop are driven away."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.engine.record import simulate
from impetus_sim.engine.simulation import Simulation
from impetus_sim.errors import InvalidInputError

TO_CARS, TO_BUS = "way out north-east 1", "way out south-west 1"
FAR = {"xy": [370, 0]}
PICKUPS = {
    "crowd": {
        "links": None,
        "populations": {"through": None, "visitors": None, "here": {"exits": [TO_CARS, TO_BUS]}},
    },
    "time": {"duration": 400},
    "traffic": {
        "pickups": {
            "garage": {
                "kind": "car_park", "exit": TO_CARS, "destination": FAR, "vehicles": 40, "people_per_car": 1.5,
                "fetch": 10, "wait": 20, "capacity": 0.5,
            },
            "shuttle": {
                "kind": "bus_stop", "exit": TO_BUS, "destination": FAR, "vehicles": 2, "seats": 20, "first": 150,
                "every": 60, "boarding": 1,
            },
        }
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def recording(town):
    return simulate(town(PICKUPS), seed=1, check=True)


def test_everybody_who_walked_out_is_delivered(recording):
    counts = recording.counts()
    riders = sum(counts[f"riders_{where}"] for where in ("waiting", "on_board", "delivered"))
    # boarding is told once a second, so people who have just come may not be counted yet
    assert (riders <= counts["left"]).all() and riders[-1] == counts["left"][-1] == 60
    assert (counts["riders_waiting"] > 0).any() and (counts["riders_on_board"] > 0).any()
    assert counts["riders_delivered"][-1] == 60
    assert "people_board_vehicles" in recording.summary["couplings"]


def test_cars_hold_what_was_drawn_and_buses_their_seats(town):
    simulation = Simulation(town(PICKUPS), seed=1)
    service = simulation.systems.traffic.service
    garage, shuttle = (service.plan.carriers.seats[service.plan.carriers.pool == k] for k in (0, 1))
    assert len(garage) == 40 and garage.min() == 1 and 1.2 < garage.mean() < 1.8
    assert shuttle.tolist() == [20, 20]
    simulation.run_until(100.0)
    on, left_us = service.calls.n_on, service.calls.left_us
    assert (on[0:80:2] <= garage).all() and (left_us[0:80:2][on[0:80:2] == 0] == -1).all()
    assert ((on[80::2] == 20) | (left_us[80::2] == -1)).all()


def test_restored_run_is_the_run_never_stopped(town, recording, tmp_path):
    half = Simulation(town(PICKUPS), seed=1)
    half.run_until(40.0)
    assert half.systems.traffic.service.calls.n_on.sum() > 0
    branch = Simulation.restore(half.checkpoint(tmp_path / "half.h5"))
    branch.run_until(400.0)
    assert branch.digest.value == recording.summary["digest"]


def test_people_walk_as_they_would_without_cars(town, recording):
    quiet = simulate(town(PICKUPS, {"traffic": None}), seed=1)
    counts, others = recording.counts()["left"], quiet.counts()["left"]
    n = min(len(counts), len(others))
    assert np.array_equal(counts[:n], others[:n])


def test_two_stops_behind_one_exit_are_refused(town):
    with pytest.raises(InvalidInputError, match="two are behind exit"):
        Simulation(town(PICKUPS, {"traffic": {"pickups": {"shuttle": {"exit": TO_CARS}}}}), seed=1)


def test_an_exit_must_be_there(town):
    with pytest.raises(InvalidInputError, match="nowhere"):
        Simulation(town(PICKUPS, {"traffic": {"pickups": {"shuttle": {"exit": "nowhere"}}}}), seed=1)


def test_buses_on_call_wait_until_they_are_sent(town):
    on_call = {
        "traffic": {"pickups": {"garage": None, "shuttle": {"on_call": True, "first": 30, "every": 20}}}
    }
    send = {"interventions": {"buses": {"kind": "bus_evacuation", "bus_stop": "shuttle", "at_time": 120}}}
    simulation = Simulation(town(PICKUPS, on_call, send), seed=1)
    simulation.run_until(119.0)
    service = simulation.systems.traffic.service
    assert simulation.counts()["riders_waiting"] > 0 and service.calls.n_on.sum() == 0
    assert (service.calls.left_us == -1).all()
    simulation.run_until(125.0)
    assert service.calls.n_on.sum() > 0
    simulation.run_until(200.0)
    left_s = service.calls.left_us[::2] / 1e6
    assert 120.0 <= left_s.min() <= 150.0 + 1.0 and left_s.max() <= 170.0 + 1.0


def test_buses_on_call_need_somebody_who_sends_them(town):
    from impetus_sim.errors import InvalidFilesError

    on_call = {"traffic": {"pickups": {"shuttle": {"on_call": True}}}}
    with pytest.raises(InvalidFilesError, match="no intervention sends its buses"):
        town(PICKUPS, on_call)
    send = {"interventions": {"buses": {"kind": "bus_evacuation", "bus_stop": "shuttle", "at_time": 120}}}
    with pytest.raises(InvalidFilesError, match="'shuttle' has no buses on call"):
        town(PICKUPS, send)
