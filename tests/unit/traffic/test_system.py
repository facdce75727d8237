"""The traffic system: conservation, restoring, independence of how time is cut and of threads."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.kernels.compile import set_threads
from impetus_sim.traffic.kernels.records import ON_LINK

S = 1_000_000
FAULTS = [("all_red", 0, 0), ("dark", 120, 170), ("flashing", 170, 260)]
"""Fault, and the least and most vehicles that a junction with demand passes in 300 s."""


@pytest.mark.parametrize("control", ["fixed", "actuated", "max_pressure"])
def test_vehicles_are_conserved_in_a_jam(jam, control):
    system = jam(control=control)
    for minute in range(1, 31):
        system.advance(minute * 60 * S)
        system.require_conserved()
        assert sum(system.counts().values()) == len(system.fleet)
    assert system.counts()["arrived"] > 0.9 * len(system.fleet)


def test_a_restored_jam_goes_on_as_the_one_never_stopped(jam, require_restored):
    require_restored(jam, until_s=1500)


def test_cutting_time_into_steps_changes_nothing(jam, require_same):
    one, many = jam(), jam()
    one.advance(900 * S)
    for second in range(1, 901):
        many.advance(second * S)
    require_same(one, many)


def test_one_and_two_threads_give_the_same(jam, require_same):
    set_threads(1)
    one = jam()
    one.advance(900 * S)
    set_threads(2)
    try:
        two = jam()
        two.advance(900 * S)
    finally:
        set_threads(1)
    require_same(one, two)


def test_a_closed_link_carries_nothing_and_carries_again_when_it_is_open(jam):
    system = jam()
    system.advance(300 * S)
    link = int(np.argmax(system.road.n_entered))
    system.close_links(np.array([link]))
    before = int(system.road.n_entered[link])
    system.advance(600 * S)
    assert system.road.n_entered[link] == before
    system.open_links(np.array([link]))
    system.advance(900 * S)
    assert system.road.n_entered[link] > before + 20
    system.require_conserved()


def test_a_blocked_lane_lets_nobody_out_until_it_is_free_again(jam):
    system = jam()
    system.advance(300 * S)
    link = int(np.argmax(system.road.n_left))
    lanes = np.array([system.road.first_lane[link]])
    system.set_lane_capacity(lanes, 0.0)
    before = int(system.road.n_left[link])
    system.advance(500 * S)
    assert system.road.n_left[link] == before
    system.set_lane_capacity(lanes, 1.0)
    system.advance(800 * S)
    assert system.road.n_left[link] > before + 30


@pytest.mark.parametrize(("fault", "least", "most"), FAULTS)
def test_a_faulty_signal_passes_what_it_should(jam, fault, least, most):
    system = jam()
    system.advance(400 * S)
    node = 14
    system.set_fault(node, fault)
    into = np.flatnonzero(system.links.to_node == node)
    system.advance(401 * S)
    before = system.road.n_left[into].sum()
    system.advance(701 * S)
    assert least <= system.road.n_left[into].sum() - before <= most
    system.set_fault(node, "works")
    before = system.road.n_left[into].sum()
    system.advance(1001 * S)
    assert system.road.n_left[into].sum() > before
    assert (system.vehicles["state"] == ON_LINK).any()


def test_sampling_curves_changes_nothing_and_counts_what_passed(jam, require_same):
    plain, sampled = jam(), jam()
    times = np.arange(7, 800, 7) * S
    curves = np.zeros((len(times), 2, sampled.links.n_links), np.int32)
    sampled.advance_sampled(times, curves)
    plain.advance(120 * S)
    np.testing.assert_array_equal(curves[times == 119 * S][0, 0] <= plain.road.n_entered, True)
    plain.advance(int(times[-1]))
    require_same(plain, sampled)
    np.testing.assert_array_equal(curves[-1, 0], plain.road.n_entered)
    np.testing.assert_array_equal(curves[-1, 1], plain.road.n_left)
    assert (np.diff(curves, axis=0) >= 0).all() and (curves[:, 0] >= curves[:, 1]).all()


def test_lights_are_read_as_they_stand_where_nobody_waits_and_reading_changes_nothing(jam):
    flow = jam(n=1)
    flow.advance(45 * 1_000_000)
    before = flow.signals.records.copy()
    assert (flow.signals_now()["green"] == 0b10).all()
    assert (before["green"] == 0b01).any()
    assert (flow.signals.records == before).all()
    flow.advance(70 * 1_000_000)
    assert (flow.signals_now()["green"] == 0b01).all()
