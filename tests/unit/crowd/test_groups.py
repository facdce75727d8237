"""Groups: how they are formed and placed, that they stay together, wait, search and give up."""

import numpy as np
import pytest

from impetus_sim.crowd.groups.stay import GroupsStay
from impetus_sim.crowd.population import INSIDE, LEFT

HALL = {
    "kind": "room", "width": 30, "depth": 10, "exits": [{"name": "door", "wall": "east", "width": 2.0}],
    "obstacles": None,
}  # fmt: skip
SPEEDS = {"fast": {"desired_speed": 1.25}, "slow": {"desired_speed": 0.5}}


def hall(room, populations, **crowd):
    return room(
        {"map": {"synthetic": HALL}, "time": {"duration": 200}},
        {"crowd": {"populations": {"guests": None, **populations}, "profiles": SPEEDS, **crowd}},
    )


def of(simulation):
    return next(b for b in simulation.crowd.behaviours if isinstance(b, GroupsStay))


def members(groups):
    return [groups.members[a:b] for a, b in zip(groups.start[:-1], groups.start[1:], strict=True)]


def spread_s(simulation, rows):
    left = simulation.crowd.people.left_tick[rows]
    assert (left >= 0).all()
    return float(np.ptp(left)) * simulation.world.seconds(1)


def test_sizes_and_share_are_those_asked_for(room, start):
    people = {"count": 400, "at": {"box": [1, 1, 29, 9]}, "groups": {"share": 0.5, "size": {2: 0.5, 4: 0.5}}}
    simulation = start(hall(room, {"crowd": people}))
    groups = of(simulation).groups
    sizes = np.diff(groups.start)
    assert (groups.of >= 0).sum() == pytest.approx(200, abs=1)
    assert 0.3 < (sizes == 2).mean() < 0.7
    p = simulation.crowd.people
    for rows in members(groups):
        assert len(set(p.premovement_s[rows])) == 1


def test_every_group_has_a_leader_where_there_are_enough(room, start):
    people = {
        "count": 100, "at": {"box": [1, 1, 29, 9]}, "profiles": {"fast": 0.3, "slow": 0.7},
        "groups": {"share": 1, "size": {3: 1}, "leader": "fast"},
    }  # fmt: skip
    simulation = start(hall(room, {"crowd": people}))
    p, groups = simulation.crowd.people, of(simulation).groups
    fast = simulation.crowd.roster.profiles.index("fast")
    assert len(groups) > 20
    assert all(p.profile[rows[0]] == fast for rows in members(groups))


def test_groups_of_given_profiles(room, start):
    people = {"count": 53, "at": {"box": [1, 1, 29, 9]}, "groups": {"share": 1, "of": {"fast": 3, "slow": 2}}}
    simulation = start(hall(room, {"crowd": people}))
    p, groups = simulation.crowd.people, of(simulation).groups
    names = simulation.crowd.roster.profiles
    assert len(groups) == 10
    for rows in members(groups):
        assert sorted(names[k] for k in p.profile[rows]) == ["fast"] * 3 + ["slow"] * 2
        assert sorted(p.desired_speed[rows]) == [0.5, 0.5, 1.25, 1.25, 1.25]


def test_members_stand_together_and_nobody_touches(room, start):
    people = {"count": 150, "at": {"box": [1, 1, 20, 9]}, "groups": {"share": 1}}
    simulation = start(hall(room, {"crowd": people}))
    p, groups = simulation.crowd.people, of(simulation).groups
    reach = [np.hypot(p.x[r] - p.x[r[0]], p.y[r] - p.y[r[0]]).max() for r in members(groups)]
    assert np.mean(np.array(reach) < 2.5) > 0.98
    apart = np.hypot(p.x[:, None] - p.x, p.y[:, None] - p.y) + 9.0 * np.eye(len(p))
    assert (apart > p.radius[:, None] + p.radius - 1e-9).all()


@pytest.mark.parametrize("seed", [1, 2])
def test_nist_2_9_the_group_goes_at_the_pace_of_its_slowest(room, start, seed):
    group = {"count": 5, "at": {"box": [1, 1, 5, 9]}, "activity": "leave", "premovement": "none"}
    group["groups"] = {"share": 1, "of": {"fast": 4, "slow": 1}}
    simulation = start(hall(room, {"group": group}), until=200, seed=seed)
    assert spread_s(simulation, slice(None)) <= 10.0


def test_iso_14_the_group_stays_together_among_slow_people(room, start):
    group = {"count": 5, "at": {"box": [1, 1, 5, 9]}, "profiles": "fast", "activity": "leave"}
    group["groups"] = {"share": 1, "size": {5: 1}}
    slow = {"count": 10, "at": {"box": [3, 1, 15, 9]}, "profiles": "slow", "activity": "leave"}
    simulation = start(hall(room, {"group": group, "slow": slow}), until=200)
    assert spread_s(simulation, of(simulation).groups.members) <= 10.0


def test_all_take_the_same_exit(room, start):
    simulation = start(
        room({"time": {"duration": 60}},
             {"crowd": {"populations": {"guests": {"activity": "leave", "groups": {"share": 1}}}}}),
        until=60,
    )  # fmt: skip
    p = simulation.crowd.people
    assert (p.state == LEFT).all()
    assert all(len(set(p.exit[rows])) == 1 for rows in members(of(simulation).groups))


def test_a_missing_member_is_waited_for_searched_and_given_up(room, start):
    """One of three is held by a cordon far behind: the others wait, one goes back, then they leave without."""
    group = {"count": 3, "at": {"box": [2, 2, 8, 8]}, "profiles": "fast", "activity": "leave"}
    group["groups"] = {
        "share": 1,
        "size": {3: 1},
        "wait_for": 5,
        "search_share": 1.0,
        "search_for": 4,
        "gap": 6.0,
    }
    scenario = hall(room, {"group": group})
    simulation = start(scenario)
    groups, p = of(simulation), simulation.crowd.people
    missing = groups.groups.members[2]
    p.held_by[missing] = 1
    seen = set()
    simulation.run_until(60, after_tick=lambda s: seen.add(int(groups.table.mode[0])))
    assert seen == {0, 1, 2}
    assert groups.members.is_lost[missing] == 1 and groups.members.is_lost.sum() == 1
    assert p.state[missing] == INSIDE
    others = groups.groups.members[:2]
    assert (p.state[others] == LEFT).all()


def test_members_tell_each_other_and_the_chain_holds(room, start, events_of):
    group = {"count": 4, "at": {"box": [2, 2, 8, 8]}, "profiles": "fast", "premovement": "none"}
    group["groups"] = {"share": 1, "size": {4: 1}}
    scenario = hall(room, {"group": group}).with_(
        hazards={"cry": {"kind": "false_alarm", "at": {"xy": [5, 5]}, "start": 1, "believed_share": 0.5}}
    )
    for seed in range(6):
        simulation = start(scenario, seed=seed, until=4)
        p, told = simulation.crowd.people, events_of(simulation, "told_in_group")
        aware = p.aware_tick >= 0
        assert aware.all() or not aware.any()
        if told:
            cry = events_of(simulation, "false_alarm")[0]["id"]
            assert set(told[0]["causes"]) == {cry}
            assert set(p.aware_cause) == {cry, told[0]["id"]}
            return
    raise AssertionError("nobody was told in six runs")
