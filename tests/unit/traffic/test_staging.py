"""Departures in stages: when each sets out, who is held and released, a run that waits, exact restoring."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.traffic.background import Background
from impetus_sim.traffic.kernels.records import PLANNED
from impetus_sim.traffic.road import one_lane_links
from impetus_sim.traffic.road_orders import Ordered, RoadOrders
from impetus_sim.traffic.staging import HELD_BACK_US, Staging
from impetus_sim.traffic.system import TrafficSystem
from impetus_sim.traffic.vehicles import Trips, build_vehicles
from impetus_sim.world.tables import DEPARTURES, road_orders_table

S = 1_000_000
N, EVERY_S = 100, 10
"""Vehicles wish to set out at 10, 20, ... 1000 s."""
EVEN, ODD = np.arange(0, N, 2), np.arange(1, N, 2)


def staging(vehicles, after_s=None):
    after_us = HELD_BACK_US if after_s is None else after_s * S
    return Staging(vehicles=vehicles, after_us=np.full(len(vehicles), after_us))


class Street:
    """One street with its orders, in ticks of a second."""

    def __init__(self, **stagings):
        links = one_lane_links(2, np.array([[0, 1], [1, 0]]), length_m=200.0, speed_m_s=10.0)
        wish_s = EVERY_S * (np.arange(N) + 1.0)
        trips = Trips(depart_s=wish_s, origin=np.zeros(N, np.int64), goal=np.zeros(N, np.int64))
        self.flow = TrafficSystem(links, build_vehicles(trips), np.array([1]))
        self.wish_us = self.flow.vehicles["depart_us"].copy()
        self.table = road_orders_table()
        self.orders = RoadOrders(self.flow, self.table, Ordered(stagings=stagings), tick_us=S)

    def order(self, second, name, value=1.0):
        self.table.append(
            {"tick": second, "kind": DEPARTURES, "value": value, "cause": 0, "key": name.encode()}
        )
        self.flow.advance(second * S)
        self.orders.serve(second)
        return self

    def sets_out_s(self, rows):
        return self.flow.vehicles["sets_out_us"][rows] / S


def test_each_sets_out_a_stage_after_the_wish_and_who_has_begun_drives_on():
    street = Street(later=staging(EVEN, 300)).order(505, "later")
    wish_s = street.wish_us / S
    assert (street.sets_out_s(ODD) == wish_s[ODD]).all()
    assert (street.sets_out_s(EVEN) == wish_s[EVEN] + np.where(wish_s[EVEN] > 505, 300, 0)).all()
    assert (street.flow.vehicles["depart_us"] == street.wish_us).all()
    street.flow.advance(1290 * S)
    assert street.flow.counts()["planned"] == 0
    street.flow.advance(1400 * S)
    street.flow.require_conserved()
    # nobody is in the way of anybody: 20 s on the street
    assert (street.flow.vehicles["left_us"] / S == street.sets_out_s(np.arange(N)) + 20.0).all()


def test_who_is_held_sets_out_when_released_and_the_run_waits_for_it():
    street = Street(hold=staging(np.arange(N)), zone=staging(EVEN, 60)).order(5, "hold")
    street.flow.advance(3000 * S)
    assert street.flow.counts()["planned"] == N
    assert not street.flow.is_over
    street.order(3000, "zone")
    assert (street.sets_out_s(EVEN) == 3060).all()
    street.flow.advance(4000 * S)
    assert street.flow.counts() == dict.fromkeys(street.flow.counts(), 0) | {"planned": 50, "arrived": 50}
    street.order(4000, "hold", 0.0)
    assert (street.sets_out_s(ODD) == 4000).all()
    street.flow.advance(5000 * S)
    assert street.flow.is_over and street.flow.counts()["arrived"] == N


def test_the_latest_order_that_stands_holds_then_the_one_before():
    street = Street(one=staging(EVEN, 100), two=staging(EVEN)).order(205, "one").order(405, "two")
    waits = EVEN[street.flow.vehicles["state"][EVEN] == PLANNED]
    assert (street.flow.vehicles["sets_out_us"][waits] == HELD_BACK_US).all()
    street.order(605, "two", 0.0)
    wish_s = street.wish_us[waits] / S
    assert (street.sets_out_s(waits) == np.maximum(wish_s + 100, 605)).all()
    street.order(655, "one", 0.0)
    waits = EVEN[street.flow.vehicles["state"][EVEN] == PLANNED]
    assert len(waits) and (street.sets_out_s(waits) == np.maximum(street.wish_us[waits] / S, 655)).all()


def test_a_trip_that_waits_is_given_up_like_any_that_has_not_begun():
    street = Street(hold=staging(EVEN)).order(5, "hold")
    background = Background(street.flow, np.arange(N), np.full(N, 500 * S))
    for second in range(6, 1100):
        background.give_up(second * S)
        street.flow.advance(second * S)
    counts = street.flow.counts()
    assert counts["cancelled"] == 50 + 25 + (street.wish_us[ODD] == 500 * S).sum()
    assert counts["arrived"] == N - counts["cancelled"]


@pytest.mark.parametrize("at_s", [450, 905, 1500])
def test_a_restored_run_is_the_run_never_stopped(at_s):
    def build():
        return Street(hold=staging(EVEN), later=staging(np.arange(N), 70))

    given = ((405, "hold", 1.0), (505, "later", 1.0), (1405, "hold", 0.0))

    def go_on(street, from_s, until_s):
        for second, name, value in given:
            if from_s <= second < until_s:
                street.order(second, name, value)
        street.flow.advance(until_s * S)
        return street

    first, copy = go_on(build(), 0, at_s), build()
    saved = [*first.flow.state, *first.orders.state, first.table]
    for mine, theirs in zip([*copy.flow.state, *copy.orders.state, copy.table], saved, strict=True):
        mine.load({name: column.copy() for name, column in theirs.columns.items()})
    copy.orders.restored()
    copy.flow.refresh()
    whole, copy = go_on(build(), 0, 2000), go_on(copy, at_s, 2000)
    for mine, theirs in zip(copy.flow.state, whole.flow.state, strict=True):
        for name, column in theirs.columns.items():
            assert (mine.columns[name] == column).all(), (theirs.name, name)
