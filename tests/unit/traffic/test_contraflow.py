"""Contraflow: capacity follows lanes, nobody meets anybody head on, nothing is lost, restoring is exact."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.arrays import Table
from impetus_sim.traffic.lanes import Contraflow, with_spare_lanes
from impetus_sim.traffic.road import Links, capacity_of
from impetus_sim.traffic.road_orders import Ordered, RoadOrders
from impetus_sim.traffic.system import TrafficSystem
from impetus_sim.traffic.vehicles import Trips, build_vehicles
from impetus_sim.world.tables import CONTRAFLOW, road_orders_table

S, SPEED = 1_000_000, 20.0
CAPACITY = float(capacity_of(np.array(SPEED)))
# two lanes lead to and from a street with one lane each way
FEEDER, NECK, AFTER, BACK_IN, BACK, BACK_OUT = range(6)
ENDS = np.array([[0, 1], [1, 2], [2, 3], [3, 2], [2, 1], [1, 0]])
LANES = np.array([2, 1, 2, 2, 1, 2])


class Street:
    """The street with its orders, moved second by second."""

    def __init__(self, *, n=4000, n_back=400, lanes=1, clearance_s=30, seconds=3000.0):
        speed = np.full(6, SPEED)
        links = Links(
            n_nodes=4, from_node=ENDS[:, 0], to_node=ENDS[:, 1], length_m=np.full(6, 400.0), speed_m_s=speed,
            n_lanes=LANES.copy(), lane_capacity=capacity_of(speed), car_m=np.full(6, 7.5),
        )  # fmt: skip
        about = Contraflow(pairs=np.array([[NECK, BACK]]), lanes=lanes, clearance_us=clearance_s * S)
        is_back = np.arange(n + n_back) >= n
        trips = Trips(
            depart_s=np.concatenate([np.linspace(0, seconds, n), np.linspace(0, seconds, n_back)]),
            origin=np.where(is_back, 3, 0),
            goal=is_back.astype(np.int64),
        )
        self.flow = TrafficSystem(
            with_spare_lanes(links, [about]), build_vehicles(trips), np.array([3, 0]), patience_s=0.0
        )
        self.table: Table = road_orders_table()
        self.orders = RoadOrders(self.flow, self.table, Ordered(contraflows={"one": about}), tick_us=S)

    def order(self, value):
        second = self.flow.now_us // S
        row = {"tick": second, "kind": CONTRAFLOW, "value": value, "cause": 0, "key": b"one"}
        self.table.append(row)
        self.orders.serve(second)

    def run(self, until_s):
        for second in range(self.flow.now_us // S + 1, until_s + 1):
            self.flow.advance(second * S)
            self.orders.turn_lanes()
            self.flow.require_conserved()
            assert self.n_in_use() <= 2
        return self

    def n_in_use(self):
        """Lanes that somebody drives on or may enter, both ways."""
        road, n = self.flow.road, 0
        for link in (NECK, BACK):
            lanes = np.arange(road.most_lanes[link])
            is_open = (lanes < road.n_lanes[link]) & (road.is_closed[link] == 0)
            n += int((is_open | (road.queues["head"][road.first_lane[link] + lanes] >= 0)).sum())
        return n

    def flow_of(self, link, from_s, until_s):
        self.run(from_s)
        before = int(self.flow.road.n_left[link])
        return (int(self.run(until_s).flow.road.n_left[link]) - before) / (until_s - from_s)


def test_a_lane_of_the_other_direction_doubles_the_capacity_of_a_bottleneck():
    street = Street()
    assert street.flow_of(NECK, 200, 800) == pytest.approx(CAPACITY, rel=0.01)
    assert street.flow_of(BACK, 800, 900) > 0.1
    street.order(1.0)
    assert street.flow_of(NECK, 1100, 1700) == pytest.approx(2.0 * CAPACITY, rel=0.01)
    assert street.flow_of(BACK, 1700, 1800) == 0.0
    street.order(0.0)
    assert street.flow_of(NECK, 2100, 2700) == pytest.approx(CAPACITY, rel=0.01)
    street.run(9000)
    assert street.flow.counts()["arrived"] == 4400


def test_a_lane_is_given_when_it_is_empty_and_the_clearance_time_has_passed():
    street = Street(n_back=0, clearance_s=30).run(100)
    street.order(1.0)
    assert street.run(129).flow.road.n_lanes[NECK] == 1
    assert street.run(131).flow.road.n_lanes[NECK] == 2
    late = Street(n_back=1500, clearance_s=1).run(100)
    late.order(1.0)
    assert late.run(115).flow.road.n_lanes[NECK] == 1  # a car takes 20 s through
    assert late.run(140).flow.road.n_lanes[NECK] == 2


def test_a_contraflow_that_ends_before_it_began_changes_nothing():
    street = Street(clearance_s=60).run(100)
    street.order(1.0)
    street.run(110).order(0.0)
    street.run(200)
    assert street.flow.road.n_lanes[[NECK, BACK]].tolist() == [1, 1]
    assert not street.flow.road.is_closed.any()


@pytest.mark.parametrize("at_s", [905, 1200, 1815])
def test_a_restored_run_is_the_run_never_stopped(at_s):
    def end(street, from_s):
        for second, value in ((900, 1.0), (1800, 0.0)):
            if second >= from_s:
                street.run(second).order(value)
        return street.run(2400)

    first = Street().run(900)
    first.order(1.0)
    if at_s > 1800:
        first.run(1800).order(0.0)
    first.run(at_s)
    copy = Street()
    saved = [*first.flow.state, *first.orders.state, first.table]
    for mine, theirs in zip([*copy.flow.state, *copy.orders.state, copy.table], saved, strict=True):
        mine.load({name: column.copy() for name, column in theirs.columns.items()})
    copy.orders.lanes.restored()
    copy.flow.refresh()
    whole, copy = end(Street(), 0), end(copy, at_s)
    for mine, theirs in zip(copy.flow.state, whole.flow.state, strict=True):
        for name, column in theirs.columns.items():
            assert (mine.columns[name] == column).all(), (theirs.name, name)
