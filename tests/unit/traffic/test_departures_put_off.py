"""Departures put off: few are put in their place, and the order is that of sorting all."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.traffic.road import one_lane_links
from impetus_sim.traffic.system import FEW, TrafficSystem
from impetus_sim.traffic.vehicles import Trips, build_vehicles

S = 1_000_000
N = 400


def build():
    links = one_lane_links(2, np.array([[0, 1]]), length_m=200.0, speed_m_s=15.0)
    trips = Trips(depart_s=np.arange(N) // 7 * 3.0, origin=np.zeros(N, int), goal=np.zeros(N, int))
    return TrafficSystem(links, build_vehicles(trips), np.array([1]))


@pytest.mark.parametrize("n", [1, 5, FEW, FEW + 1])
def test_the_order_is_that_of_sorting_all(n):
    flow = build()
    flow.advance(30 * S)
    draw = np.random.default_rng(n)
    for _ in range(10):
        rows = draw.permutation(np.flatnonzero(flow.vehicles["state"] == 0))[:n]
        flow.put_off(rows, 30 * S + draw.integers(0, 60, len(rows)) * 3 * S)
        got = flow._planned[flow._next_planned[0] :].copy()
        flow._plan_departures()
        assert np.array_equal(got, flow._planned)
    flow.advance(3000 * S)
    assert flow.counts()["arrived"] == N
