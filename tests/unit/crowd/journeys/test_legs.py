"""Way-points, waiting areas, shares between stages."""

import numpy as np
import pytest

from impetus_sim.crowd.journeys.choice import choose_by_shares, choose_least_crowded
from impetus_sim.crowd.journeys.plan import LegPlan, WaitingPlan
from impetus_sim.crowd.journeys.tables import WAITING


def guests(count, journey, **more):
    return {"guests": {"count": count, "at": {"box": [2, 2, 8, 10]}, "journey": journey} | more}


def area(x0, x1, **more):
    return {"kind": "waiting_area", "at": {"box": [x0, 2, x1, 10]}} | more


def test_way_points_are_passed_in_order(hall, start):
    stages = {
        "south": {"kind": "way_point", "at": {"xy": [12, 2]}},
        "north": {"kind": "way_point", "at": {"line": [[18, 9], [18, 11]]}, "distance": 0.5},
    }
    simulation = start(hall(stages, guests(6, ["south", "north"])))
    track = []
    simulation.run_until(
        60, after_tick=lambda s: track.append((s.crowd.people.x.copy(), s.crowd.people.y.copy()))
    )
    x, y = (np.array(values) for values in zip(*track, strict=True))
    first = np.argmax(np.hypot(x - 12, y - 2) < 1.2, axis=0)
    second = np.argmax((np.abs(x - 18) < 0.7) & (y > 8.3), axis=0)
    assert (first > 0).all() and (second > first).all()
    assert simulation.crowd.counts()["left"] == 6


def test_people_wait_as_long_as_they_drew(hall, start, journeys_of):
    wait = {"kind": "uniform", "low": 10, "high": 30}
    simulation = start(hall({"lobby": area(12, 20, wait=wait)}, guests(20, "lobby")))
    began, ended = {}, {}

    def note(s):
        for i, phase in enumerate(journeys_of(s).table.phase):
            if phase == WAITING:
                began.setdefault(i, s.time_s)
                ended[i] = s.time_s

    simulation.run_until(120, after_tick=note)
    waits = np.array([ended[i] - began[i] for i in range(20)])
    assert (waits > 9.8).all() and (waits < 30.1).all() and waits.std() > 2.0
    assert simulation.crowd.counts()["left"] == 20


def test_spots_in_a_waiting_area_are_free(hall, start, journeys_of):
    simulation = start(
        hall({"lobby": area(12, 20, wait={"kind": "constant", "value": 200})}, guests(40, "lobby")), until=60
    )
    people = simulation.crowd.people
    assert (journeys_of(simulation).table.phase == WAITING).all()
    assert (people.x > 11.5).all() and (people.x < 20.5).all()
    d = np.hypot(people.x[:, None] - people.x, people.y[:, None] - people.y) + 9 * np.eye(40)
    assert d.min() > 0.38


def test_a_full_waiting_area_still_takes_everybody(hall, start, journeys_of):
    small = {"kind": "waiting_area", "at": {"box": [15, 5, 17, 7]}, "wait": {"kind": "constant", "value": 20}}
    simulation = start(hall({"lobby": small}, guests(30, "lobby")), until=150)
    assert simulation.crowd.counts()["left"] == 30


@pytest.mark.parametrize(
    ("until", "moment"),
    [("40 s", 40.0), ({"exit": "east"}, 30.0), ({"gate": "barrier"}, 25.0), ({"hazard": "late"}, 35.0),
     ({"intervention": "unlock"}, 30.0)],
)  # fmt: skip
def test_people_wait_for_a_moment_or_an_event(hall, start, journeys_of, until, moment):
    scenario = hall(
        {"lobby": area(10, 16, until=until)},
        guests(8, "lobby"),
        crowd={
            "exits": {"east": {"at": {"line": [[30, 4.5], [30, 7.5]]}, "open": False}},
            "gates": {"barrier": {"at": {"line": [[22, 0], [22, 12]]}}},
        },
        hazards={"late": {"kind": "brawl", "at": {"xy": [2, 2]}, "start": 35, "seen_share": 0}},
        interventions={
            "unlock": {"kind": "exit_control", "exit": "east", "action": "open", "at_time": 30},
            "lift": {"kind": "gate_control", "gate": "barrier", "action": "open", "at_time": 25},
        },
    )
    simulation = start(scenario, until=moment - 0.5)
    assert (journeys_of(simulation).table.phase == WAITING).all()
    simulation.run_until(moment + 1.5)
    assert (simulation.crowd.people.is_leaving == 1).all()
    simulation.run_until(100)
    assert simulation.crowd.counts()["left"] == 8


def test_shares_split_people_and_draws_are_keyed(hall, start, journeys_of):
    stages = {
        name: area(x, x + 4, wait={"kind": "constant", "value": 500}) for name, x in (("a", 10), ("b", 16))
    }
    of_size = {}
    for count in (100, 60):
        simulation = start(hall(stages, guests(count, [{"a": 0.7, "b": 0.3}])), until=0.2)
        people = simulation.crowd.people
        of_size[count] = dict(
            zip(people.uid.tolist(), journeys_of(simulation).table.stage.tolist(), strict=True)
        )
    assert 58 <= sum(stage == 0 for stage in of_size[100].values()) <= 82
    assert all(of_size[100][uid] == stage for uid, stage in of_size[60].items())


def test_stages_that_cannot_be_reached_are_left_out():
    leg = LegPlan(stages=(3, 5, 8), shares=(0.2, 0.3, 0.5), by_crowding=False)
    u = (np.arange(100) + 0.5) / 100
    every = choose_by_shares(leg, u, np.ones((100, 3), bool))
    assert [(every == k).sum() for k in (3, 5, 8)] == [20, 30, 50]
    some = choose_by_shares(leg, u, np.tile([True, True, False], (100, 1)))
    assert [(some == k).sum() for k in (3, 5, 8)] == [40, 60, 0]
    none = choose_by_shares(leg, u, np.zeros((100, 3), bool))
    assert (none == every).all()


def test_the_least_crowded_area_by_people_per_square_metre():
    def lay(name, area_m2):
        return WaitingPlan(
            name=name, cells=np.zeros(1, np.int64), area_m2=area_m2, wait=None, is_over=None, reaction=None
        )

    leg = LegPlan(stages=(0, 1), shares=(0.5, 0.5), by_crowding=True)
    n_there = np.zeros(2, np.int64)
    chosen = choose_least_crowded(leg, [lay("small", 10.0), lay("large", 30.0)], n_there, np.ones((40, 2)))
    assert [(chosen == k).sum() for k in (0, 1)] == [10, 30] == n_there.tolist()
