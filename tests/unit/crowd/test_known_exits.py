"""Familiar exits, the way people came in, guidance, and the example of others (NIST TN 1822, 3.2 and 3.3)."""

import numpy as np
import pytest

TWO = {
    "kind": "room", "width": 20, "depth": 10, "obstacles": None,
    "exits": [{"name": "exit1", "wall": "west", "width": 1.0}, {"name": "exit2", "wall": "east", "width": 1.0}],
}  # fmt: skip
WALKER = {"walker": {"desired_speed": 1.0}}


def two(room, populations, *, until=150, interventions=None, **crowd):
    return room(
        {"map": {"synthetic": TWO}, "time": {"duration": until}, "interventions": interventions or {}},
        {"crowd": {"profiles": WALKER, "populations": {"guests": None, **populations}, **crowd}},
    )


def leaving(count=100, box=(8, 1, 12, 9), **more):
    return {
        "count": count, "at": {"box": list(box)}, "profiles": "walker", "activity": "leave",
        "premovement": {"kind": "uniform", "low": 0, "high": 60}, **more,
    }  # fmt: skip


def share_of_exit2(simulation, rows=slice(None)):
    people = simulation.crowd.people
    assert (people.exit[rows] >= 0).all()
    return float((people.exit[rows] == simulation.world.ground.exit_names.index("exit2")).mean())


def test_nist_3_3_familiar_exits(room, start):
    even = start(two(room, {"p": leaving(familiar={"exit1": 50, "exit2": 50})}), until=150)
    assert share_of_exit2(even) == pytest.approx(0.5, abs=0.1)
    known = start(two(room, {"p": leaving(familiar={"exit1": 20, "exit2": 80})}), until=150)
    assert share_of_exit2(known) > 0.6


def test_long_odds_decide(room, start):
    people = leaving(20, (9.5, 1, 10.5, 9), familiar={"exit1": 1, "exit2": 1000})
    assert share_of_exit2(start(two(room, {"p": people}), until=150)) == 1.0


def test_visitors_keep_to_the_way_they_came_in(room, start):
    visitors = leaving(60, (11, 1, 19, 9), knows_exits=0.5, came_by={"exit1": 1.0})
    simulation = start(two(room, {"p": visitors}), until=150)
    assert share_of_exit2(simulation) == pytest.approx(0.5, abs=0.17)  # the others take the nearer exit 2
    locals_ = start(two(room, {"p": leaving(60, (11, 1, 19, 9))}), until=150)
    assert share_of_exit2(locals_) > 0.75


@pytest.mark.slow
def test_nist_3_2_a_third_occupant_draws_the_others(room, start):
    """Share of exit 2 among two occupants over 40 seeds, with a third who is bound to exit 2."""

    def share(herding):
        pair = leaving(2, (9, 4, 11, 6), premovement={"kind": "uniform", "low": 1, "high": 3})
        third = leaving(1, (9.5, 4, 10.5, 6), premovement="none", exits=["exit2"])
        scenario = two(room, {"pair": pair, "third": third}, until=40, exit_choice={"herding": herding})
        found = []
        for seed in range(40):
            simulation = start(scenario, seed=seed, until=40)
            rows = simulation.crowd.people.population == simulation.crowd.roster.populations.index("pair")
            found.append(share_of_exit2(simulation, rows))
        return np.mean(found)

    assert share(None) < 0.65
    assert share({}) > 0.7


def test_guidance_steers_those_who_comply(room, start):
    sign = {
        "kind": "guidance",
        "at": {"box": [0, 0, 20, 10]},
        "exit": "exit2",
        "at_time": 0,
        "compliance": 0.8,
    }
    people = leaving(60, (1, 1, 7, 9), premovement="none")
    simulation = start(two(room, {"p": people}, interventions={"sign": sign}), until=150)
    assert share_of_exit2(simulation) == pytest.approx(0.8, abs=0.15)
    assert share_of_exit2(start(two(room, {"p": people}), until=150)) < 0.5


def test_a_missing_exit_is_named(room, start):
    from impetus_sim.errors import InvalidInputError

    with pytest.raises(InvalidInputError, match="there is no exit 'exit3'"):
        start(two(room, {"p": leaving(familiar={"exit3": 2})}))
