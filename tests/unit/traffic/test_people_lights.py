"""Lights for people: never with the vehicles they cross, long enough to get over, and what faults show."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.traffic.guess_signals import guess_plan
from impetus_sim.traffic.people_lights import (
    GREEN,
    NO_LIGHT,
    PEOPLE_GREEN_S,
    RED,
    crossing_widths_m,
    light_for_people,
    people_clear_s,
)
from impetus_sim.traffic.road import Links, capacity_of, one_lane_links
from impetus_sim.traffic.system import TrafficSystem
from impetus_sim.traffic.vehicles import Trips, build_vehicles

S = 1_000_000
NOBODY = Trips(depart_s=np.zeros(0), origin=np.zeros(0, int), goal=np.zeros(0, int))


def crossing(*, main_lanes=2, side_lanes=1, is_two_way=True):
    """Return a main street 0-1-2 and a side street 3-1-4, both ways or one way each."""
    ends = [(0, 1), (1, 2), (3, 1), (1, 4)]
    lanes = [main_lanes, main_lanes, side_lanes, side_lanes]
    if is_two_way:
        ends, lanes = ends + [(b, a) for a, b in ends], lanes * 2
    n, speed = len(ends), np.full(len(ends), 13.9)
    links = Links(
        n_nodes=5,
        from_node=np.array(ends)[:, 0],
        to_node=np.array(ends)[:, 1],
        length_m=np.full(n, 300.0),
        speed_m_s=speed,
        n_lanes=np.array(lanes),
        lane_capacity=capacity_of(speed),
        car_m=np.full(n, 7.5),
    )
    bearing = np.array([0.0, 0.0, np.pi / 2, np.pi / 2] * (n // 4))
    return links, bearing


def guess(links, bearing, control="fixed", cycle_s=60.0):
    return guess_plan(
        1,
        links,
        bearing,
        control=control,
        cycle_s=cycle_s,
        clearance_s=4.0,
        crossing_m=crossing_widths_m(links),
    )


def lights(plan, links, times_s, clear_s):
    """Return the lights of people across the groups' arms and the vehicles' green bits at some times."""
    flow = TrafficSystem(links, build_vehicles(NOBODY), np.array([2]), plans=[plan])
    groups = np.arange(len(clear_s))
    people, vehicles = [], []
    for time_s in times_s:
        flow.advance(round(time_s * S))
        people.append(light_for_people(flow, np.zeros(len(groups), int), groups, np.array(clear_s)))
        vehicles.append(int(flow.signals_now()["green"][0]))
    return np.array(people), np.array(vehicles)


@pytest.mark.parametrize("control", ["fixed", "actuated", "max_pressure"])
def test_people_get_over_before_the_vehicles_they_cross_have_green(control):
    links, bearing = crossing()
    plan = guess(links, bearing, control)
    clear_s = [people_clear_s(4 * 3.25), people_clear_s(2 * 3.25)]
    times = np.arange(0.0, 240.0, 0.25)
    people, vehicles = lights(plan, links, times, clear_s)
    for group in range(2):
        has_green = (vehicles >> group) & 1 == 1
        for start in times[people[:, group] == GREEN]:
            on_the_way = (times >= start) & (times <= start + clear_s[group] - 0.25)
            assert not has_green[on_the_way].any()


def test_a_fixed_plan_gives_people_their_green_and_keeps_its_cycle():
    links, bearing = crossing(main_lanes=3)
    plan = guess(links, bearing)
    clear_s = [people_clear_s(6 * 3.25), people_clear_s(2 * 3.25)]
    times = np.arange(0.0, 60.0, 0.25)
    people, _ = lights(plan, links, times, clear_s)
    # across six lanes takes 18.2 s: the side street's phase lasts 21.2 s and not its share of 13 s
    assert ((people == GREEN).sum(axis=0) * 0.25 >= PEOPLE_GREEN_S - 0.3).all()
    assert sum(phase.green_s + phase.clear_s for phase in plan.phases) == pytest.approx(60.0)
    assert plan.phases[1].green_s == pytest.approx(PEOPLE_GREEN_S + clear_s[0] - 4.0)


def test_a_cycle_too_short_for_people_gets_longer():
    links, bearing = crossing(main_lanes=3, side_lanes=3)
    plan = guess(links, bearing, cycle_s=30.0)
    assert sum(phase.green_s + phase.clear_s for phase in plan.phases) > 30.0
    assert min(phase.green_s for phase in plan.phases) >= PEOPLE_GREEN_S + people_clear_s(19.5) - 4.0 - 1e-9


def test_a_light_in_mid_street_has_a_phase_for_people():
    links = one_lane_links(3, np.array([[0, 1], [1, 2], [2, 1], [1, 0]]), length_m=200.0, speed_m_s=13.9)
    plan = guess(links, np.array([0.0, 0.0, np.pi, np.pi]))
    assert [phase.groups for phase in plan.phases] == [(0,), ()]
    clear_s = people_clear_s(6.5)
    times = np.arange(0.0, 120.0, 0.25)
    people, vehicles = lights(plan, links, times, [clear_s])
    green_s = (people[:, 0] == GREEN).sum() * 0.25 / 2
    assert green_s == pytest.approx(PEOPLE_GREEN_S, abs=0.3)
    # vehicles lose what people get: two times red for all, and their green and clearance
    assert (vehicles == 1).mean() * 60.0 == pytest.approx(60.0 - 4.0 - PEOPLE_GREEN_S - clear_s, abs=0.3)


def test_faults_show_people_what_they_show():
    links, bearing = crossing()
    flow = TrafficSystem(links, build_vehicles(NOBODY), np.array([2]), plans=[guess(links, bearing)])
    flow.advance(10 * S)

    def seen():
        return light_for_people(flow, np.array([0, 0]), np.array([0, 1]), np.array([12.0, 6.0])).tolist()

    assert seen() == [RED, GREEN]
    for fault, shown in {
        "dark": [NO_LIGHT] * 2,
        "flashing": [NO_LIGHT] * 2,
        "all_red": [RED] * 2,
    }.items():
        flow.set_fault(0, fault)
        assert seen() == shown, fault
    flow.set_fault(0, "works")
    flow.advance(12 * S)
    before = seen()
    flow.set_fault(0, "stuck")
    flow.advance(600 * S)
    assert seen() == before == [RED, GREEN]
