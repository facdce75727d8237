"""Who people are: keyed draws, stable ids, places without overlap."""

import numpy as np
import pytest
import shapely
from scipy.spatial import cKDTree

from impetus_sim.crowd.population import INSIDE, PENDING
from impetus_sim.errors import InvalidInputError


def by_uid(simulation, population):
    people = simulation.crowd.people
    rows = people.population == simulation.crowd.roster.populations.index(population)
    columns = (people.profile, people.desired_speed, people.premovement_s, people.radius)
    return {int(people.uid[k]): tuple(column[k] for column in columns) for k in np.flatnonzero(rows)}


def spots(simulation, population):
    people = simulation.crowd.people
    rows = people.population == simulation.crowd.roster.populations.index(population)
    return np.column_stack([people.spot_x[rows], people.spot_y[rows]])


def more(name, count=10):
    return {"crowd": {"populations": {name: {"count": count, "at": {"box": [9, 1, 11, 7]}}}}}


LEFT_HALF = {"crowd": {"populations": {"guests": {"at": {"box": [1, 1, 5, 7]}, "count": 20}}}}


def test_another_population_changes_nobodys_draws(room, start):
    alone = start(room(LEFT_HALF))
    for name in ["aaa", "zzz", "mob"]:
        among = start(room(LEFT_HALF, more(name)))
        assert by_uid(among, "guests") == by_uid(alone, "guests")
        assert (spots(among, "guests") == spots(alone, "guests")).all()


def test_a_larger_population_keeps_its_first_members(room, start):
    small = by_uid(start(room(LEFT_HALF)), "guests")
    large = by_uid(start(room(LEFT_HALF, {"crowd": {"populations": {"guests": {"count": 25}}}})), "guests")
    assert {uid: large[uid] for uid in small} == small


def test_ids_are_unique_and_rows_ascend(room, start):
    people = start(room(more("mob"), more("aaa", 5))).crowd.people
    assert (np.diff(people.uid.astype(object)) > 0).all()


def test_shares_and_speeds_follow_the_scenario(room, start):
    profiles = {"adult": 0.5, "wheelchair_user": 0.1, "older_adult": 0.4}
    simulation = start(room({"crowd": {"populations": {"guests": {"count": 150, "profiles": profiles}}}}))
    people, names = simulation.crowd.people, simulation.crowd.roster.profiles
    counts = np.bincount(people.profile, minlength=len(names))
    assert counts[names.index("adult")] == pytest.approx(75, abs=20)
    assert counts[names.index("child")] == 0
    profiles = simulation.drawn.crowd.profiles
    for k, name in enumerate(names):
        speeds = people.desired_speed[people.profile == k]
        if len(speeds):
            assert speeds.min() >= profiles[name].desired_speed.min
            assert speeds.max() <= profiles[name].desired_speed.max


def test_places_are_on_the_ground_and_nobody_overlaps(room, start):
    simulation = start(room({"crowd": {"populations": {"guests": {"count": 150}}}}, more("mob", 20)))
    people, polygon = simulation.crowd.people, simulation.world.ground.polygon
    assert shapely.contains_xy(polygon, people.x, people.y).all()
    tree = cKDTree(np.column_stack([people.x, people.y]))
    for i, j in tree.query_pairs(1.0):
        distance = np.hypot(people.x[i] - people.x[j], people.y[i] - people.y[j])
        assert distance >= people.radius[i] + people.radius[j] - 1e-9


def test_too_many_are_refused_with_numbers(room, start):
    with pytest.raises(InvalidInputError, match="'guests': 900 people do not fit"):
        start(room({"crowd": {"populations": {"guests": {"count": 900, "at": {"box": [1, 1, 5, 7]}}}}}))


def test_who_arrives_waits_outside(room, start):
    simulation = start(
        room({"crowd": {"populations": {"guests": {"arrive": {"through": "west", "start": 2, "end": 9}}}}})
    )
    people = simulation.crowd.people
    assert (people.state == PENDING).all()
    assert people.enter_tick.min() >= 200 and people.enter_tick.max() <= 900
    assert (people.state != INSIDE).all() and simulation.crowd.n_inside == 0
