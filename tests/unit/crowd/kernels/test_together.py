"""Walking together against plain Python: deciders, pace, waiting, who is told; ways to a person."""

import numpy as np
import pytest
from shapely import LineString, box

from impetus_sim.crowd.kernels.choose import cost_at
from impetus_sim.crowd.kernels.together import find_deciders, find_told, walk_together
from impetus_sim.crowd.ways_to import WaysTo

START = np.array([0, 3, 6], np.int32)
MEMBERS = np.array([0, 1, 2, 3, 4, 5], np.int32)


@pytest.fixture(scope="module")
def world(build_world):
    return build_world(box(0, 0, 40, 10), {"east": LineString([(40, 3), (40, 7)])})


def u1(*values):
    return np.array(values, np.uint8)


def test_deciders():
    decider = np.zeros(2, np.int32)
    inside, lost = u1(1, 1, 1, 0, 1, 1), u1(0, 0, 0, 0, 1, 0)
    find_deciders(START, MEMBERS, inside, u1(0, 1, 1, 1, 1, 0), lost, decider)
    assert decider.tolist() == [1, 5]  # first who leaves; else the first who is there and not lost
    find_deciders(START, MEMBERS, u1(0, 0, 0, 0, 0, 0), u1(1, 1, 1, 1, 1, 1), lost, decider)
    assert decider.tolist() == [-1, -1]


def test_pace_and_waiting(world):
    g, costs = world.ground, world.goals.costs
    x, y = np.array([20.0, 19.2, 17.5, 30.0, 20.0, 19.5]), np.array([5.0, 5, 5, 7, 5, 5])
    own = np.array([1.4, 1.0, 0.6, 1.4, 1.2, 1.3])
    speed, dx, dy = own.copy(), np.ones(6), np.zeros(6)
    last, cost, stopped = np.zeros(2, np.int32), np.zeros(2), np.zeros(2, np.uint8)
    ones = np.ones(6, np.uint8)
    walk_together(
        START, MEMBERS, np.array([1.5, 1.5]), np.array([0, 3], np.int32), ones, ones, ones, np.zeros(6, np.uint8),
        np.zeros(6, np.int16), x, y, own, costs, g.inside, g.x0, g.y0, g.cell, speed, dx, dy, last, cost, stopped,
    )  # fmt: skip
    ways = [cost_at(costs[0], x[i], y[i], g.x0, g.y0, g.cell) for i in range(6)]
    for group in ((0, 1, 2), (3, 4, 5)):
        far = max(ways[i] for i in group)
        for i in group:
            share = min(1.0, max(0.0, 1 - (far - ways[i] - 1.5) / 1.5))
            assert speed[i] == pytest.approx(min(own[j] for j in group) * share)
    assert last.tolist() == [2, 5] and stopped.tolist() == [0, 1] and speed[3] == 0.0
    assert dx[3] < 1.0  # drawn back to the middle of the group


def test_who_is_told():
    x = np.array([0.0, 3.0, 9.0, 0.0, 1.0, 2.0])
    told, by = np.zeros(6, np.int32), np.zeros(6, np.int32)
    n = find_told(
        START,
        MEMBERS,
        np.array([5.0, 5.0]),
        u1(1, 1, 1, 1, 1, 1),
        u1(1, 0, 0, 0, 0, 0),
        x,
        np.zeros(6),
        told,
        by,
    )
    assert (n, told[0], by[0]) == (1, 1, 0)


def test_the_way_to_a_person_leads_round_a_wall(build_world):
    world = build_world(box(0, 0, 20, 10) - box(9, 0, 10, 8), {"east": LineString([(20, 3), (20, 7)])})
    ways = WaysTo(world.ground)
    assert ways.aim(2.0, 2.0, 7.0, 2.0) == (True, 7.0, 2.0)  # in sight: straight there
    x, y = 5.0, 2.0
    for _ in range(40):  # walk from aim to aim
        found, ax, ay = ways.aim(x, y, 15.0, 2.0)
        assert found
        d = np.hypot(ax - x, ay - y)
        x, y = x + (ax - x) / d * min(d, 1.0), y + (ay - y) / d * min(d, 1.0)
        if np.hypot(15.0 - x, 2.0 - y) < 0.5:
            break
    assert np.hypot(15.0 - x, 2.0 - y) < 0.5
    closed = build_world(box(0, 0, 20, 10) - box(9, -1, 10, 11), {"east": LineString([(20, 3), (20, 7)])})
    assert not WaysTo(closed.ground).aim(5.0, 5.0, 15.0, 5.0)[0]
