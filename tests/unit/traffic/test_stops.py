"""Vehicles that stop before a place on their link, on links with and without car following."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.traffic.approaches import find_comers, moving_vehicles, next_passages_us
from impetus_sim.traffic.following import FollowedLinks
from impetus_sim.traffic.kernels.records import NEVER
from impetus_sim.traffic.positions import offsets_m
from impetus_sim.traffic.stops import drive_on, stop_before
from impetus_sim.verification.traffic.setup import SPEED_M_S, S, Stretch, build_routed

PLACE_M = 600.0
ROAD = (Stretch(ends=(0, 1), length_m=1000.0), Stretch(ends=(1, 2), length_m=1000.0))


def road(depart_s, **options):
    return build_routed(ROAD, [[0, 1]], [np.asarray(depart_s, float)], **options)


def comers_of(flow, link=0, start_m=PLACE_M, end_m=PLACE_M + 15.0):
    return find_comers(flow, np.array([link]), np.array([start_m]), np.array([end_m]))


def hold(flow, from_s, until_s, *, link=0, start_m=PLACE_M):
    for second in range(from_s, until_s):
        flow.advance(second * S)
        drive_on(flow)
        stop_before(
            flow,
            comers_of(flow, link, start_m),
            0,
            link,
            start_m,
            from_us=from_s * S,
            until_us=(second + 1) * S,
        )
    flow.advance(until_s * S)
    drive_on(flow)


def test_comers_are_told_when_they_reach_a_place_and_have_passed_it():
    flow = road([0.0, 4.0, 10.0])
    flow.advance(31 * S)  # at 620 m: gone; at 540 m; at 420 m
    arrives, leaves = next_passages_us(comers_of(flow), 1, held_from_us=np.array([NEVER]))
    np.testing.assert_allclose(arrives[0, :2] / 1e6, [34.0, 40.0], atol=1e-3)
    np.testing.assert_allclose(leaves[0, :2] / 1e6, [34.75, 40.75], atol=1e-3)
    assert (arrives[0, 2:] == NEVER).all()
    held, _ = next_passages_us(comers_of(flow), 1, held_from_us=np.array([37 * S]))
    assert (held[0] < NEVER).sum() == 1


def test_comers_of_a_place_behind_a_junction_come_from_the_link_before():
    flow = road([0.0])
    flow.advance(45 * S)
    comers = comers_of(flow, 1, 10.0, 25.0)
    assert comers.arrives_us[0] / 1e6 == pytest.approx(50.5, abs=1e-3)
    assert not comers.is_on_link[0] and comers.way_m[0] == pytest.approx(110.0, abs=0.1)


def test_who_would_pass_stands_at_the_place_and_arrives_later():
    held, free = road([0.0, 20.0]), road([0.0, 20.0])
    hold(held, 25, 45)
    assert offsets_m(held)[0] == pytest.approx(PLACE_M, abs=0.1)
    held.advance(300 * S)
    free.advance(300 * S)
    delay = (held.vehicles["left_us"] - free.vehicles["left_us"]) / S
    np.testing.assert_allclose(delay, [15.0, 0.0], atol=1e-3)
    assert (held.road.time_us[0] - free.road.time_us[0]) / S == pytest.approx(15.0, abs=1e-3)
    held.require_conserved()


def test_who_stands_is_told_from_who_moves():
    flow = road([0.0])
    hold(flow, 25, 34)
    drive_on(flow)
    stop_before(flow, comers_of(flow), 0, 0, PLACE_M, from_us=25 * S, until_us=35 * S)
    assert moving_vehicles(flow, np.array([0])).stands.all()
    drive_on(flow)
    assert not moving_vehicles(flow, np.array([0])).stands.any()


def test_vehicles_wait_before_the_junction_where_a_link_has_no_room_before_the_place():
    flow = road([0.0])
    hold(flow, 40, 70, link=1, start_m=2.0)
    assert flow.road.n_left[0] == 0
    flow.advance(75 * S)
    assert flow.road.n_left[0] == 1


def test_followed_vehicles_brake_before_the_place_and_drive_on():
    flow = road([0.0, 3.0], followed=FollowedLinks(links=np.array([0, 1])))
    hold(flow, 20, 60)
    place = offsets_m(flow)[:2]
    assert PLACE_M - 3.0 < place[0] <= PLACE_M and place[0] - 9.0 < place[1] < place[0] - 7.0
    assert flow.following is not None and flow.following.n_touched == 0
    flow.advance(300 * S)
    assert flow.counts()["arrived"] == 2


def test_a_followed_vehicle_that_cannot_stop_drives_on():
    flow = road([0.0], followed=FollowedLinks(links=np.array([0, 1])))
    flow.advance(round((PLACE_M - 20.0) / SPEED_M_S * S))
    hold(flow, 30, 40)
    assert offsets_m(flow)[0] > PLACE_M
