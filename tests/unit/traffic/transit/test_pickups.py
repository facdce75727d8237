"""Car parks and bus stops behind an exit: who boards what, and when it leaves."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.traffic.kernels.records import ARRIVED, NEVER
from impetus_sim.traffic.system import PARKED_US

S = 1_000_000


@pytest.fixture
def build(ring, serve):
    """Return traffic and a service of vehicles that go from junction 0 to 1, each once, when their rules say so."""

    def build(seats, *, latest_s=None, wait_s=None, board_s=0.0, fetch_s=0.0, headway_s=0.0):
        latest = [NEVER] * len(seats) if latest_s is None else [t * S for t in latest_s]
        return serve(
            ring(),
            [0, 1],
            [[(0, due), (1, 0)] for due in latest],
            seats,
            exits=[0, -1],
            kind="car",
            leaves_full=True,
            wait_us=None if wait_s is None else round(wait_s * S),
            board_us=round(board_s * S),
            fetch_us=round(fetch_s * S),
            headway_us=round(headway_s * S),
        )

    return build


def came_to_first(count):
    return lambda second: np.array([count(second), 0])


def departures_s(service):
    return (service.calls.left_us[::2] // S).tolist()


def test_cars_leave_when_full_and_the_way_out_spaces_them(build, run):
    flow, service = build([2, 1, 3], fetch_s=10.0, headway_s=5.0)
    run(flow, service, 100, came_to_first(lambda t: 6 if t >= 4 else 0))
    assert (flow.vehicles["depart_us"] // S).tolist() == [14, 19, 24] == departures_s(service)
    assert service.calls.n_on[::2].tolist() == [2, 1, 3]
    assert (flow.vehicles["left_us"] // S).tolist() == [34, 39, 44]
    assert service.riders.counts() == {
        "riders_waiting": 0, "riders_on_board": 0, "riders_delivered": 6, "riders_walked": 0,
    }  # fmt: skip
    assert service.is_over and flow.is_over


def test_an_incomplete_car_leaves_after_its_wait(build, run):
    flow, service = build([4, 4], wait_s=30.0)
    run(flow, service, 20, came_to_first(lambda t: min(3, t)))
    assert not service.is_over
    run(flow, service, 60, came_to_first(lambda t: 3))
    assert flow.vehicles["depart_us"][0] == 31 * S and service.calls.n_on[::2].tolist() == [3, 0]
    assert flow.vehicles["sets_out_us"][1] == PARKED_US and service.is_over


def test_buses_leave_full_or_by_the_clock_and_boarding_takes_time(build, run):
    flow, service = build([10, 10, 10], latest_s=[50, 100, 150], board_s=2.0)
    run(flow, service, 200, came_to_first(lambda t: min(t, 14)))
    # one comes each second from 1 s on and boards in 2 s: the tenth is aboard at 21 s; then one with 4, one empty
    assert departures_s(service) == [21, 100, 150]
    assert service.calls.n_on[::2].tolist() == [10, 4, 0]
    assert (flow.vehicles["state"] == ARRIVED).all()


def test_people_without_a_vehicle_wait(build, run):
    flow, service = build([2])
    run(flow, service, 60, came_to_first(lambda t: 5))
    counts = service.riders.counts()
    assert counts["riders_waiting"] == 3 and counts["riders_delivered"] == 2 and service.is_over
