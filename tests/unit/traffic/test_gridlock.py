"""Gridlock is found where it is, not where a queue only waits; a vehicle that is taken out frees its place."""

import numpy as np
import pytest

from impetus_sim.traffic.gridlock import find_gridlocks
from impetus_sim.traffic.kernels.records import ABANDONED
from impetus_sim.verification.traffic.gridlock import locked_ring
from impetus_sim.verification.traffic.setup import S, Stretch, build_routed, evenly, follow, lanes_of


def test_a_queue_before_a_blocked_exit_is_no_gridlock():
    traffic = build_routed(
        [Stretch(ends=(0, 1), length_m=150.0), Stretch(ends=(1, 2), length_m=150.0)],
        [[0, 1]],
        [evenly(0.5, 200.0)],
    )
    traffic.set_lane_capacity(lanes_of(traffic, 1), 0.0)
    traffic.advance(400 * S)
    assert traffic.counts()["on_links"] == 40
    assert find_gridlocks(traffic) == []


def test_a_ring_is_found_and_found_no_more_when_one_has_gone():
    traffic = locked_ring()
    (lock,) = find_gridlocks(traffic)
    assert lock.links.tolist() == [0, 1, 2, 3]
    assert len(lock.vehicles) == 80
    traffic.remove_vehicles(lock.vehicles[:1])
    traffic.advance(traffic.now_us + 40 * S)
    assert find_gridlocks(traffic) == []


@pytest.mark.parametrize("place", [0, 7, 19])
def test_the_place_of_a_removed_vehicle_is_taken_when_its_wave_has_come(place):
    # a full lane of 20 before a blocked exit; the k-th is 7.5 k m from the line, so its wave needs (20 - k) s
    traffic = build_routed(
        [Stretch(ends=(0, 1), length_m=150.0), Stretch(ends=(1, 2))], [[0, 1]], [evenly(0.5, 60.0)]
    )
    traffic.set_lane_capacity(lanes_of(traffic, 0), 0.0)
    traffic.advance(300 * S)
    assert traffic.road.n_entered[0] == 20
    traffic.remove_vehicles(np.array([place]))
    assert traffic.vehicles["state"][place] == ABANDONED
    curves = follow(traffic, 340.0, step_s=0.5)
    entered_s = curves.times_s[curves.entered[:, 0] > 20][0]
    assert entered_s == pytest.approx(300.0 + 20 - place, abs=0.5)
    traffic.require_conserved()
    assert sum(traffic.counts().values()) == len(traffic.fleet)


def test_fixed_routes_wait_before_a_closed_link():
    traffic = build_routed([Stretch(ends=(0, 1)), Stretch(ends=(1, 2))], [[0, 1]], [evenly(0.3, 100.0)])
    traffic.close_links(np.array([1]))
    traffic.advance(500 * S)
    assert traffic.road.n_entered.tolist() == [30, 0]
    traffic.open_links(np.array([1]))
    traffic.advance(1000 * S)
    assert traffic.counts()["arrived"] == 30
