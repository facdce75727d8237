"""Queues with service: first come, first served; places in line; throughput; overflow; alarm."""

import numpy as np
import pytest

from impetus_sim.crowd.journeys.tables import AT_SERVER, CALLED, IN_LINE, OVER

LINE = {"line": [[20, 6], [10, 6]]}


def check(**more):
    return {"check": {"kind": "queue", "line": LINE, "service": {"kind": "constant", "value": 5}} | more}


def arriving(count, *, end=40, **more):
    return {"guests": {"count": count, "at": {"box": [22, 2, 28, 10]}, "journey": "check",
                       "arrive": {"through": "west", "start": 0, "end": end}} | more}  # fmt: skip


def follow(simulation, journeys, until):
    """Run, and return the order of joining and the order of being called, as rows."""
    joined, called = [], []

    def note(_):
        table = journeys.table
        for phase, order in ((IN_LINE, joined), (CALLED, called)):
            rows = np.flatnonzero(table.phase == phase)
            order += [int(i) for i in rows[np.argsort(table.ticket[rows])] if int(i) not in order]

    simulation.run_until(until, after_tick=note)
    return joined, called


def test_first_come_first_served(hall, start, journeys_of):
    simulation = start(hall(check(), arriving(20, end=80)))
    joined, called = follow(simulation, journeys_of(simulation), 200)
    assert len(called) == 20
    # two who join within moments of each other may enter the line the other way round; nobody else overtakes
    places = [joined.index(i) for i in called]
    assert max(abs(place - k) for k, place in enumerate(places)) <= 1


def test_a_line_served_without_a_break_lets_through_what_its_servers_can(hall, start, journeys_of):
    """Two servers of 5 s, and the walk of a little over 1 m from the head of the line to them each time."""
    simulation = start(hall(check(servers=2, server_spacing=1.5), arriving(40, end=20)))
    servers = journeys_of(simulation).servers
    simulation.run_until(50)
    before = int(servers.n_served.sum())
    simulation.run_until(100)
    per_server_s = 2 * 50 / (int(servers.n_served.sum()) - before)
    assert 5.0 <= per_server_s <= 5.0 + 2.5
    assert abs(int(servers.n_served[0]) - int(servers.n_served[1])) <= 1


def test_people_stand_spaced_along_the_line(hall, start, journeys_of):
    simulation = start(hall(check(service={"kind": "constant", "value": 300}), arriving(12, end=5)), until=60)
    journeys, people = journeys_of(simulation), simulation.crowd.people
    rows = journeys.queues.line(0)
    assert len(rows) == 11 and (journeys.table.phase == AT_SERVER).sum() == 1
    assert people.x[rows] == pytest.approx(20.0 - 0.7 * np.arange(11), abs=0.2)
    assert people.y[rows] == pytest.approx(6.0, abs=0.2)
    assert people.vx[rows] == pytest.approx(0.0, abs=1e-9)


def test_a_winding_line_is_walked_along(hall, start, journeys_of):
    bends = {"line": [[20, 4], [12, 4], [12, 5.2], [19, 5.2], [19, 6.4], [12, 6.4]]}
    simulation = start(
        hall(check(line=bends, service={"kind": "constant", "value": 300}), arriving(25, end=5)), until=100
    )
    journeys, people = journeys_of(simulation), simulation.crowd.people
    plan, rows = journeys.queues.plans[0], journeys.queues.line(0)
    at = plan.at(np.arange(len(rows)) * 0.7)
    assert len(rows) == 24
    assert np.hypot(people.x[rows] - at[:, 0], people.y[rows] - at[:, 1]).max() < 0.35


def test_a_full_line_has_a_crowd_at_its_tail(hall, start, journeys_of):
    simulation = start(
        hall(
            check(line={"line": [[20, 6], [17, 6]]}, service={"kind": "constant", "value": 4}),
            arriving(30, end=5),
        ),
        until=40,
    )
    journeys, people = journeys_of(simulation), simulation.crowd.people
    rows = journeys.queues.line(0)
    assert len(rows) > 15 > journeys.queues.plans[0].n_places
    assert np.hypot(people.x[rows] - 17.0, people.y[rows] - 6.0).max() < 4.5
    simulation.run_until(300)
    assert simulation.crowd.counts()["left"] == 30


def test_the_shorter_queue_is_taken(hall, start, journeys_of):
    stages = {
        "near": {
            "kind": "queue",
            "line": {"line": [[18, 3], [10, 3]]},
            "service": {"kind": "constant", "value": 10},
        },
        "far": {
            "kind": "queue",
            "line": {"line": [[18, 9], [10, 9]]},
            "service": {"kind": "constant", "value": 10},
        },
    }
    simulation = start(hall(stages, arriving(20, end=10, journey=[["near", "far"]])), until=30)
    joined = journeys_of(simulation).stage_table.n_joined
    assert joined.sum() == 20 and abs(int(joined[0]) - int(joined[1])) <= 4


def test_an_alarm_breaks_the_journey_off_and_frees_the_servers(hall, start, journeys_of):
    alarm = {"cry": {"kind": "false_alarm", "at": {"xy": [15, 6]}, "start": 30, "believed_share": 1.0,
                     "noticed_within": 100}}  # fmt: skip
    simulation = start(hall(check(servers=2), arriving(20, end=10), hazards=alarm), until=31)
    journeys = journeys_of(simulation)
    assert (journeys.table.phase == OVER).all() and (journeys.servers.person == -1).all()
    assert (simulation.crowd.people.is_leaving[simulation.crowd.inside] == 1).all()
    simulation.run_until(80)
    assert simulation.crowd.counts()["left"] == 20


def test_served_people_walk_to_their_place_when_they_stay(hall, start):
    guests = arriving(8, end=10, activity="stay")
    simulation = start(hall(check(servers=2), guests), until=120)
    people = simulation.crowd.people
    assert (people.x > 21.5).all() and (people.is_walking == 0).all()
    assert np.hypot(people.x - people.spot_x, people.y - people.spot_y).max() < 1.0
