"""Plans that operators set: discharge follows the share of green, the latest holds, restoring is exact."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.traffic.guess_signals import divides_green, guess_plan
from impetus_sim.traffic.kernels.signals import ACTUATED, FIXED, WORKS
from impetus_sim.traffic.road import capacity_of, one_lane_links
from impetus_sim.traffic.road_orders import Ordered, RoadOrders
from impetus_sim.traffic.system import TrafficSystem
from impetus_sim.traffic.vehicles import Trips, build_vehicles
from impetus_sim.world.tables import SIGNAL_FAULT, SIGNAL_FAULTS, SIGNAL_PLAN, road_orders_table

S, SPEED, CLEAR_S = 1_000_000, 15.0, 4.0
CAPACITY = float(capacity_of(np.array(SPEED)))
# a street from 0 over 1 to 2 from the west, another from 3 over 1 to 4 from the south
ENDS = np.array([[0, 1], [1, 2], [3, 1], [1, 4]])
WEST, SOUTH = 0, 2
BEARING = np.array([0.0, 0.0, np.pi / 2, np.pi / 2])
LINKS = one_lane_links(5, ENDS, length_m=400.0, speed_m_s=SPEED)


def plan(**keys):
    given = {
        "control": "fixed",
        "cycle_s": 60.0,
        "clearance_s": CLEAR_S,
        "crossing_m": np.full(4, 3.25),
        **keys,
    }
    found = guess_plan(1, LINKS, BEARING, **given)
    assert found is not None
    return found


class Crossing:
    """Both streets full at a signal, with its orders, moved to ticks of one second."""

    def __init__(self, n=4000, **plans):
        is_south = np.arange(n) % 2
        trips = Trips(depart_s=np.arange(n) * 0.5, origin=is_south * 3, goal=is_south)
        self.flow = TrafficSystem(LINKS, build_vehicles(trips), np.array([2, 4]), plans=[plan()])
        self.table = road_orders_table()
        about = Ordered(
            plans={name: {0: held} for name, held in plans.items()}, signals={"fault": np.array([0])}
        )
        self.orders = RoadOrders(self.flow, self.table, about, tick_us=S)

    def order(self, second, name, value, kind=SIGNAL_PLAN):
        row = {"tick": second, "kind": kind, "value": value, "cause": 0, "key": name.encode()}
        self.table.append(row)
        self.flow.advance(second * S)
        self.orders.serve(second)
        return self

    def discharge(self, from_s, until_s):
        """Vehicles per second that leave each street at the signal."""
        self.flow.advance(from_s * S)
        before = self.flow.road.n_left[[WEST, SOUTH]].copy()
        self.flow.advance(until_s * S)
        self.flow.require_conserved()
        return (self.flow.road.n_left[[WEST, SOUTH]] - before) / (until_s - from_s)


def flow_of(green_s, cycle_s):
    """Vehicles per second that a full lane discharges: one for each headway that begins in green."""
    return np.ceil(np.asarray(green_s) * CAPACITY) / cycle_s


def test_a_street_that_is_favoured_discharges_its_share_of_the_green():
    longer = plan(cycle_s=100.0, favoured=np.array([WEST]), green_share=0.7)
    crossing = Crossing(longer=longer)
    assert crossing.discharge(120, 720) == pytest.approx(flow_of([26.0, 26.0], 60.0))
    crossing.order(720, "longer", 1.0)
    green_s = np.array([0.7, 0.3]) * (100.0 - 2.0 * CLEAR_S)
    assert crossing.discharge(900, 1900) == pytest.approx(flow_of(green_s, 100.0))
    crossing.order(1900, "longer", 0.0)
    assert crossing.discharge(2000, 2600) == pytest.approx(flow_of([26.0, 26.0], 60.0))


def test_the_present_green_ends_by_the_new_plan():
    # the first phase has green for 26 s of 60, for 7 s of 22, for 50 s of 108
    crossing = Crossing(short=plan(cycle_s=22.0), long=plan(cycle_s=108.0))
    crossing.order(5, "short", 1.0)
    for second, green in ((6, True), (8, False)):
        crossing.flow.advance(second * S)
        assert bool(crossing.flow.green_now(0) & 1) is green
    late = Crossing(long=plan(cycle_s=108.0)).order(25, "long", 1.0)
    for second, green in ((49, True), (51, False)):
        late.flow.advance(second * S)
        assert bool(late.flow.green_now(0) & 1) is green
    past = Crossing(short=plan(cycle_s=22.0)).order(20, "short", 1.0)
    assert not past.flow.advance(21 * S) and past.flow.green_now(0) == 0


def test_the_latest_order_that_stands_holds():
    crossing = Crossing(one=plan(cycle_s=100.0), two=plan(control="actuated"))
    flow = crossing.flow
    first_green = lambda: int(flow.phases["least_us"][0]) / S  # noqa: E731
    crossing.order(100, "one", 1.0)
    assert (first_green(), flow.signals.control[0]) == (46.0, FIXED)
    crossing.order(200, "two", 1.0)
    assert (first_green(), flow.signals.control[0]) == (7.0, ACTUATED)
    crossing.order(300, "one", 0.0)
    assert (first_green(), flow.signals.control[0]) == (7.0, ACTUATED)
    crossing.order(400, "two", 0.0)
    assert (first_green(), flow.signals.control[0]) == (26.0, FIXED)


def test_a_signal_that_fails_takes_the_plan_up_when_it_works_again():
    crossing = Crossing(longer=plan(cycle_s=100.0, favoured=np.array([WEST]), green_share=0.7))
    crossing.order(100, "fault", SIGNAL_FAULTS.index("all_red"), SIGNAL_FAULT)
    crossing.order(200, "longer", 1.0)
    assert crossing.discharge(210, 400).tolist() == [0.0, 0.0]
    crossing.order(400, "fault", WORKS, SIGNAL_FAULT)
    assert crossing.discharge(500, 1500) == pytest.approx(flow_of([64.4, 27.6], 100.0))


def test_only_a_street_that_others_cross_can_be_favoured():
    assert divides_green(plan(), np.array([SOUTH]))
    assert not divides_green(plan(), np.array([WEST, SOUTH]))
    assert not divides_green(plan(), np.array([1]))
    both = plan(favoured=np.array([WEST, SOUTH]), green_share=0.9)
    assert [phase.green_s for phase in both.phases] == [26.0, 26.0]


@pytest.mark.parametrize("control", ["fixed", "actuated", "max_pressure"])
@pytest.mark.parametrize("at_s", [605, 777, 1310])
def test_a_restored_run_is_the_run_never_stopped(control, at_s):
    def build():
        return Crossing(two=plan(control=control, cycle_s=90.0))

    def go_on(crossing, from_s):
        for second, value in ((600, 1.0), (1300, 0.0)):
            if second >= from_s:
                crossing.order(second, "two", value)
        crossing.flow.advance(2000 * S)
        return crossing

    first = build().order(600, "two", 1.0)
    if at_s > 1300:
        first.order(1300, "two", 0.0)
    first.flow.advance(at_s * S)
    copy = build()
    copy.order(10, "two", 1.0)  # loading leaves nothing of what was before
    saved = [*first.flow.state, *first.orders.state, first.table]
    for mine, theirs in zip([*copy.flow.state, *copy.orders.state, copy.table], saved, strict=True):
        mine.load({name: column.copy() for name, column in theirs.columns.items()})
    copy.orders.restored()
    copy.flow.refresh()
    whole, copy = go_on(build(), 0), go_on(copy, at_s)
    assert (copy.flow.phases == whole.flow.phases).all()
    for mine, theirs in zip(copy.flow.state, whole.flow.state, strict=True):
        for name, column in theirs.columns.items():
            assert (mine.columns[name] == column).all(), (theirs.name, name)
