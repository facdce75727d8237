"""Places of vehicles between events."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.traffic.kernels.records import LEAVES
from impetus_sim.traffic.positions import offsets_m
from impetus_sim.traffic.road import Links
from impetus_sim.traffic.system import TrafficSystem
from impetus_sim.traffic.vehicles import Trips, build_vehicles

S = 1_000_000
SPEED, CAPACITY = 20.0, 1.0 / (1.0 + 7.5 / 20.0)


@pytest.fixture
def road():
    """A road of 3 000 m into one of 1 000 m, with 200 vehicles 2 s apart."""
    links = Links(
        n_nodes=3,
        from_node=np.array([0, 1]),
        to_node=np.array([1, 2]),
        length_m=np.array([3000.0, 1000.0]),
        speed_m_s=np.full(2, SPEED),
        n_lanes=np.ones(2, np.int64),
        lane_capacity=np.full(2, CAPACITY),
        car_m=np.full(2, 7.5),
    )
    n = 200
    trips = Trips(
        depart_s=2.0 * np.arange(n),
        origin=np.zeros(n, np.int64),
        goal=np.zeros(n, np.int64),
        path=np.zeros(n, np.int64),
    )
    return TrafficSystem(
        links, build_vehicles(trips), np.array([2]), paths=np.array([0, 1, LEAVES], np.int32), patience_s=0.0
    )


def test_free_vehicles_are_where_their_speed_takes_them(road):
    road.advance(100 * S)
    expected = SPEED * (100.0 - 2.0 * np.arange(51))
    np.testing.assert_allclose(offsets_m(road)[:51], expected, atol=0.01)
    assert np.isnan(offsets_m(road)[51:]).all()


def test_a_jam_stands_car_behind_car_and_starts_in_a_wave_of_7_5_m_s(road):
    road.set_lane_capacity(np.array([road.road.first_lane[0]]), 0.0)
    road.advance(350 * S)
    standing = offsets_m(road)[:60]
    np.testing.assert_allclose(standing, 3000.0 - 7.5 * np.arange(60), atol=0.01)
    road.set_lane_capacity(np.array([road.road.first_lane[0]]), 1.0)
    road.advance(380 * S)
    place = offsets_m(road)
    # the wave has freed 30 cars; each moves at 20 m/s from its own start on
    on_first = np.flatnonzero(road.road.queues["link"][road.vehicles["queue"]] == 0)
    for k in on_first[on_first < 60]:
        moved = max(0.0, SPEED * (30.0 - k))
        assert place[k] == pytest.approx(min(3000.0, 3000.0 - 7.5 * k + moved), abs=0.1), k


def test_nobody_overtakes_or_overlaps_in_a_jam(jam):
    system = jam()
    for until in range(60, 1200, 37):
        system.advance(until * S)
        place = offsets_m(system)
        for k in range(len(system.road.queues)):
            queue = system.road.queues[k]
            vehicle, before = int(queue["head"]), np.inf
            while vehicle >= 0 and not queue["is_source"]:
                assert 0.0 <= place[vehicle] <= 300.0
                assert place[vehicle] <= before + 1e-6
                before = max(0.0, place[vehicle] - 7.5)
                vehicle = int(system.vehicles["behind"][vehicle])
