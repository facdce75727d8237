"""Interventions in a run: triggers, staff, what they do to people and exits, and their chains of causes."""

import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError

BANG = {"bang": {"kind": "shots", "at": {"xy": [9, 6]}, "start": 2.4, "count": 1, "heard_share": 0.0}}
LEAVE = {"crowd": {"populations": {"guests": {"activity": "leave", "premovement": "none"}}}}


def test_trigger_after_a_hazard_plus_delay(room, start, events_of):
    tell = {"kind": "warning", "after": "bang", "delay": 1.2, "repeats": 0}
    simulation = start(room({"hazards": BANG, "interventions": {"tell": tell}}), until=6)
    (ordered,) = events_of(simulation, "ordered")
    (shot,) = events_of(simulation, "shot")
    assert ordered["tick"] == 400  # 2.4 + 1.2 s, at the commander's next look
    assert ordered["causes"] == [shot["id"]]


def test_the_chain_leads_from_the_act_back_to_the_hazard(room, start, events_of):
    shut = {"kind": "exit_control", "exit": "west", "action": "close", "after": "bang", "undo_after": 3}
    shut |= {"staff": 2, "lead_time": 1.5}
    simulation = start(
        room({"hazards": BANG, "response": {"stewards": 2}, "interventions": {"shut": shut}}), until=12
    )
    by_id = {row["id"]: row for row in events_of(simulation)}
    (opened,) = events_of(simulation, "exit_opened")
    chain, row = [], opened
    while True:
        chain.append((row["tick"], row["kind"]))
        if not row["causes"]:
            break
        row = by_id[row["causes"][0]]
    assert chain == [
        (750, "exit_opened"), (450, "exit_closed"), (300, "staff_started"), (300, "ordered"), (240, "shot"),
    ]  # fmt: skip


def test_undo_sets_back_what_was(room, start, events_of):
    already = {"kind": "exit_control", "exit": "west", "action": "open", "at_time": 1, "undo_after": 2}
    simulation = start(room({"interventions": {"again": already}}), until=5)
    assert simulation.world.exits.is_open.tolist() == [1, 1]
    long = {"kind": "exit_control", "exit": "west", "action": "close", "at_time": 1, "undo_after": 8}
    short = {"kind": "exit_control", "exit": "west", "action": "close", "at_time": 2, "undo_after": 2}
    simulation = start(room({"interventions": {"long": long, "short": short}}), until=6)
    assert simulation.world.exits.is_open.tolist() == [1, 0]
    simulation.run_until(10)
    assert simulation.world.exits.is_open.tolist() == [1, 1]


def test_two_tasks_at_one_tick_queue_by_name(room, start, events_of):
    both = {
        name: {"kind": "warning", "at_time": 1, "repeats": 0, "staff": 2, "lead_time": 2}
        for name in ("beta", "alpha")
    }
    simulation = start(room({"response": {"stewards": 3}, "interventions": both}), until=8)
    assert [(r["tick"], r["subject"]) for r in events_of(simulation, "staff_started")] == [
        (100, "alpha"),
        (300, "beta"),
    ]
    assert [(r["tick"], r["subject"]) for r in events_of(simulation, "warning")] == [
        (300, "alpha"),
        (500, "beta"),
    ]


def test_more_staff_than_there_are_is_refused(room, start):
    tell = {"kind": "warning", "at_time": 1, "staff": 5}
    with pytest.raises(InvalidInputError, match="5 stewards are needed, but there are 3"):
        start(room({"response": {"stewards": 3}, "interventions": {"tell": tell}}))


def test_a_warning_makes_people_leave(room, start, events_of):
    tell = {"kind": "warning", "at_time": 1, "repeats": 2, "every": 3, "heard_share": 0.5}
    simulation = start(room({"interventions": {"tell": tell}}), until=15)
    assert [row["tick"] for row in events_of(simulation, "warning")] == [100, 400, 700]
    people = simulation.crowd.people
    aware = np.unique(people.aware_tick[people.aware_tick >= 0], return_counts=True)
    assert set(aware[0]) == {100, 400, 700}
    assert aware[1].sum() == pytest.approx(40 * (1 - 0.5**3), abs=8)
    assert simulation.crowd.counts()["left"] > 15


def test_a_warning_at_a_place_reaches_only_it(room, start):
    tell = {
        "kind": "warning",
        "at_time": 1,
        "repeats": 0,
        "at": {"xy": [2, 4]},
        "radius": 3.0,
        "heard_share": 1.0,
    }
    simulation = start(room({"interventions": {"tell": tell}}), until=1.0)
    people = simulation.crowd.people
    near = np.hypot(people.x - 2, people.y - 4) <= 3.0
    assert ((people.aware_tick >= 0) == near).all()


CORDON = {"kind": "cordon", "at": {"box": [0, 0, 5, 8]}, "at_time": 1, "hold_for": 5, "compliance": 1.0}


def test_a_cordon_holds_those_inside_and_lets_them_go(room, start):
    simulation = start(room(LEAVE, {"time": {"duration": 40}, "interventions": {"hold": CORDON}}), until=1.0)
    people = simulation.crowd.people
    held = np.flatnonzero(people.held_by > 0)
    assert len(held) and (people.x[held] < 5.13).all()
    simulation.run_until(1.05)
    where = people.x[held].copy()
    simulation.run_until(5.95)
    assert (people.x[held] == where).all()
    assert (people.state[held] == 1).all()
    simulation.run_until(40)
    assert (people.held_by == 0).all() and simulation.crowd.counts()["left"] == 40


def test_people_held_on_their_way_to_a_place_walk_on_afterwards(room, start):
    guests = {
        "count": 10,
        "at": {"box": [8, 1, 11, 7]},
        "arrive": {"through": "west", "start": 0, "end": 0.5},
    }
    simulation = start(
        room(
            {
                "time": {"duration": 60},
                "crowd": {"populations": {"guests": guests}},
                "interventions": {"hold": CORDON},
            }
        ),
        until=5.0,
    )
    people = simulation.crowd.people
    held = np.flatnonzero(people.held_by > 0)
    assert len(held) >= 1 and (people.is_walking[held] == 0).all()
    simulation.run_until(40)
    assert (people.x[held] > 7.5).all()


def test_whoever_fears_for_their_life_breaks_the_cordon(room, start):
    bang = {"bang": {**BANG["bang"], "start": 3, "heard_share": 1.0}}
    simulation = start(
        room({"hazards": bang, "interventions": {"hold": {**CORDON, "hold_for": 15}}}), until=3.0
    )
    assert (simulation.crowd.people.held_by == 0).all()


def test_an_order_in_the_last_tick_does_no_harm(room, start):
    tell = {"kind": "warning", "at_time": 19.95, "repeats": 0}
    simulation = start(room({"interventions": {"tell": tell}}), until=20)
    assert simulation.tick == 2000


def test_a_warning_with_a_radius_needs_a_place(room):
    from impetus_sim.errors import InvalidFilesError

    with pytest.raises(InvalidFilesError, match="a radius without a place"):
        room({"interventions": {"tell": {"kind": "warning", "at_time": 1, "radius": 5}}})
