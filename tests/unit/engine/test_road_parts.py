"""Which streets and signals hazards and interventions are about, and what is said when there are none."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.engine.simulation import Simulation
from impetus_sim.errors import InvalidInputError

TRAFFIC = {
    "traffic": {
        "signals": {"at": [{"xy": [131, 131]}]},
        "demand": {"everyday": {"kind": "gravity", "trips": 60, "through": 1.0, "end": 15}},
    }
}


@pytest.fixture(scope="module")
def closing(town):
    """A function from the keys of a closure to the ends of the links that it closes, in local metres."""

    def ends(**keys):
        part = {"kind": "road_closure", "at_time": 1.0, **keys}
        sim = Simulation(town(TRAFFIC, {"interventions": {"part": part}}), seed=3)
        city, flow = sim.systems.traffic, sim.systems.traffic.flow
        links = city.orders._about.links["part"]
        first = city.streets.first
        start, end = city.streets.points[first[links]], city.streets.points[first[links + 1] - 1]
        assert flow.links.n_links > len(links)
        return np.round(np.hstack([start, end])).astype(int).tolist()

    return ends


def test_a_point_is_about_both_directions_of_the_nearest_street_and_towards_about_one(closing):
    both = closing(at={"xy": [36, 8]})
    assert len(both) == 2
    assert both[0][:2] == both[1][2:]
    (one,) = closing(at={"xy": [36, 8]}, towards={"xy": [370, 8]})
    assert one[2] > one[0]


def test_into_only_leaves_the_ways_out_open(closing):
    area = {"box": [100, 100, 280, 280]}
    inward = closing(at=area, into_only=True)
    assert len(inward) < len(closing(at=area))
    for x0, y0, x1, y1 in inward:
        assert not (100 <= x0 <= 280 and 100 <= y0 <= 280)
        assert 100 <= x1 <= 280 and 100 <= y1 <= 280


def test_a_line_across_streets_is_about_those_it_crosses(closing):
    assert len(closing(at={"line": [[36, 0], [36, 60]]})) == 2


def test_without_traffic_a_closure_is_refused(town):
    part = {"kind": "road_closure", "at_time": 1.0, "at": {"xy": [30, 6]}}
    with pytest.raises(InvalidInputError, match=r"interventions\.part.*no traffic"):
        Simulation(town({"interventions": {"part": part}}), seed=3)


def test_a_place_far_from_signals_is_refused(town):
    part = {"kind": "signal_fault", "start": 1.0, "at": {"xy": [8, 8]}}
    with pytest.raises(InvalidInputError, match=r"hazards\.part\.at: there is no signal"):
        Simulation(town(TRAFFIC, {"hazards": {"part": part}}), seed=3)


@pytest.fixture(scope="module")
def ban(town):
    """A function from the keys of a part to what it bans, with the ends of links in local metres."""

    def found(**keys):
        part = {"at_time": 1.0, **keys}
        traffic = Simulation(town(TRAFFIC, {"interventions": {"part": part}}), seed=3).systems.traffic
        first, points = traffic.streets.first, traffic.streets.points
        start, end = np.round(points[first[:-1]]), np.round(points[first[1:] - 1])
        bans = traffic.flow.routing.bans._bans
        if keys["kind"] == "turn_ban":
            return [(start[a], end[a], end[b]) for a, b in bans.turns["part"].turns]
        return bans.areas["part"], start, end, traffic.flow

    return found


def _turn(start, middle, end):
    (ax, ay), (bx, by) = middle - start, end - middle
    return float(ax * by - ay * bx)


def test_left_turns_at_a_junction_are_those_to_the_left(ban):
    found = ban(kind="turn_ban", at={"xy": [150, 150]}, turns="left")
    assert len(found) == 4
    assert all(_turn(*turn) > 0 for turn in found)
    assert all(_turn(*turn) < 0 for turn in ban(kind="turn_ban", at={"xy": [150, 150]}, turns="right"))
    assert len(ban(kind="turn_ban", at={"xy": [150, 150]}, turns="u_turn")) == 4


def test_a_turn_is_given_by_its_streets(ban):
    keys = {"from_street": {"xy": [110, 150]}, "to_street": {"xy": [150, 190]}}
    ((start, middle, end),) = ban(kind="turn_ban", at={"xy": [150, 150]}, **keys)
    assert start[0] < middle[0] == end[0]
    assert end[1] > middle[1]


def test_every_turn_at_a_junction_is_refused(town):
    part = {"kind": "turn_ban", "at_time": 1.0, "at": {"xy": [150, 150]}}
    with pytest.raises(InvalidInputError, match="nobody could pass it"):
        town(TRAFFIC, {"interventions": {"part": part}})


def test_an_area_is_barred_on_its_ways_in_but_not_for_those_who_go_there_or_are_allowed(ban):
    area, start, _, flow = ban(kind="area_ban", at={"box": [100, 100, 280, 280]})
    for x, y in start[area.links]:
        assert not (100 <= x <= 280 and 100 <= y <= 280)
    goals = flow.routing.ways.goal_node
    inside = np.isin(goals, flow.links.to_node[area.links])
    assert area.passes[inside].all()
    assert not area.passes[~inside].any()


def test_what_is_no_area_is_refused(town):
    part = {"kind": "area_ban", "at_time": 1.0, "at": {"xy": [150, 150]}}
    with pytest.raises(InvalidInputError, match=r"interventions\.part\.at.*not an area"):
        Simulation(town(TRAFFIC, {"interventions": {"part": part}}), seed=3)
