"""Cars left on the road: who is held up, who is not, and that it ends with the tow."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.traffic.abandoned import AbandonedCars
from impetus_sim.traffic.kernels.records import ABANDONED, ARRIVED, NEVER, NONE, ON_LINK
from impetus_sim.traffic.road import Links, capacity_of
from impetus_sim.traffic.system import TrafficSystem
from impetus_sim.traffic.vehicles import Trips, build_vehicles

N = 12
S = 1_000_000


def build(n_lanes=1, towed_after_s=None, kind=0):
    """Return a street of two links with traffic from end to end, and its cars that may be left."""
    links = Links(
        n_nodes=3,
        from_node=np.array([0, 1]),
        to_node=np.array([1, 2]),
        length_m=np.array([300.0, 300.0]),
        speed_m_s=np.full(2, 15.0),
        n_lanes=np.array([n_lanes, 1]),
        lane_capacity=capacity_of(np.full(2, 15.0)),
        car_m=np.full(2, 7.5),
    )
    trips = Trips(
        depart_s=np.arange(N) * 3.0, origin=np.zeros(N, int), goal=np.zeros(N, int), kind=np.full(N, kind)
    )
    flow = TrafficSystem(links, build_vehicles(trips), np.array([2]), every_s=60.0, patience_s=0.0)
    towed_us = None if towed_after_s is None else round(towed_after_s * 1e6)
    cars = AbandonedCars(
        flow,
        would_leave=np.ones(N, bool),
        after_us=60 * S,
        near_threat_after_us=5 * S,
        towed_after_us=towed_us,
    )
    return flow, cars


def leave(cars, vehicle):
    cars.leave_car(vehicle, offset_m=100.0, n_on_foot=0, n_elsewhere=1)


def advance(flow, cars, until_s):
    for second in range(flow.now_us // S + 1, until_s + 1):
        cars.tow_due()
        flow.advance(second * S)
        flow.require_conserved()


def test_those_ahead_drive_on_and_those_behind_stay():
    flow, cars = build()
    advance(flow, cars, 15)
    leave(cars, 2)
    advance(flow, cars, 600)
    state = flow.vehicles["state"]
    assert (state[:2] == ARRIVED).all() and state[2] == ABANDONED
    assert (state[3:] == ON_LINK).all() and (flow.vehicles["queue"][2:] >= 0).all()
    assert flow.counts() == {
        "planned": 0,
        "waiting": 0,
        "on_links": N - 3,
        "arrived": 2,
        "held": 0,
        "abandoned": 1,
        "cancelled": 0,
        "at_stop": 0,
    }


def test_the_tow_sets_everybody_free():
    flow, cars = build(towed_after_s=120.0)
    advance(flow, cars, 15)
    leave(cars, 2)
    advance(flow, cars, 133)
    assert flow.counts()["arrived"] == 2
    advance(flow, cars, 300)
    assert flow.counts()["arrived"] == N - 1 and flow.vehicles["queue"][2] == NONE
    assert flow.road.n_entered[0] == flow.road.n_left[0] == N


def test_with_another_lane_nobody_who_comes_later_is_held_up():
    flow, cars = build(n_lanes=2)
    advance(flow, cars, 15)
    leave(cars, 2)
    lane = int(flow.vehicles["queue"][2])
    behind = set(np.flatnonzero((flow.vehicles["queue"] == lane) & (np.arange(N) > 2)).tolist())
    advance(flow, cars, 600)
    assert set(np.flatnonzero(flow.vehicles["state"] == ON_LINK).tolist()) == behind
    assert flow.road.queues["entry_us"][lane] == NEVER
    assert len(behind) < 3


def test_a_blocked_street_costs_what_it_holds_up():
    flow, cars = build()
    advance(flow, cars, 15)
    leave(cars, 0)
    advance(flow, cars, 241)
    cost = flow.routing.costs.cost[0, int(flow.routing.clock.newest[0])]
    assert cost > 10 * 200  # it has been blocked for 226 s
    free, _ = build()
    free.advance(241 * S)
    assert free.routing.costs.cost[0, int(free.routing.clock.newest[0])] == pytest.approx(200, abs=20)


def test_who_is_stuck_and_where_it_takes_a_threat():
    flow, cars = build()
    lane = int(flow.road.first_lane[1])
    flow.set_lane_capacity(np.array([lane]), 0.0)
    advance(flow, cars, 50)
    rows, regardless = cars.stuck()  # vehicle k is at the end 40 + 3 k after the start
    assert rows.tolist() == [0, 1] and not regardless.any()
    advance(flow, cars, 105)
    assert cars.stuck()[1][:3].tolist() == [True, True, False]


def test_trucks_are_not_left():
    flow, cars = build(kind=1)
    leave_none = np.flatnonzero(flow.vehicles["kind"] == 1)
    flow.set_lane_capacity(np.array([int(flow.road.first_lane[1])]), 0.0)
    advance(flow, cars, 300)
    assert len(leave_none) == N and not len(cars.stuck()[0])
