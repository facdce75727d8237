"""Everyday trips that are given up before they begin."""

from __future__ import annotations

import numpy as np

from impetus_sim.traffic.background import NEVER_US, Background, draw_times
from impetus_sim.traffic.kernels.records import CANCELLED
from impetus_sim.traffic.road import one_lane_links
from impetus_sim.traffic.system import TrafficSystem
from impetus_sim.traffic.vehicles import Trips, build_vehicles

N = 200


def _flow() -> TrafficSystem:
    links = one_lane_links(2, np.array([[0, 1], [1, 0]]), length_m=200.0, speed_m_s=10.0)
    trips = Trips(
        depart_s=np.linspace(0.0, 1000.0, N), origin=np.zeros(N, np.int64), goal=np.zeros(N, np.int64)
    )
    return TrafficSystem(links, build_vehicles(trips), np.array([1]))


def test_share_of_those_who_give_up_grows_evenly():
    times = draw_times((np.arange(1000) + 0.5) / 1000, share=0.6, start_us=100, over_us=6_000_000)
    assert (times < NEVER_US).sum() == 600
    assert (times <= 100 + 3_000_000).sum() == 300
    assert (draw_times(np.full(3, 0.5), share=0.0, start_us=0, over_us=0) == NEVER_US).all()


def test_trips_not_begun_are_cancelled_and_counted():
    flow = _flow()
    background = Background(flow, np.arange(N), np.full(N, 500_000_000))
    for until_s in (499, 500, 2000):
        background.give_up(until_s * 1_000_000)
        flow.advance(until_s * 1_000_000)
        flow.require_conserved()
        assert sum(flow.counts().values()) == N
        assert flow.counts()["cancelled"] == (0 if until_s < 500 else 100)
    assert flow.counts()["arrived"] == 100
    assert flow.is_over
    assert (flow.vehicles["depart_us"][flow.vehicles["state"] == 6] >= 500_000_000).all()


def test_result_does_not_depend_on_the_steps():
    held = []
    for step_s in (1, 7, 100):
        flow = _flow()
        times = draw_times(
            np.random.default_rng(4).random(N), share=0.5, start_us=200_000_000, over_us=400_000_000
        )
        background = Background(flow, np.arange(N), times)
        for until_s in range(step_s, 1400 + step_s, step_s):
            background.give_up(until_s * 1_000_000)
            flow.advance(until_s * 1_000_000)
        held.append(flow.vehicles["state"].copy())
    assert (held[0] == held[1]).all() and (held[0] == held[2]).all()
    assert 0 < (held[0] == CANCELLED).sum() < N // 2
