"""Bans of turns and areas: nothing passes while they hold, what passed before does after; restoring is exact."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.traffic.bans import AreaBan, Bans, TurnBan
from impetus_sim.traffic.kernels.records import HELD, STATIC
from impetus_sim.traffic.road import one_lane_links
from impetus_sim.traffic.system import TrafficSystem
from impetus_sim.traffic.vehicles import Trips, build_vehicles

S = 1_000_000
# a square 1-2-3-4 with a way in from 0 and a way out to 5: from 1 to 3 by 2 (short) or by 4 (long)
ENDS = np.array([[0, 1], [1, 2], [2, 3], [1, 4], [4, 3], [3, 5]])
INTO, SHORT, AFTER_SHORT, LONG, AFTER_LONG, OUT = range(6)


def stream(bans, *, goals=(5,), goal_of=None, n=1200, every_s=3.0, links_m=None, ends=ENDS, **more):
    links = one_lane_links(int(ends.max()) + 1, ends, length_m=200.0, speed_m_s=15.0)
    if links_m is not None:
        links.length_m[:] = links_m
    trips = Trips(
        depart_s=np.arange(n) * every_s,
        origin=np.zeros(n, np.int64),
        goal=np.zeros(n, np.int64) if goal_of is None else goal_of(np.arange(n)),
    )
    return TrafficSystem(links, build_vehicles(trips), np.array(goals), bans=bans, every_s=60.0, **more)


def counts(flow, until_s):
    before = flow.road.n_entered.copy()
    flow.advance(round(until_s * S))
    flow.require_conserved()
    return flow.road.n_entered - before


LENGTHS = [200.0, 200.0, 200.0, 260.0, 260.0, 200.0]


def test_a_banned_turn_carries_nothing_and_its_old_flow_afterwards():
    flow = stream(Bans(turns={"no": TurnBan(turns=np.array([(INTO, SHORT)]))}), links_m=LENGTHS)
    before = counts(flow, 900)
    assert before[SHORT] > 280 and before[LONG] == 0
    flow.set_ban("no", is_on=True)
    counts(flow, 960)  # who is on the way re-plans
    during = counts(flow, 1860)
    assert during[SHORT] == 0
    assert during[LONG] == pytest.approx(300, abs=2)
    flow.set_ban("no", is_on=False)
    counts(flow, 2460)  # drivers learn of it one after another, the last after eight updates
    after = counts(flow, 3360)
    assert after[SHORT] == pytest.approx(before[SHORT], rel=0.03)
    flow.advance(6000 * S)
    assert flow.counts()["arrived"] == 1200


def test_drivers_who_learn_late_of_a_banned_turn_ahead_are_kept_from_it():
    flow = stream(Bans(turns={"no": TurnBan(turns=np.array([(SHORT, AFTER_SHORT)]))}), links_m=LENGTHS)
    counts(flow, 900)
    flow.set_ban("no", is_on=True)
    during = counts(flow, 1860)
    assert during[AFTER_SHORT] == 0
    assert 0 < during[SHORT] < 150  # with what they knew, up to eight updates old
    flow.set_ban("no", is_on=False)
    flow.advance(6000 * S)
    assert flow.counts()["arrived"] == 1200


def test_a_turn_that_is_banned_is_never_taken_by_who_has_no_other_way():
    bans = Bans(turns={"no": TurnBan(turns=np.array([(INTO, SHORT), (INTO, LONG)]))})
    flow = stream(bans, links_m=LENGTHS, n=100)
    flow.set_ban("no", is_on=True)
    during = counts(flow, 900)
    assert during[SHORT] == during[LONG] == 0
    assert (flow.vehicles["state"] == HELD).sum() == 100
    flow.set_ban("no", is_on=False)
    flow.advance(2000 * S)
    assert flow.counts()["arrived"] == 100


def test_trips_may_end_at_a_junction_from_which_turns_are_banned():
    bans = Bans(turns={"no": TurnBan(turns=np.array([(SHORT, AFTER_SHORT)]))})
    flow = stream(bans, goals=(2,), n=50, links_m=LENGTHS)
    flow.set_ban("no", is_on=True)
    flow.advance(600 * S)
    assert flow.counts()["arrived"] == 50


def test_a_turn_that_signs_ban_is_never_taken_not_even_by_who_does_not_know_the_traffic():
    flow = stream(Bans(always=np.array([(INTO, SHORT)])), links_m=LENGTHS)
    flow.vehicles["tree"] = STATIC
    entered = counts(flow, 4200)
    assert entered[SHORT] == 0 and entered[LONG] == 1200 and flow.counts()["arrived"] == 1200


def test_an_order_about_the_same_turn_leaves_the_sign():
    no_turn = np.array([(INTO, SHORT)])
    flow = stream(Bans(turns={"no": TurnBan(turns=no_turn)}, always=no_turn), links_m=LENGTHS)
    for is_on in (True, False):
        flow.set_ban("no", is_on=is_on)
        assert counts(flow, flow.now_us / S + 900)[SHORT] == 0


def test_an_area_is_entered_only_by_those_for_whom_the_ban_does_not_hold():
    # goals: 5 for everybody, 5 for those allowed, 2 inside the area
    bans = Bans(areas={"zone": AreaBan(links=np.array([SHORT]), passes=np.array([False, True, True]))})
    flow = stream(bans, goals=(5, 5, 2), goal_of=lambda k: k % 3, links_m=LENGTHS)
    before = counts(flow, 900)
    assert before[LONG] == 0
    flow.set_ban("zone", is_on=True)
    counts(flow, 960)
    during = counts(flow, 1860)
    assert during[SHORT] == pytest.approx(200, abs=3)
    assert during[LONG] == pytest.approx(100, abs=2)
    flow.set_ban("zone", is_on=False)
    counts(flow, 2460)
    assert counts(flow, 3360)[LONG] == 0
    flow.advance(6000 * S)
    assert flow.counts()["arrived"] == 1200


def test_closing_and_opening_a_barred_link_leaves_the_ban():
    bans = Bans(areas={"zone": AreaBan(links=np.array([SHORT]), passes=np.array([False]))})
    flow = stream(bans, links_m=LENGTHS)
    flow.set_ban("zone", is_on=True)
    flow.close_links(np.array([SHORT]))
    flow.open_links(np.array([SHORT]))
    assert counts(flow, 900)[SHORT] == 0
    flow.close_links(np.array([SHORT]))
    flow.set_ban("zone", is_on=False)
    assert counts(flow, 1800)[SHORT] == 0
    flow.open_links(np.array([SHORT]))
    assert counts(flow, 2700)[SHORT] > 200


def test_a_restored_run_with_bans_is_the_run_never_stopped():
    def build():
        bans = Bans(
            turns={"no": TurnBan(turns=np.array([(SHORT, AFTER_SHORT)]))},
            areas={"zone": AreaBan(links=np.array([LONG]), passes=np.array([False]))},
        )
        return stream(bans, links_m=LENGTHS, every_s=1.2)

    whole = build()
    whole.advance(200 * S)
    whole.set_ban("no", is_on=True)
    whole.advance(290 * S)
    copy = build()
    for mine, theirs in zip(copy.state, whole.state, strict=True):
        mine.load({name: column.copy() for name, column in theirs.columns.items()})
    copy.refresh()
    for flow in (whole, copy):
        flow.advance(400 * S)
        flow.set_ban("no", is_on=False)
        flow.set_ban("zone", is_on=True)
        flow.advance(900 * S)
    for mine, theirs in zip(copy.state, whole.state, strict=True):
        for name, column in theirs.columns.items():
            assert (mine.columns[name] == column).all(), (theirs.name, name)
