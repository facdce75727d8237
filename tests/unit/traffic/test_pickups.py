"""Car parks and bus stops: who boards what, when it leaves, and that nobody is lost."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.errors import RunFailedError
from impetus_sim.traffic.kernels.records import ARRIVED
from impetus_sim.traffic.pickups import Pickups, Stop, park
from impetus_sim.traffic.road import Links, capacity_of
from impetus_sim.traffic.system import PARKED_US, TrafficSystem
from impetus_sim.traffic.vehicles import Trips, build_vehicles

S = 1_000_000


def build(seats, *, latest_s=None, wait_s=None, board_s=0.0, fetch_s=0.0, headway_s=0.0):
    """Return a street and a stop at its beginning with vehicles of so many seats."""
    n = len(seats)
    links = Links(
        n_nodes=2,
        from_node=np.array([0]),
        to_node=np.array([1]),
        length_m=np.array([300.0]),
        speed_m_s=np.array([15.0]),
        n_lanes=np.array([1]),
        lane_capacity=capacity_of(np.array([15.0])),
        car_m=np.array([7.5]),
    )
    vehicles = build_vehicles(Trips(depart_s=np.zeros(n), origin=np.zeros(n, int), goal=np.zeros(n, int)))
    park(vehicles, np.arange(n))
    flow = TrafficSystem(links, vehicles, np.array([1]))
    stop = Stop(
        exit=0,
        vehicles=np.arange(n),
        seats=np.array(seats),
        latest_us=np.full(n, PARKED_US) if latest_s is None else np.array(latest_s) * S,
        wait_us=None if wait_s is None else round(wait_s * S),
        board_us=round(board_s * S),
        fetch_us=round(fetch_s * S),
        headway_us=round(headway_s * S),
    )
    return flow, Pickups(flow, [stop])


def run(flow, pickups, came, until_s):
    """Run with so many people having come by each second, and check the law at each."""
    for second in range(1, until_s + 1):
        flow.advance(second * S)
        n_came = np.array([came(second)])
        pickups.board(n_came)
        pickups.require_laws(n_came)
        assert sum(pickups.counts().values()) == n_came[0]


def test_cars_leave_when_full_and_the_way_out_spaces_them():
    flow, pickups = build([2, 1, 3], fetch_s=10.0, headway_s=5.0)
    run(flow, pickups, lambda t: 6 if t >= 4 else 0, 100)
    assert (flow.vehicles["depart_us"] // S).tolist() == [14, 19, 24]
    assert pickups.riders.n.tolist() == [2, 1, 3]
    assert (flow.vehicles["left_us"] // S).tolist() == [34, 39, 44]
    assert pickups.counts() == {"riders_waiting": 0, "riders_on_board": 0, "riders_delivered": 6}
    assert pickups.is_over(np.array([6])) and flow.is_over


def test_an_incomplete_car_leaves_after_its_wait():
    flow, pickups = build([4, 4], wait_s=30.0)
    run(flow, pickups, lambda t: min(3, t), 20)
    assert not pickups.is_over(np.array([3]))
    run(flow, pickups, lambda t: 3, 60)
    assert flow.vehicles["depart_us"][0] == 31 * S and pickups.riders.n.tolist() == [3, 0]
    assert flow.vehicles["sets_out_us"][1] == PARKED_US


def test_buses_leave_full_or_by_the_clock_and_boarding_takes_time():
    flow, pickups = build([10, 10, 10], latest_s=[50, 100, 150], board_s=2.0)
    run(flow, pickups, lambda t: min(t, 14), 200)
    # full at 10 s; the next leaves at 100 s with 4; the last one empty
    assert (flow.vehicles["depart_us"] // S).tolist() == [30, 108, 150]
    assert pickups.riders.n.tolist() == [10, 4, 0]
    assert (flow.vehicles["state"] == ARRIVED).all()


def test_people_without_a_vehicle_wait():
    flow, pickups = build([2])
    run(flow, pickups, lambda t: 5, 60)
    assert pickups.counts() == {"riders_waiting": 3, "riders_on_board": 0, "riders_delivered": 2}
    assert pickups.is_over(np.array([5]))


def test_the_law_finds_a_lost_rider():
    flow, pickups = build([2])
    run(flow, pickups, lambda t: 2, 10)
    pickups.riders.n[0] = 1
    with pytest.raises(RunFailedError, match="1 ride and 0 wait"):
        pickups.require_laws(np.array([2]))
