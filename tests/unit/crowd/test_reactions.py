"""Threats as people believe them: heard with an error, seen exactly; flight, freezing, hiding, following."""

import numpy as np
import pytest

from impetus_sim.crowd.population import INSIDE
from impetus_sim.crowd.reactions import FLIGHT, FOLLOW, FREEZE, HIDE, ThreatReactions

SQUARE = {
    "kind": "room", "width": 60, "depth": 40,
    "exits": [{"name": "east", "wall": "east", "width": 6}, {"name": "west", "wall": "west", "width": 6}],
    "obstacles": [[36, 18, 37, 38]],
}  # fmt: skip
BANG = {
    "kind": "shots",
    "at": {"xy": [45, 20]},
    "start": 1,
    "count": 2,
    "heard_within": 200,
    "heard_share": 1,
}


def square(room, reactions=None, *, count=150, **perception):
    people = {"count": count, "at": {"box": [5, 5, 34, 35]}, "premovement": "none"}
    if reactions is not None:
        people["reactions"] = reactions
    crowd = {
        "threat_perception": {"seen_within": 80} | perception,
        "hiding_places": {"cellar": {"box": [2, 30, 10, 39]}},
        "populations": {"guests": None, "crowd": people},
    }
    return room(
        {"map": {"synthetic": SQUARE}, "time": {"duration": 120}, "hazards": {"bang": BANG}, "crowd": crowd}
    )


def of(simulation):
    return next(b for b in simulation.crowd.behaviours if isinstance(b, ThreatReactions))


def test_seen_exactly_heard_with_an_error_that_grows(room, start):
    simulation = start(square(room, hearing_error=0.3), until=1.5)
    table, people = of(simulation).table, simulation.crowd.people
    seen, heard = table.knows == 2, table.knows == 1
    assert seen.any() and heard.any()  # the wall hides the place from some
    assert (table.place_x[seen] == 45.0).all() and (table.place_y[seen] == 20.0).all()
    off = np.hypot(table.place_x[heard] - 45.0, table.place_y[heard] - 20.0)
    distance = np.hypot(people.x[heard] - 45.0, people.y[heard] - 20.0)
    assert np.sqrt(np.mean((off / distance) ** 2)) == pytest.approx(0.3 * np.sqrt(2), rel=0.25)


def test_people_flee_from_where_they_believe_it_is(room, start):
    simulation = start(square(room, {"flight": 1.0}, count=60), until=40)
    people = simulation.crowd.people
    west = simulation.world.ground.exit_names.index("west")
    assert (people.exit[people.left_tick >= 0] == west).mean() > 0.9


def test_shares_of_reactions(room, start):
    shares = {"flight": 0.4, "freeze": 0.2, "hide": 0.1, "follow": 0.3}
    table = of(start(square(room, shares, count=500), until=1.2)).table
    for reaction, share in ((FLIGHT, 0.4), (FREEZE, 0.2), (HIDE, 0.1), (FOLLOW, 0.3)):
        assert (table.reaction == reaction).mean() == pytest.approx(share, abs=0.06)


def test_the_frozen_stand_for_their_time_and_then_go(room, start):
    shares = {"flight": 0, "freeze": 1, "freeze_for": {"kind": "constant", "value": 10}}
    simulation = start(square(room, shares, count=40))
    x = simulation.crowd.people.x.copy()
    simulation.run_until(10.9)
    assert (simulation.crowd.people.x == x).all()
    simulation.run_until(14)
    assert (simulation.crowd.people.x != x).all()


def test_those_who_hide_stay_there_and_leave_later(room, start):
    shares = {"flight": 0, "hide": 1, "hide_for": {"kind": "constant", "value": 60}}
    simulation = start(square(room, shares, count=30), until=45)
    people = simulation.crowd.people
    assert (people.state == INSIDE).all()
    in_cellar = (people.x > 1.5) & (people.x < 10.5) & (people.y > 29.5)
    assert in_cellar.mean() > 0.9 and (people.is_walking == 0).all()
    simulation.run_until(120)
    assert (people.state != INSIDE).mean() > 0.9


def test_those_who_follow_go_where_others_go(room, start):
    """One who knows only the east exit leads people past the nearer west exit."""
    follower = {"count": 6, "at": {"box": [12, 16, 16, 24]}, "premovement": {"kind": "constant", "value": 20}}
    follower |= {"reactions": {"flight": 0, "follow": 1}}
    leader = {"count": 6, "at": {"box": [14, 14, 20, 26]}, "premovement": "none", "exits": ["east"]}
    crowd = {
        "threat_perception": {"avoid_within": 1.0},
        "populations": {"guests": None, "followers": follower, "leaders": leader},
    }
    quiet = BANG | {"at": {"xy": [30, 2]}, "danger_distance": 0, "avoid_distance": 0, "delay_factor": 0.0}
    simulation = start(
        room(
            {
                "map": {"synthetic": SQUARE},
                "time": {"duration": 30},
                "hazards": {"bang": quiet},
                "crowd": crowd,
            }
        ),
        until=4,
    )
    people, roster = simulation.crowd.people, simulation.crowd.roster
    rows = np.flatnonzero(people.population == roster.populations.index("followers"))
    assert (people.goal[rows] == simulation.world.ground.exit_names.index("east")).all()
