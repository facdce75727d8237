"""Dynamic user equilibrium and its parts."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.traffic.equilibrium.dynamic import Routes, find_dynamic_equilibrium
from impetus_sim.traffic.equilibrium.observe import observe
from impetus_sim.traffic.kernels.least_paths import Graph
from impetus_sim.traffic.kernels.records import LEAVES
from impetus_sim.traffic.kernels.timed_paths import (
    Times,
    choose_who_moves,
    fill_link_times,
    fill_path_times,
    fill_timed_trees,
    fill_waits,
)
from impetus_sim.traffic.road import Links
from impetus_sim.traffic.system import TrafficSystem
from impetus_sim.traffic.vehicles import Trips, build_vehicles


def links_of(rows):
    """Return links (from, to, time s, capacity per s) at 20 m/s, two lanes each."""
    table = np.array(rows, np.float64)
    n = len(table)
    return Links(
        n_nodes=int(table[:, :2].max()) + 1,
        from_node=table[:, 0].astype(np.int64),
        to_node=table[:, 1].astype(np.int64),
        length_m=table[:, 2] * 20.0,
        speed_m_s=np.full(n, 20.0),
        n_lanes=np.full(n, 2),
        lane_capacity=table[:, 3] / 2.0,
        car_m=np.full(n, 7.5),
    )


def test_routes_as_entries_of_paths():
    entries, first = Routes(first=np.array([0, 2, 3]), links=np.array([4, 5, 6], np.int32)).entries()
    assert entries.tolist() == [4, 5, LEAVES, 6, LEAVES]
    assert first.tolist() == [0, 3]


def test_systematic_choice_takes_the_sum_of_shares():
    pair = np.repeat([0, 1], [100, 50])
    moves = np.zeros(150, np.bool_)
    choose_who_moves(pair, np.full(150, 0.3), np.array([0.5, 0.0]), moves)
    assert moves[:100].sum() == 30
    assert moves[100:].sum() in (14, 15)
    gaps = np.diff(np.flatnonzero(moves[:100]))
    assert gaps.min() >= 3
    assert gaps.max() <= 4


def test_link_times_from_counts():
    # one link of 20 s: empty, then 10 vehicles that took 30 s each leave in the fourth interval, then empty
    entered = np.array([[0], [10], [10], [10], [10], [10]])
    left = np.array([[0], [0], [0], [0], [10], [10]])
    time_s = np.array([[0.0], [0.0], [0.0], [0.0], [300.0], [300.0]])
    out = np.empty((1, 6))
    fill_link_times(entered, left, time_s, np.array([20.0]), 10.0, out)
    assert out[0, 0] == 20.0
    # they entered 30 s before 35 s, the middle of that interval; from there to the empty link at 40 s it is linear
    assert out[0, 1:5] == pytest.approx([30 - 10 * 5 / 35, 30 - 10 * 15 / 35, 30 - 10 * 25 / 35, 20.0])
    assert np.all(np.diff(out[0]) >= -10.0)
    # nobody ever leaves: whoever enters is there at the end
    fill_link_times(entered, np.zeros((6, 1), int), np.zeros((6, 1)), np.array([20.0]), 10.0, out)
    assert out[0, 1] + 10.0 >= 50.0 - 1e-9


def test_waits_from_counts():
    into = np.array([[0], [6], [12], [12], [12]])
    out_of = np.array([[0], [3], [6], [9], [12]])
    wait = np.empty((1, 5))
    fill_waits(into, out_of, 10.0, wait)
    assert wait[0].tolist() == [0.0, 10.0, 20.0, 10.0, 0.0]


def test_path_times_are_linear_between_points_and_hold_beyond():
    times = Times(
        10.0, np.array([[10.0, 20.0, 20.0], [5.0, 5.0, 5.0]]), np.array([[2.0, 2.0, 2.0], [9.0, 9.0, 9.0]])
    )
    out = np.empty(2)
    fill_path_times(np.array([3.0, 100.0]), np.array([0, 2, 4]), np.array([0, 1, 0, 1]), times, out)
    # 3 s: 2 s beside the road, at 5 s the first link takes 15 s, the second 5 s
    assert out == pytest.approx([22.0, 27.0])


def test_ways_in_time_are_those_of_a_plain_search():
    generator = np.random.default_rng(4)
    n_nodes, n_links, n_points = 12, 50, 6
    ends = generator.integers(0, n_nodes, (n_links, 2))
    arrivals = np.sort(generator.uniform(0.0, 90.0, (n_links, n_points)), axis=1)
    times = Times(
        10.0, arrivals + 60.0 - np.arange(n_points) * 10.0, generator.uniform(0.0, 1.0, (n_links, n_points))
    )
    out_link = np.argsort(ends[:, 0], kind="stable").astype(np.int32)
    is_through = generator.random(n_nodes) < 0.8
    graph = Graph(
        first_in=np.zeros(0, np.int32),
        from_node=ends[:, 0].astype(np.int32),
        to_node=ends[:, 1].astype(np.int32),
        first_out=np.searchsorted(ends[out_link, 0], np.arange(n_nodes + 1)).astype(np.int32),
        out_link=out_link,
        is_through=is_through,
    )
    origin = np.repeat(np.arange(n_nodes), 3).astype(np.int32)
    depart_s = np.tile([0.0, 17.0, 300.0], n_nodes)
    into = np.empty((len(origin), n_nodes), np.int32)
    fill_timed_trees(origin, depart_s, times, graph, into)
    grid = np.arange(n_points) * 10.0
    for row, (start, at_s) in enumerate(zip(origin, depart_s, strict=True)):
        # plain: improve until nothing changes (Bellman 1958)
        best = np.full(n_nodes, np.inf)
        best[start] = at_s
        for _ in range(n_nodes):
            for link, (a, b) in enumerate(ends):
                if np.isfinite(best[a]) and (a == start or is_through[a]):
                    at = best[a] + (np.interp(best[a], grid, times.wait[link]) if a == start else 0.0)
                    best[b] = min(best[b], at + np.interp(at, grid, times.link[link]))
        assert ((into[row] >= 0) | (np.arange(n_nodes) == start)).tolist() == np.isfinite(best).tolist()
        for node in np.flatnonzero(into[row] >= 0):
            links = [int(into[row, node])]
            while ends[links[0], 0] != start:
                links.insert(0, int(into[row, ends[links[0], 0]]))
            took = np.empty(1)
            fill_path_times(
                np.array([at_s]), np.array([0, len(links)]), np.array(links, np.int32), times, took
            )
            assert at_s + took[0] == pytest.approx(best[node])


def test_observed_times_are_those_that_vehicles_take():
    links = links_of([(0, 1, 100, 0.5), (1, 2, 10, 0.25)])
    n = 200
    zero = np.zeros(n, np.int64)
    trips = Trips(depart_s=np.arange(n) * 2.5, origin=zero, goal=zero)  # 0.4 per s into 0.25 per s
    system = TrafficSystem(links, build_vehicles(trips), np.array([2]))
    times = observe(system, interval_s=10.0, limit_s=5000.0)
    took = system.vehicles["left_us"] / 1e6 - trips.depart_s
    out = np.empty(n)
    fill_path_times(trips.depart_s, np.arange(0, 2 * n + 1, 2), np.tile([0, 1], n), times, out)
    assert np.abs(out - took).max() < 10.0
    assert out.mean() == pytest.approx(took.mean(), rel=0.005)


def find(seed=1, rounds=30):
    # three routes: 60 s and narrow, 90 s and narrow, 120 s and wide
    links = links_of(
        [
            (0, 1, 50, 0.2),
            (1, 4, 10, 2.0),
            (0, 2, 80, 0.2),
            (2, 4, 10, 2.0),
            (0, 3, 110, 2.0),
            (3, 4, 10, 2.0),
        ]
    )
    n = 600
    zero = np.zeros(n, np.int64)
    trips = Trips(depart_s=np.arange(n) * 1.0, origin=zero, goal=zero)
    return find_dynamic_equilibrium(
        links, trips, np.array([4]), interval_s=20.0, gap=0.0, most_rounds=rounds, seed=seed
    )


def test_three_routes_come_to_take_equally_long():
    found = find()
    assert found.n_unfinished == 0
    assert found.gap < 0.03
    assert found.gap == min(found.gaps)
    assert found.gaps[0] > 10 * found.gap
    # at last all three are used and the longest one is free: 120 s
    late = found.trips.depart_s > 400.0
    assert found.travel_s[late].mean() == pytest.approx(120.0, abs=5.0)


def test_same_seed_same_routes():
    one, two = find(rounds=5), find(rounds=5)
    assert one.routes.links.tobytes() == two.routes.links.tobytes()
    assert one.gaps == two.gaps


def test_nodes_that_may_not_be_crossed_and_trips_without_a_way():
    links = links_of([(0, 1, 10, 1), (1, 2, 10, 1), (0, 3, 50, 1), (3, 2, 50, 1)])
    trips = Trips(depart_s=np.zeros(1), origin=np.zeros(1, np.int64), goal=np.zeros(1, np.int64))
    is_through = np.array([True, False, True, True])
    found = find_dynamic_equilibrium(links, trips, np.array([2]), is_through=is_through)
    assert found.routes.links.tolist() == [2, 3]
    assert found.travel_s[0] == pytest.approx(100.0, abs=0.01)
    back = Trips(depart_s=np.zeros(1), origin=np.full(1, 2), goal=np.zeros(1, np.int64))
    with pytest.raises(InvalidInputError, match="no way leads from junction 2 to junction 0"):
        find_dynamic_equilibrium(links, back, np.array([0]))
