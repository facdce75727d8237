"""Exits that close and open while people are on their way; those who may not use all."""

import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError

LEAVE = {
    "crowd": {"populations": {"guests": {"activity": "leave", "premovement": "none"}}},
    "time": {"duration": 40},
}


def control(exit_name, action, at, **more):
    return {"kind": "exit_control", "exit": exit_name, "action": action, "at_time": at, **more}


def test_a_closed_exit_sends_everybody_to_the_other(room, start):
    simulation = start(room(LEAVE, {"interventions": {"shut": control("west", "close", 0)}}), until=40)
    counts = simulation.crowd.counts()
    assert counts["exit_left"].tolist() == [40, 0] and counts["inside"] == 0


def test_closing_midway_turns_people_round(room, start):
    simulation = start(room(LEAVE, {"interventions": {"shut": control("west", "close", 3)}}), until=3.0)
    at_closing = simulation.crowd.counts()["exit_left"][1]
    assert (simulation.crowd.people.goal == 1).any()
    simulation.run_until(3.05)
    assert not (simulation.crowd.people.goal[simulation.crowd.inside] == 1).any()
    simulation.run_until(40)
    counts = simulation.crowd.counts()
    assert counts["exit_left"][1] == at_closing and counts["left"] == 40


def test_all_closed_means_waiting_and_reopening_means_leaving(room, start):
    acts = {name: control(name, "close", 2, undo_after=10) for name in ("east", "west")}
    simulation = start(room(LEAVE, {"interventions": acts}), until=2.0)
    left = simulation.crowd.counts()["left"]
    simulation.run_until(12.0)
    people, rows = simulation.crowd.people, simulation.crowd.inside
    assert simulation.crowd.counts()["left"] == left
    assert (people.goal[rows] == -1).all() and (people.vx[rows] == 0).all()
    simulation.run_until(40)
    assert simulation.crowd.counts()["left"] == 40


def test_people_use_only_the_exits_they_may(room, start):
    simulation = start(room(LEAVE, {"crowd": {"populations": {"guests": {"exits": ["west"]}}}}), until=40)
    counts = simulation.crowd.counts()
    assert counts["exit_left"][0] == 0 and counts["exit_left"][1] == counts["left"] > 30


def test_long_steps_let_every_group_reconsider(room, start):
    slow = {"crowd": {"step": 0.25, "exit_choice": {"reconsider_every": 1.0, "taste": 0}}}
    guests = {"crowd": {"populations": {"guests": {"at": {"box": [6.7, 1, 11, 7]}}}}}
    simulation = start(
        room(LEAVE, slow, guests, {"interventions": {"shut": control("east", "close", 0, undo_after=2)}})
    )
    simulation.run_until(2.0)
    assert (simulation.crowd.people.goal[simulation.crowd.inside] == 1).all()
    simulation.run_until(3.25)  # within one round everybody has looked again: those nearest turn round
    near = simulation.crowd.people.x[simulation.crowd.inside] > 9.5
    assert near.any()
    assert (simulation.crowd.people.goal[simulation.crowd.inside][near] == 0).all()


def test_no_way_out_is_refused(room, start):
    with pytest.raises(InvalidInputError, match="cannot reach any exit they may use"):
        start(room({"map": {"synthetic": {"obstacles": [[5.5, 0, 6.5, 8]]}},
                    "crowd": {"populations": {"guests": {"exits": ["west"]}}}}))  # fmt: skip


def test_a_step_that_could_jump_a_wall_is_refused(room, start):
    with pytest.raises(InvalidInputError, match="step over a wall"):
        start(
            room(
                {
                    "crowd": {"step": 1.0, "exit_choice": {"reconsider_every": 5.0}},
                    "record": {"frame_every": 1.0},
                }
            )
        )


def test_leaving_people_are_counted_at_their_exit(room, start):
    simulation = start(room(LEAVE), until=40)
    people = simulation.crowd.people
    assert (people.exit >= 0).all() and (people.left_tick > 0).all()
    assert np.bincount(people.exit, minlength=2).tolist() == simulation.crowd.counts()["exit_left"].tolist()


def test_a_narrow_door_empties_the_room(room, start):
    """Beside a door the way leads to where a body has room, not straight into the jamb."""
    door = {"map": {"synthetic": {"exits": [{"name": "east", "wall": "east", "width": 0.8}]}}}
    simulation = start(room(LEAVE, door, {"time": {"duration": 120}}), until=120)
    assert simulation.crowd.counts()["inside"] == 0
