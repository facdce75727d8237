"""A surge: people rush to a place, press there, and are themselves again."""

import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError


def surge(**more):
    spec = {"kind": "crowd_surge", "at": {"xy": [9, 4]}, "start": 1, "within": 30, "share": 1, "lasts": 8}
    return {"hazards": {"rush": spec | more}}


def apart(simulation, x=9.0, y=4.0):
    people, rows = simulation.crowd.people, simulation.crowd.inside
    return np.hypot(people.x[rows] - x, people.y[rows] - y)


def test_people_come_together_and_then_stand(room, start, events_of):
    simulation = start(room(surge()), until=1)
    before = apart(simulation)
    simulation.run_until(9)
    after, people = apart(simulation), simulation.crowd.people
    assert after.mean() < 0.6 * before.mean()
    simulation.run_until(12)
    x = people.x.copy()
    simulation.run_until(20)
    assert np.abs(people.x - x).max() < 0.2
    begun, taken, over = events_of(simulation)
    assert [row["kind"] for row in (begun, taken, over)] == ["crowd_surge", "people_surge", "surge_over"]
    assert taken["causes"] == over["causes"] == [begun["id"]]


def test_a_share_goes_along_the_same_whoever_else_is_there(room, start):
    simulation = start(room(surge(share=0.5)), until=2)
    (table,) = [t for t in simulation.crowd.state if t.name == "crowd_surging"]
    taken = table.until_tick > 0
    assert 8 < taken.sum() < 32
    more = {"crowd": {"populations": {"others": {"count": 5, "at": {"box": [1, 1, 3, 7]}}}}}
    other = start(room(surge(share=0.5), more), until=2)
    (table,) = [t for t in other.crowd.state if t.name == "crowd_surging"]
    uid = set(simulation.crowd.people.uid[taken].tolist())
    assert uid <= set(other.crowd.people.uid[table.until_tick > 0].tolist())


def test_one_person_takes_the_time_of_the_way(room, start):
    alone = {"crowd": {"populations": {"guests": {"count": 1, "at": {"box": [1, 1, 1.6, 1.6]}}}}}
    simulation = start(room(alone, surge(at={"xy": [1, 7]}, hurry=2)), until=1)
    people, times = simulation.crowd.people, []
    way = 7.0 - float(people.y[0])

    def note(s):
        if np.hypot(people.x[0] - 1.0, people.y[0] - 7.0) < 0.5:
            times.append(s.time_s)

    simulation.run_until(9, after_tick=note)
    expected = (way - 0.5) / (2.0 * people.desired_speed[0])
    assert times[0] - 1.0 == pytest.approx(expected, abs=0.6)  # inertia at the start


def test_it_needs_ground_to_rush_to(room, start):
    with pytest.raises(InvalidInputError, match="nobody can stand"):
        start(room(surge(to={"xy": [6, 4]})))


def test_a_checkpoint_changes_nothing(room, start, tmp_path):
    from impetus_sim.engine.simulation import Simulation

    scenario = room(surge(share=0.6))
    whole = start(scenario, until=12)
    half = start(scenario, until=4.35)
    again = Simulation.restore(half.checkpoint(tmp_path / "half.h5"))
    again.run_until(12)
    assert again.digest.value == whole.digest.value
