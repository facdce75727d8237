"""Emergency vehicles: how fast they are, what they may do, and whom they hold up."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.traffic.emergency import ARRIVED, NO_WAY, Driving, EmergencyVehicles
from impetus_sim.traffic.road import Links, capacity_of
from impetus_sim.traffic.signals import Phase, SignalPlan
from impetus_sim.traffic.system import TrafficSystem
from impetus_sim.traffic.vehicles import Trips, build_vehicles

S = 1_000_000
LENGTH, SPEED = 600.0, 15.0


def build(
    driving=None,
    *,
    at_s=200,
    n_cars=0,
    blocked=False,
    plans=(),
    n_lanes=1,
    ways=((0, 1), (1, 2), (1, 0), (2, 1)),
    n=1,
):
    """Return a street of two links each way, cars that drive along it from 0 s on, and vehicles sent later."""
    ends = np.array(ways)
    k = len(ends)
    links = Links(
        n_nodes=3,
        from_node=ends[:, 0],
        to_node=ends[:, 1],
        length_m=np.full(k, LENGTH),
        speed_m_s=np.full(k, SPEED),
        n_lanes=np.full(k, n_lanes),
        lane_capacity=capacity_of(np.full(k, SPEED)),
        car_m=np.full(k, 7.5),
    )
    trips = Trips(depart_s=np.arange(n_cars) * 1.6, origin=np.zeros(n_cars, int), goal=np.zeros(n_cars, int))
    flow = TrafficSystem(
        links, build_vehicles(trips), np.array([2]), plans=plans, every_s=60.0, patience_s=0.0
    )
    if blocked:
        flow.set_lane_capacity(flow.road.first_lane[1] + np.arange(n_lanes), 0.0)
    zeros = np.zeros(n, np.int64)
    vehicles = EmergencyVehicles(
        flow, [driving or Driving()], entry=zeros, origin=zeros, goal=zeros + 2, depart_us=zeros + at_s * S
    )
    return flow, vehicles


def advance(flow, vehicles, until_s, *, people_share=1.0):
    shares = []
    for second in range(flow.now_us // S + 1, until_s + 1):
        vehicles.advance(second * S, np.full(flow.links.n_links, people_share))
        vehicles.require_laws()
        vehicles.turn_signals(set())
        shares.append(vehicles.share_left())
        flow.advance(second * S)
    return np.array(shares)


def travel_s(vehicles):
    assert (vehicles.table.state == ARRIVED).all()
    return float(vehicles.table.arrived_us[0] - vehicles.table.depart_us[0]) / S


def test_an_empty_street_is_driven_at_its_own_speed():
    flow, vehicles = build()
    advance(flow, vehicles, 400)
    assert travel_s(vehicles) == pytest.approx(2 * LENGTH / (1.2 * SPEED), abs=1e-5)
    assert vehicles.table.travelled_m[0] == 2 * LENGTH


def test_a_full_street_is_passed_at_jam_speed():
    flow, vehicles = build(Driving(uses_contraflow=False), n_cars=200, blocked=True, at_s=600)
    advance(flow, vehicles, 900)
    assert (flow.road.queues["n_inside"][flow.road.first_lane[:2]] == 80).all()
    assert travel_s(vehicles) == pytest.approx(2 * LENGTH / 5.0, rel=0.01)


def test_against_the_traffic_is_taken_where_it_is_faster():
    flow, vehicles = build(n_cars=200, blocked=True, at_s=600)
    advance(flow, vehicles, 900)
    assert travel_s(vehicles) == pytest.approx(2 * LENGTH / 8.0, rel=0.01)
    one_way = build(Driving(uses_contraflow=False), ways=((1, 0), (2, 1)))
    advance(*one_way, 300)
    assert one_way[1].table.state[0] == NO_WAY
    allowed = build(ways=((1, 0), (2, 1)))
    advance(*allowed, 600)
    assert travel_s(allowed[1]) == pytest.approx(2 * LENGTH / 8.0, abs=1e-5)


def test_where_people_fill_the_street_it_goes_at_walking_pace():
    flow, vehicles = build()
    advance(flow, vehicles, 1500, people_share=0.0)
    assert travel_s(vehicles) == pytest.approx(2 * LENGTH, abs=1e-5)


def plan(green_of_main_s, clear_s=4.0):
    """Return a signal at junction 1 that shows the main street little green, and others much."""
    phases = [
        Phase(groups=(1,), green_s=300.0, clear_s=clear_s),
        Phase(groups=(0,), green_s=green_of_main_s, clear_s=clear_s),
    ]
    return SignalPlan(node=1, phases=phases, group_of_link={0: 0, 3: 1})


def test_signals_turn_for_it_and_red_costs_time_without_priority():
    free_s = 2 * LENGTH / (1.2 * SPEED)
    flow, vehicles = build(plans=[plan(1.0)])
    advance(flow, vehicles, 200 + 31)
    assert flow.green_now(0) == 1  # its own group, after the time red for all
    advance(flow, vehicles, 400)
    assert travel_s(vehicles) == pytest.approx(free_s, abs=1e-5)
    flow, vehicles = build(Driving(priority_ahead_us=0), plans=[plan(1.0)])
    advance(flow, vehicles, 400)
    assert flow.green_now(0) != 1
    assert travel_s(vehicles) == pytest.approx(free_s + 5.0, abs=1e-5)


def test_a_signal_goes_back_to_its_plan_afterwards():
    flow, vehicles = build(plans=[plan(10.0)])
    advance(flow, vehicles, 200 + 33)
    assert flow.green_now(0) == 1
    advance(flow, vehicles, 200 + 33 + 10)
    assert flow.green_now(0) == 2


def test_it_takes_a_lane_from_others_while_it_passes():
    flow, vehicles = build(n_lanes=2)
    shares = advance(flow, vehicles, 300)
    on_first = slice(200, 200 + int(LENGTH / (1.2 * SPEED)))
    assert (shares[on_first, 0] == 0.5).all() and (shares[on_first, 1:] == 1.0).all()
    assert (shares[:199] == 1.0).all() and (shares[-1] == 1.0).all()


def test_several_at_once_all_arrive():
    flow, vehicles = build(n=20, plans=[plan(1.0)], n_cars=100)
    advance(flow, vehicles, 900)
    assert (vehicles.table.state == ARRIVED).all()
    assert vehicles.is_over


def test_they_drive_round_what_nobody_passes_and_give_up_where_there_is_no_way_round():
    ways = ((0, 2), (0, 1), (1, 2))
    for deep, n_links, state in (((), 1, ARRIVED), ((0,), 2, ARRIVED), ((0, 1), 0, NO_WAY)):
        flow, vehicles = build(ways=ways, at_s=0)
        impassable = np.zeros(3, bool)
        impassable[list(deep)] = True
        vehicles.advance(300 * S, np.ones(flow.links.n_links), impassable)
        assert vehicles.table.state.tolist() == [state]
        assert vehicles.table.travelled_m[0] == pytest.approx(n_links * LENGTH)
