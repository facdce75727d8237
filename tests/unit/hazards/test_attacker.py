"""An attacker among people: sight, sound, flight, hits, police, and the same run after a branch."""

import json

import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.world.attackers import AttackerState
from impetus_sim.world.injuries import Severity


def attack(**more):
    spec = {"kind": "attacker", "at": {"xy": [2, 4]}, "start": 2, "lasts": 12, "rate": 60, **more}
    return {"hazards": {"gunman": spec}, "record": {"checkpoint_every": 5}}


def table_of(simulation):
    return simulation.world.attackers.attackers


def test_shots_are_heard_and_hurt_and_people_flee(room, start, events_of):
    simulation = start(room(attack(hit_at_muzzle=1)), until=20)
    shots = simulation.world.attackers.shots
    injured = simulation.world.injuries.injured
    assert len(shots) == 12 and np.count_nonzero(shots.is_hit) == len(injured) > 3
    events = {row["id"]: row for row in events_of(simulation)}
    hurt = [row for row in events.values() if row["kind"] == "people_injured"]
    assert all(events[row["causes"][0]]["kind"] == "shot" for row in hurt)
    assert {events[c]["kind"] for row in events.values() if row["kind"] == "shot" for c in row["causes"]} == {
        "attack"
    }
    people = simulation.crowd.people
    assert (people.aware_tick >= 0).mean() > 0.9 and (people.state != 1).sum() > 10
    (end,) = events_of(simulation, "attack_ended")
    data = json.loads(simulation.world.events.data[end["id"]])
    assert data == {"shots": 12, "hits": len(injured)}
    down = simulation.systems.injured.is_down
    assert {int(row) for row in injured.person[injured.severity >= Severity.DELAYED]} == set(
        np.flatnonzero(down)
    )


def test_nobody_who_lies_is_shot_at(room, start):
    simulation = start(room(attack(hit_at_muzzle=1, hit_range=1000, dead=1, minor=0, delayed=0, immediate=0)))
    simulation.run_until(15)
    shots = simulation.world.attackers.shots
    hit = shots.person[shots.is_hit > 0]
    assert len(hit) > 5 and len(set(hit.tolist())) == len(hit)


def test_walls_stop_sight_and_shots(room, start):
    # behind the obstacle from 5.5 to 6.5 m nobody is seen; nobody else is there
    people = {"crowd": {"populations": {"guests": {"count": 3, "at": {"box": [7, 3.7, 8, 4.3]}}}}}
    simulation = start(room(people, attack(at={"xy": [4.8, 4]}, heard_share=0, speed=0)), until=14)
    assert table_of(simulation).n_seen[0] == 0 and len(simulation.world.attackers.shots) == 0
    assert (simulation.crowd.people.aware_tick < 0).all()
    heard = start(room(people, attack(at={"xy": [1, 1]}, path=[{"xy": [11, 1]}], speed=2, heard_share=0)))
    heard.run_until(14)  # walking past they come in sight
    assert len(heard.world.attackers.shots) > 0 and (heard.crowd.people.aware_tick >= 0).any()


def test_a_path_is_followed_and_must_be_clear(room, start):
    simulation = start(room(attack(path=[{"xy": [2, 1]}, {"xy": [9, 1]}], speed=1)), until=7.0)
    table, threats = table_of(simulation), simulation.world.threats
    assert table.x[0] == pytest.approx(2 + 5.0 - 3.0) and table.y[0] == pytest.approx(1)  # 10 steps of 0.5 m
    assert threats.x[0] == table.x[0] and threats.y[0] == table.y[0]
    with pytest.raises(InvalidInputError, match="leaves the walkable ground"):
        start(room(attack(at={"xy": [2, 4]}, path=[{"xy": [10, 4]}])))


def test_reloading_takes_time(room, start):
    simulation = start(room(attack(magazine=3, reload=4, hit_at_muzzle=0, stray_share=0)), until=14)
    ticks = simulation.world.attackers.shots.tick / 100.0
    assert np.diff(ticks).tolist() == [1, 1, 5, 1, 1]


def test_police_in_sight_end_it(room, start, events_of):
    simulation = start(room(attack(lasts=60), {"time": {"duration": 70}}))
    from impetus_sim.world.units import Units

    simulation.world.units = Units()
    row = {"key": b"car_1", "kind": b"police", "x": 9.0, "y": 4.0, "is_acting": 1, "crew": 2, "event": -1}
    simulation.world.units.units.append(row)
    simulation.run_until(6)
    assert table_of(simulation).state[0] == AttackerState.ACTIVE  # behind the obstacle
    arrived = simulation.world.log("unit_arrived", "car_1")
    simulation.world.units.units.x[0], simulation.world.units.units.y[0] = 3.0, 7.0
    simulation.world.units.units.event[0] = arrived
    simulation.run_until(8)
    table = table_of(simulation)
    assert table.state[0] == AttackerState.MET
    (met,) = events_of(simulation, "attacker_met")
    assert met["causes"] == [int(table.event[0]), arrived]
    n = len(simulation.world.attackers.shots)
    simulation.run_until(40)
    assert len(simulation.world.attackers.shots) == n


def test_a_checkpoint_within_an_attack_and_two_threads_change_nothing(room, start, tmp_path):
    from impetus_sim.engine.simulation import Simulation

    scenario = room(attack())
    whole = start(scenario, until=20)
    half = start(scenario, until=7.35)
    path = half.checkpoint(tmp_path / "half.h5")
    again = Simulation.restore(path)
    again.run_until(20)
    assert again.digest.value == whole.digest.value
    assert start(scenario, until=20, threads=2).digest.value == whole.digest.value


def test_an_attack_may_be_added_at_a_branch(room, start, tmp_path):
    from impetus_sim.engine.branch import branch_run
    from impetus_sim.engine.record import simulate

    calm = simulate(room({"record": {"checkpoint_every": 5}}), seed=3, path=tmp_path / "calm.h5")
    change = room(attack(start=8, lasts=8))
    branched = branch_run(calm, tmp_path / "attacked.h5", at_s=6, change=lambda _: change)
    assert branched.tables("crowd_injuries")["severity"].max() > 0


def test_shares_of_severity_must_sum_to_one(room):
    with pytest.raises(InvalidInputError, match="sum to"):
        room(attack(dead=0.9))
