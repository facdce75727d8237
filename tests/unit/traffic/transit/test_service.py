"""Lines by hand: departures, time at stops and arrivals to the microsecond, rounds, closures, nobody lost."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.errors import RunFailedError
from impetus_sim.traffic.kernels.records import ARRIVED, AT_STOP
from impetus_sim.traffic.transit.plan import ANYWHERE

S = 1_000_000


def times_s(column):
    return (column / S).tolist()


def test_a_bus_keeps_its_timetable_and_waits_for_those_who_board(ring, serve, run, people):
    """Junctions 0, 1, 2, 3 with 20 s between; due at 30 and 60 s; 5 s for doors, 2 s to board, 1 s to get off.

    A: there from 0 s, doors 5 s, nobody: leaves when due, 30 s. B: arrives 50 s, ready at 55 s; three come at 52 s,
    board from 55 s on: ready at 61 s, one second late. C: arrives 81 s, two get off (doors 5 + 2): leaves 88 s. D:
    arrives 108 s with the third.
    """
    goes_to_c, goes_to_d = 2, 3
    flow, service = serve(
        ring(),
        [0, 1, 2, 3],
        [[(0, 30 * S), (1, 60 * S), (2, 0), (3, 0)]],
        [50],
        passengers=people((52, 1, goes_to_c), (52, 1, goes_to_c), (52, 1, goes_to_d)),
        board_us=2 * S,
        alight_us=1 * S,
        doors_us=5 * S,
    )
    run(flow, service, 150)
    assert times_s(service.calls.arrived_us) == [0, 50, 81, 108]
    assert times_s(service.calls.left_us) == [30, 61, 88, 114]
    assert service.calls.n_on.tolist() == [0, 3, 0, 0] and service.calls.n_off.tolist() == [0, 0, 2, 1]
    assert times_s(service.riders.rows["boarded_us"]) == [52, 52, 52]
    assert times_s(service.riders.rows["left_us"]) == [81, 81, 108]
    assert service.is_over and flow.is_over and flow.vehicles["state"][0] == ARRIVED
    assert flow.vehicles["travelled_mm"][0] == 900_000 and flow.vehicles["depart_us"][0] == 30 * S


def test_a_bus_that_is_late_leaves_at_once_and_one_that_is_early_waits(ring, serve, run):
    flow, service = serve(ring(), [0, 1, 2], [[(0, 10 * S), (1, 15 * S), (2, 0)]], [9], doors_us=2 * S)
    run(flow, service, 100)
    assert times_s(service.calls.arrived_us) == [0, 30, 52] and times_s(service.calls.left_us) == [10, 32, 54]
    flow, service = serve(ring(), [0, 1, 2], [[(0, 10 * S), (1, 45 * S), (2, 0)]], [9], doors_us=2 * S)
    run(flow, service, 40)
    assert flow.vehicles["state"][0] == AT_STOP and flow.counts()["at_stop"] == 1
    run(flow, service, 100)
    assert times_s(service.calls.left_us) == [10, 45, 67]


def test_one_bus_goes_round_and_does_every_run(ring, serve, run, people):
    """From 0 to 2 and on to 0: 40 s there, 40 s back; runs due at 10, 50 and 200 s: the second is 40 s late."""
    runs = [[(0, 10 * S), (1, 0), (2, 0)], [(0, 50 * S), (1, 0), (2, 0)], [(0, 200 * S), (1, 0), (2, 0)]]
    flow, service = serve(ring(), [0, 1, 2], runs, [1], passengers=people(*[(5, 0, 2)] * 3))
    run(flow, service, 300)
    assert times_s(service.calls.left_us[[0, 3, 6]]) == [10, 90, 200]
    assert times_s(service.calls.arrived_us[[2, 5, 8]]) == [50, 130, 240]
    assert service.riders.counts()["riders_delivered"] == 3 and service.calls.n_on[[0, 3, 6]].tolist() == [
        1,
        1,
        1,
    ]


def test_people_board_the_bus_that_leaves_first_up_to_its_seats_in_the_order_in_which_they_came(
    ring, serve, run, people
):
    runs = [[(0, 60 * S), (2, 0)], [(0, 30 * S), (1, 0), (2, 0)]]
    passengers = people((1, 0, 2), (2, 0, ANYWHERE), (3, 0, 1), (4, 0, 2), (5, 0, 1))
    flow, service = serve(ring(), [0, 1, 2], runs, [10, 2], passengers=passengers)
    run(flow, service, 20)
    # to stop 1 only the second run goes; its two seats are taken by the first two who came
    assert service.riders.rows["vehicle"].tolist() == [1, 1, -1, 0, -1]
    run(flow, service, 200)
    assert service.riders.counts() == {
        "riders_waiting": 2, "riders_on_board": 0, "riders_delivered": 3, "riders_walked": 0,
    }  # fmt: skip
    assert service.is_over


def test_people_who_have_waited_long_enough_walk(ring, serve, run, people):
    passengers = people((5, 0, 1), (30, 0, 1), walks_s=20)
    flow, service = serve(
        ring(), [0, 1], [[(0, 40 * S), (1, 0)]], [9], passengers=passengers, opens_us=[35 * S]
    )
    run(flow, service, 100)
    assert service.riders.counts()["riders_walked"] == 1 and service.riders.counts()["riders_delivered"] == 1
    assert times_s(service.riders.rows["left_us"]) == [25, 60]


def test_a_stop_at_the_end_of_a_street_is_reached_by_that_street(ring, serve, run):
    """Both ways round a ring of four: to the end of the link from 3 to 0, not to junction 0 by the shorter way."""
    links = ring(both_ways=True)
    by_link = int(links.at_end(np.array([3]))[0])
    flow, service = serve(links, [1, by_link], [[(0, 0), (1, 0)]], [9])
    run(flow, service, 100)
    assert times_s(service.calls.arrived_us)[1] == 61 and flow.vehicles["n_links"][0] == 3
    flow, service = serve(links, [1, 0], [[(0, 0), (1, 0)]], [9])
    run(flow, service, 100)
    assert flow.vehicles["n_links"][0] == 1


def test_a_closure_on_the_way_is_driven_round_and_a_stop_that_cannot_be_reached_is_left_out(
    ring, serve, run, people
):
    links = ring(6, both_ways=True)
    calls = [(0, 10 * S), (1, 0), (2, 0), (3, 0)]
    flow, service = serve(
        links, [0, 2, 3, 4], [calls], [9], passengers=people((1, 0, 1), (1, 0, 2), (1, 0, 3))
    )
    run(flow, service, 12)
    flow.close_links(np.array([1]))  # from 1 to 2; the other way round leads there
    run(flow, service, 250)
    assert times_s(service.calls.arrived_us) == [0, 130, 150, 170]
    assert flow.vehicles["n_links"][0] == 8

    flow, service = serve(
        links, [0, 2, 3, 4], [calls], [9], passengers=people((1, 0, 1), (1, 0, 2), (1, 0, 3))
    )
    run(flow, service, 12)
    into_2 = np.flatnonzero(links.to_node == 2)
    flow.close_links(into_2)
    run(flow, service, 250)
    assert service.calls.arrived_us[1] == -1 and (service.calls.arrived_us[2:] > 0).all()
    # who wished to get off at 2 does at the next stop
    assert service.calls.n_off.tolist() == [0, 0, 2, 1]


def test_a_service_restored_on_the_way_goes_on_as_if_it_had_not_stopped(ring, serve, run, people):
    def build():
        runs = [[(0, 10 * S), (1, 0), (2, 0)], [(0, 50 * S), (1, 0), (2, 0)]]
        passengers = people(*[(t, 0, 2) for t in range(0, 100, 7)], (20, 1, 2))
        return serve(ring(), [0, 1, 2], runs, [5], passengers=passengers, board_us=S, doors_us=3 * S)

    whole = build()
    run(*whole, 300)
    half = build()
    run(*half, 40)
    assert half[1].carriers.n_aboard[0] > 0
    saved = {
        table.name: {k: v.copy() for k, v in table.columns.items()} for part in half for table in part.state
    }
    other = build()
    for part in other:
        for table in part.state:
            table.load(saved[table.name])
    other[0].refresh()
    run(*other, 300)
    for part, expected in zip(other, whole, strict=True):
        for table, wanted in zip(part.state, expected.state, strict=True):
            for name, column in table.columns.items():
                assert np.array_equal(column, wanted.columns[name]), (table.name, name)


@pytest.mark.parametrize("break_it", ["seat", "person", "row"])
def test_the_laws_find_who_is_lost(ring, serve, run, people, break_it):
    flow, service = serve(ring(), [0, 1], [[(0, 40 * S), (1, 0)]], [2], passengers=people(*[(5, 0, 1)] * 2))
    run(flow, service, 10)
    if break_it == "seat":
        service.carriers.n_aboard[0] = 1
    elif break_it == "person":
        service.riders.rows["state"][0] = 3
    else:
        service.stops.n_came[0] = 1
    with pytest.raises(RunFailedError, match="people"):
        service.require_laws(service.stops.n_came)
