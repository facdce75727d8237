"""Arrivals: nobody appears on somebody, behind a wall, through a closed exit, or gets lost."""

import numpy as np
import pytest
import shapely
from scipy.spatial import cKDTree

from impetus_sim.crowd.population import INSIDE, PENDING
from impetus_sim.errors import InvalidInputError

CROWD = {
    "count": 60,
    "at": {"box": [6, 1, 11, 7]},
    "arrive": {"through": "west", "start": 0, "end": 5},
    "premovement": "none",
}


@pytest.fixture(scope="module")
def arriving(room):
    def build(**more):
        guests = {**CROWD, **more}
        long = {"time": {"duration": 60}, "crowd": {"populations": {"guests": None}}}
        return room(long, {"crowd": {"populations": {"guests": guests}}})

    return build


def test_free_places_only_and_everybody_comes(arriving, start):
    simulation = start(arriving())
    people, entered = simulation.crowd.people, set()
    while simulation.time_s < 50:
        simulation.run_until(simulation.time_s + 0.05)
        inside = np.flatnonzero(people.state == INSIDE)
        new = [i for i in inside if i not in entered and people.enter_tick[i] == simulation.tick]
        tree = cKDTree(np.column_stack([people.x[inside], people.y[inside]]))
        for i in new:
            near = [inside[k] for k in tree.query_ball_point((people.x[i], people.y[i]), 1.0)]
            for j in near:
                if j != i:  # others have moved by one step of at most 0.1 m since
                    distance = np.hypot(people.x[i] - people.x[j], people.y[i] - people.y[j])
                    assert distance > people.radius[i] + people.radius[j] - 0.2
            assert people.x[i] < 1.2
        entered.update(inside.tolist())
    counts = simulation.crowd.counts()
    assert counts["entered"] == 60 and counts["pending"] == 0


def test_they_walk_to_their_place_and_stop(arriving, start):
    simulation = start(arriving(count=10), until=50)
    people = simulation.crowd.people
    assert (people.x > 5.9).all() and (people.is_walking == 0).all() and (people.goal == -1).all()
    # whoever finds others in the way stops inside the area all the same; the rest stand on their spots
    off = np.hypot(people.x - people.spot_x, people.y - people.spot_y)
    assert np.count_nonzero(off < 0.3) >= 8


def test_a_closed_exit_lets_nobody_in_until_it_opens(arriving, start):
    shut = {"kind": "exit_control", "exit": "west", "action": "close", "at_time": 2, "undo_after": 6}
    simulation = start(arriving().with_(interventions={"shut": shut}), until=2.0)
    at_closing = simulation.crowd.counts()["entered"]
    simulation.run_until(8.0)
    assert simulation.crowd.counts()["entered"] == at_closing < 60
    assert (simulation.crowd.people.state == PENDING).sum() == 60 - at_closing
    simulation.run_until(60.0)
    assert simulation.crowd.counts()["entered"] == 60


def test_nobody_appears_behind_a_slanting_wall(build_world):
    from impetus_sim.arrays import Table
    from impetus_sim.crowd.arrive import INSET_M, Arrivals
    from impetus_sim.crowd.population import COLUMNS

    plan = shapely.Polygon([(0, 0), (3, 0), (0.6, 1.2), (6, 6), (0, 6)])  # a spike of ground along the exit
    world = build_world(plan, {"south": shapely.LineString([(0, 0), (3, 0)])})
    people = Table("crowd", 40, COLUMNS)
    people.uid[:], people.radius[:] = np.arange(40), 0.2
    arrivals = Arrivals(people, world, through={0: 0}, goal_of={0: 0}, seed=1, replicate=0)
    for tick in range(200):
        inside = np.flatnonzero(people.state == INSIDE).astype(np.int32)
        padded = np.zeros(40, np.int32)
        padded[: len(inside)] = inside
        arrivals.admit(tick, padded, len(inside))
    inside = people.state == INSIDE
    assert inside.sum() >= 2
    assert shapely.contains_xy(plan, people.x[inside], people.y[inside]).all()
    assert people.y[inside] == pytest.approx(0.2 + INSET_M)


def test_no_way_from_the_exit_to_the_place_is_refused(room, start):
    split = {"map": {"synthetic": {"obstacles": [[5.5, 0, 6.5, 8]]}},
             "crowd": {"populations": {"guests": {**CROWD, "exits": ["east"]}}}}  # fmt: skip
    with pytest.raises(InvalidInputError, match="no way on foot from exit 'west'"):
        start(room(split))
