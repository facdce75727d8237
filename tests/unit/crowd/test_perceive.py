"""Noticing and obeying: keyed by person and stimulus; holds that overlap; overrides."""

import numpy as np
import pytest
from shapely import LineString, box

from impetus_sim.arrays import Table
from impetus_sim.crowd.perceive import HOLD, RELEASE, Perception
from impetus_sim.crowd.population import COLUMNS, INSIDE

N = 200


@pytest.fixture
def scene(build_world):
    areas = {"north": box(0, 4, 10, 8), "middle": box(0, 2, 10, 6)}
    world = build_world(box(0, 0, 10, 8), {"east": LineString([(10, 3), (10, 5)])}, areas=areas)
    world.areas = {name: world.ground.cells_of(area, with_edges=True) for name, area in areas.items()}
    people = Table("crowd", N, COLUMNS)
    random = np.random.default_rng(8)
    people.uid[:] = np.arange(N) + 7
    people.state[:] = INSIDE
    people.x[:], people.y[:] = random.uniform(0.1, 9.9, N), random.uniform(0.1, 7.9, N)
    people.premovement_s[:] = 10.0
    for column in ("aware_tick", "aware_cause", "move_tick", "goal"):
        people.columns[column][:] = -1
    return world, people, Perception(people, world, seed=5, replicate=0)


def stimulate(world, key="bang:0", **more):
    row = {"key": key.encode(), "tick": world.tick, "x": 5.0, "y": 4.0, "radius_m": np.inf, "share": 0.5,
           "delay_factor": 0.5, "overrides_hold": 0, "cause": 3}  # fmt: skip
    world.stimuli.append(row | more)


def order(world, key, kind, share=1.0):
    world.orders.append({"tick": world.tick, "kind": kind, "share": share, "cause": 0, "key": key.encode()})


def test_share_of_those_near(scene):
    world, people, perception = scene
    stimulate(world, radius_m=3.0)
    perception.serve()
    aware = people.aware_tick >= 0
    near = np.hypot(people.x - 5, people.y - 4) <= 3.0
    assert not aware[~near].any()
    assert 0.3 < aware[near].mean() < 0.7
    assert (people.aware_cause[aware] == 3).all()
    assert (people.move_tick[aware] == world.tick + 500).all()  # half of 10 s


def test_each_stimulus_is_served_once(scene):
    world, people, perception = scene
    stimulate(world)
    perception.serve()
    before = people.columns
    before = {name: column.copy() for name, column in before.items()}
    perception.serve()
    assert all((before[name] == column).all() for name, column in people.columns.items())


def test_who_notices_depends_on_the_stimulus_not_on_what_came_before(scene):
    world, people, perception = scene
    stimulate(world, "bang:0")
    perception.serve()
    alone = people.aware_tick >= 0
    people.aware_tick[:], people.move_tick[:] = -1, -1
    stimulate(world, "other:0")
    perception.serve()
    other = people.aware_tick >= 0
    people.aware_tick[:] = -1
    stimulate(world, "bang:0")
    perception.serve()
    assert (alone == (people.aware_tick >= 0)).all()
    assert (alone != other).any()


def test_the_first_cause_stays_and_the_sooner_start_wins(scene):
    world, people, perception = scene
    stimulate(world, share=1.0, delay_factor=1.0, cause=1)
    perception.serve()
    world.tick = 100
    stimulate(world, "b:0", share=1.0, delay_factor=0.1, cause=2)
    perception.serve()
    assert (people.aware_cause == 1).all() and (people.aware_tick == 0).all()
    assert (people.move_tick == 200).all()
    world.tick = 150
    stimulate(world, "c:0", share=1.0, delay_factor=1.0)
    perception.serve()
    assert (people.move_tick == 200).all()


def test_two_holds_end_one_by_one(scene):
    world, people, perception = scene
    order(world, "north", HOLD)
    order(world, "middle", HOLD)
    perception.serve()
    held = people.held_by > 0
    assert (held == (people.y > 2.0)).mean() > 0.95  # but for the cells that the edge cuts
    order(world, "middle", RELEASE)
    perception.serve()
    still = people.held_by > 0
    assert still[people.y > 4.3].all() and not still[people.y < 3.7].any()
    order(world, "north", RELEASE)
    perception.serve()
    assert (people.held_by == 0).all()


def test_only_some_comply_and_alarms_override(scene):
    world, people, perception = scene
    order(world, "middle", HOLD, share=0.5)
    perception.serve()
    inside = (people.y > 2.3) & (people.y < 5.7)
    assert 0.35 < (people.held_by[inside] > 0).mean() < 0.65
    stimulate(world, "soft:0", share=1.0, overrides_hold=0)
    perception.serve()
    assert (people.held_by > 0).any()
    stimulate(world, "loud:0", share=1.0, overrides_hold=1)
    perception.serve()
    assert (people.held_by == 0).all()
