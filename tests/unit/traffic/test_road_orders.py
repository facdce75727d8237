"""Orders about streets and signals: closures and incidents that overlap, exact restoring, faults."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.traffic.incident_capacity import share_left
from impetus_sim.traffic.kernels.signals import ALL_RED, DARK, WORKS
from impetus_sim.traffic.road_orders import Ordered, RoadOrders
from impetus_sim.world.tables import ROAD_CAPACITY, ROAD_CLOSED, ROAD_LANES, SIGNAL_FAULT, road_orders_table

SECOND = 1_000_000


@pytest.fixture
def ordered(jam):
    """A function that moves a jammed grid to a second, with an order (key, kind, value) given there."""
    flow, table = jam(), road_orders_table()
    about = Ordered(
        links={"one": np.arange(10), "two": np.arange(5, 20)},
        signals={"one": np.array([3, 4]), "two": np.array([4, 5])},
    )
    orders = RoadOrders(flow, table, about, tick_us=SECOND)

    def give(second: int, *given: tuple[str, int, float]):
        for key, kind, value in given:
            row = {"tick": second, "kind": kind, "value": value, "cause": 0, "key": key.encode()}
            table.append(row)
        for tick in orders.due():
            flow.advance(tick * SECOND)
            orders.serve(tick)
        return flow

    return give


def test_a_street_is_closed_while_anybody_says_so_and_carries_nothing_meanwhile(ordered):
    flow = ordered(600, ("one", ROAD_CLOSED, 1.0), ("two", ROAD_CLOSED, 1.0))
    before = flow.road.n_entered.copy()
    flow = ordered(900, ("one", ROAD_CLOSED, 0.0))
    assert (flow.road.n_entered[:20] == before[:20]).all()
    assert np.flatnonzero(flow.road.is_closed).tolist() == list(range(5, 20))
    flow = ordered(1000, ("two", ROAD_CLOSED, 0.0))
    assert not flow.road.is_closed.any()
    assert (flow.road.n_entered[:5] > before[:5]).any()
    assert (flow.road.n_entered[5:20] == before[5:20]).all()
    flow.advance(1500 * SECOND)
    assert (flow.road.n_entered[5:20] > before[5:20]).any()
    flow.require_conserved()


def test_capacity_is_the_product_of_incidents_and_exactly_what_it_was_after_the_last(ordered):
    flow = ordered(600, ("one", ROAD_CAPACITY, 0.5), ("two", ROAD_CAPACITY, 0.2))
    was = flow.road.queues["pace"]
    lane = flow.road.first_lane
    factor = was[lane] / flow.road.queues["exit_pace"][lane]
    assert np.allclose(factor[[0, 7, 15, 25]], [0.5, 0.1, 0.2, 1.0])
    flow = ordered(700, ("one", ROAD_CAPACITY, 1.0), ("two", ROAD_CAPACITY, 1.0))
    assert (flow.road.queues["exit_pace"][lane] == was[lane]).all()


def test_a_blocked_lane_of_one_holds_everybody_until_it_is_cleared(ordered):
    flow = ordered(600, ("one", ROAD_LANES, 1.0))
    left = flow.road.n_left.copy()
    flow = ordered(800, ("one", ROAD_LANES, 0.0))
    assert (flow.road.n_left[:10] == left[:10]).all()
    flow.advance(1000 * SECOND)
    assert (flow.road.n_left[:10] > left[:10]).sum() >= 8
    flow.require_conserved()


def test_a_signal_shows_the_worst_of_its_faults(ordered):
    flow = ordered(600, ("one", SIGNAL_FAULT, DARK), ("two", SIGNAL_FAULT, ALL_RED))
    assert flow.signals.fault[[3, 4, 5, 6]].tolist() == [DARK, ALL_RED, ALL_RED, WORKS]
    flow = ordered(660, ("two", SIGNAL_FAULT, 0))
    assert flow.signals.fault[[3, 4, 5]].tolist() == [DARK, DARK, WORKS]
    flow = ordered(700, ("one", SIGNAL_FAULT, 0))
    assert not flow.signals.fault.any()


def test_shares_are_those_of_the_manual():
    n_lanes = np.array([1, 2, 3, 8])
    assert share_left(n_lanes, 0.0).tolist() == [1.0, 1.0, 1.0, 1.0]
    assert share_left(n_lanes, 0.5).tolist() == [0.95, 0.95, 0.99, 0.99]
    assert share_left(n_lanes, 1.0).tolist() == [0.0, 0.35, 0.49, 0.78]
    assert share_left(n_lanes, 3.0).tolist() == [0.0, 0.0, 0.0, 0.41]
