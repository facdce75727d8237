"""The injured lie where they are, in others' way, on the ground and on links; the carried are gone and counted."""

import dataclasses
import json

import numpy as np
import pytest

from impetus_sim.crowd.injured import InjuredPeople
from impetus_sim.crowd.kernels.links import LYING, WALKING
from impetus_sim.crowd.population import INSIDE, LEFT, ON_LINK, REMOVED
from impetus_sim.world.injuries import Severity

ALARM = {
    "hazards": {
        "cry": {
            "kind": "false_alarm",
            "at": {"xy": [6, 4]},
            "start": 1,
            "noticed_within": 400,
            "believed_share": 1,
        }
    }
}


def with_injuries(simulation):
    """Return the simulation, with tables of injuries that a test writes itself."""
    simulation.world.need_injuries()
    injured = InjuredPeople(simulation.crowd.people, simulation.world)
    simulation.crowd.join(injured)
    simulation.systems = dataclasses.replace(simulation.systems, injured=injured)
    return simulation


def hurt(simulation, rows, severity, cause=-1):
    people = simulation.crowd.people
    for row in np.atleast_1d(rows):
        simulation.world.injuries.injured.append(
            {
                "tick": simulation.world.tick,
                "person": row,
                "severity": severity,
                "x": people.x[row],
                "y": people.y[row],
                "cause": cause,
            }
        )


def carry(simulation, row):
    simulation.world.injuries.carried.append({"tick": simulation.world.tick, "person": row, "cause": -1})


def test_who_cannot_walk_lies_and_others_leave(room, start, events_of):
    simulation = with_injuries(start(room(ALARM)))
    simulation.run_until(5)
    people = simulation.crowd.people
    inside = np.flatnonzero(people.state == INSIDE)
    lying, walking = inside[:2], inside[2]
    cause = simulation.world.log("blow", "somebody")
    hurt(simulation, lying[0], Severity.DELAYED, cause)
    hurt(simulation, lying[1], Severity.DEAD, cause)
    hurt(simulation, walking, Severity.MINOR, cause)
    simulation.run_until(5.1)
    x, y = people.x[lying].copy(), people.y[lying].copy()
    simulation.run_until(20)
    assert (people.state[lying] == INSIDE).all() and people.state[walking] == LEFT
    assert np.abs(people.x[lying] - x).max() < 0.05 and np.abs(people.y[lying] - y).max() < 0.05
    assert (people.state == INSIDE).sum() == 2  # everybody else is out
    (event,) = events_of(simulation, "people_injured")
    assert event["subject"] == "somebody" and event["causes"] == [cause]
    data = json.loads(simulation.world.events.data[event["id"]])
    assert data == {"minor": 1, "delayed": 1, "dead": 1}
    assert "injuries_stop_people" in simulation.couplings


def test_only_what_is_worse_counts(room, start, events_of):
    simulation = with_injuries(start(room()))
    simulation.run_until(1)
    first, second = simulation.world.log("blow", "a"), simulation.world.log("blow", "b")
    hurt(simulation, 3, Severity.DELAYED, first)
    simulation.run_until(2)
    hurt(simulation, 3, Severity.MINOR, second)
    simulation.run_until(3)
    table = simulation.systems.injured.table
    assert table.severity[3] == Severity.DELAYED and table.cause[3] == first
    hurt(simulation, 3, Severity.IMMEDIATE, second)
    hurt(simulation, 3, Severity.DELAYED, first)
    simulation.run_until(4)
    assert table.severity[3] == Severity.IMMEDIATE and table.cause[3] == second
    assert table.tick[3] == simulation.world.ticks(3) + simulation.crowd.step_ticks
    assert (
        len(events_of(simulation, "people_injured")) == len(events_of(simulation, "injuries_worsened")) == 1
    )


def test_the_carried_are_off_the_ground_and_counted(room, start):
    simulation = with_injuries(start(room()))
    simulation.run_until(1)
    hurt(simulation, 3, Severity.IMMEDIATE)
    simulation.run_until(2)
    carry(simulation, 3)
    carry(simulation, 4)  # who was not hurt may be taken too
    before = simulation.counts()
    simulation.run_until(3)
    after = simulation.counts()
    assert after["removed"] == before["removed"] + 2 and after["inside"] == before["inside"] - 2
    assert after["entered"] == before["entered"]
    assert (simulation.crowd.people.state[[3, 4]] == REMOVED).all()
    assert (simulation.systems.injured.table.carried_tick[[3, 4]] >= simulation.world.ticks(2)).all()


def test_people_on_links_lie_beside_them(town, start):
    simulation = with_injuries(start(town({"time": {"duration": 400}})))
    simulation.run_until(20)
    people = simulation.crowd.people
    links = simulation.crowd.behaviours[0].system
    rows = np.flatnonzero((people.state == ON_LINK) & (links.people.mode == WALKING))[:5]
    waiting = np.flatnonzero((people.state == ON_LINK) & (links.people.mode != WALKING))[:1]
    fallen = np.append(rows, waiting)
    hurt(simulation, fallen, Severity.DELAYED)
    simulation.run_until(20.1)
    x, y = people.x[fallen].copy(), people.y[fallen].copy()
    simulation.run_until(300)
    assert (people.state[fallen] == ON_LINK).all() and (links.people.mode[fallen] == LYING).all()
    assert np.array_equal(people.x[fallen], x) and np.array_equal(people.y[fallen], y)
    for row in fallen[:3]:
        carry(simulation, row)
    simulation.run_until(400)
    assert (people.state[fallen[:3]] == REMOVED).all() and (people.state[fallen[3:]] == ON_LINK).all()
    others = np.setdiff1d(np.arange(len(people)), fallen)
    assert not (people.state[others] == ON_LINK).any()


def test_a_person_without_legs_that_walks_breaks_a_law(room, start):
    from impetus_sim.errors import RunFailedError

    simulation = with_injuries(start(room()))
    simulation.run_until(1)
    hurt(simulation, 3, Severity.DELAYED)
    simulation.run_until(2)
    simulation.crowd.people.is_walking[3] = 1
    with pytest.raises(RunFailedError, match="walks with an injury"):
        simulation.crowd.require_laws()


def test_measures_of_injuries(room, start, tmp_path):
    from impetus_sim.analysis.injuries import compute_injury_metrics, describe_injuries
    from impetus_sim.analysis.people import read_people
    from impetus_sim.recording.reader import open_recording

    simulation = with_injuries(start(room()))
    simulation.run_until(1)
    hurt(simulation, [0, 1, 2], Severity.MINOR)
    hurt(simulation, [3, 4], Severity.DEAD)
    simulation.run_until(2)
    carry(simulation, 3)
    simulation.run_until(3)
    recording = open_recording(simulation.checkpoint(tmp_path / "at3.h5"))
    people = read_people(recording)
    values = {metric.name: metric.value for metric in compute_injury_metrics(recording, people)}
    assert values == {
        "people_injured": 3,
        "people_injured.minor": 3,
        "people_injured.delayed": 0,
        "people_injured.immediate": 0,
        "people_dead": 2,
        "people_carried": 1,
    }
    groups = describe_injuries(people)
    assert sum(group["people_dead"] for group in groups if group["by"] == "profile") == 2
    assert {group["name"] for group in groups if group["by"] == "profile"} == {"adult", "older_adult"}


def test_a_run_without_injuries_has_no_such_measures(room, start, tmp_path):
    from impetus_sim.analysis.injuries import compute_injury_metrics, describe_injuries
    from impetus_sim.analysis.people import read_people
    from impetus_sim.recording.reader import open_recording

    simulation = start(room(), until=1)
    recording = open_recording(simulation.checkpoint(tmp_path / "at1.h5"))
    people = read_people(recording)
    assert compute_injury_metrics(recording, people) == [] and describe_injuries(people) == []
