"""People who stand in each other's way try another direction; whoever gets on is left alone."""

import json
import math

import numpy as np
import pytest

from impetus_sim import rng
from impetus_sim.crowd.kernels.untangle import turn_wishes
from impetus_sim.crowd.population import INSIDE
from impetus_sim.crowd.untangle import ENOUGH_M, SIDEWAYS, Untangle
from impetus_sim.scenario.load import read_scenario_text


def document(**crowd):
    neck = {"kind": "bottleneck", "width": 6.0, "depth": 6.0, "neck_width": 0.8, "neck_length": 2.0}
    return {
        "title": "neck",
        "map": {"synthetic": neck},
        "time": {"duration": 60},
        "crowd": {
            "populations": {"all": {"count": 2, "at": "room", "activity": "leave"}},
            "profiles": {"adult": {"desired_speed": 1.34}},
            **crowd,
        },
    }


def mirror_images(start, **crowd):
    """Start two people who are each other's mirror image before the neck."""
    simulation = start(read_scenario_text(json.dumps(document(**crowd))))
    people = simulation.crowd.people
    people.x[:], people.y[:] = 5.0, [2.2, 3.8]
    return simulation


def test_mirror_images_get_through(start):
    simulation = mirror_images(start)
    simulation.run_until(60.0)
    assert simulation.crowd.counts()["left"] == 2


def test_whoever_gets_on_is_left_alone(start):
    simulation = mirror_images(start)
    simulation.crowd.people.y[:] = [1.0, 3.0]
    (untangle,) = [b for b in simulation.crowd.behaviours if isinstance(b, Untangle)]
    simulation.run_until(20.0)
    assert simulation.crowd.counts()["left"] == 2
    assert untangle.table.until_tick.max() == 0


def test_it_can_be_switched_off(start):
    simulation = mirror_images(start, untangle_after=0)
    assert not [b for b in simulation.crowd.behaviours if isinstance(b, Untangle)]


def test_shoulders_turn_before_an_exit_until_people_get_on(start):
    given = document()
    given["crowd"]["populations"]["all"]["count"] = 4
    simulation = start(read_scenario_text(json.dumps(given)))
    people, end = simulation.crowd.people, simulation.world.ground.exit_segments(0)[0, 0]
    people.x[:], people.y[:] = end - np.array([0.4, 0.85, 1.6, 3.0]), 3.0
    people.desired_speed[:] = 1e-3
    full = people.radius.copy()
    full[1] = people.radius[1] = 0.35  # a wheelchair
    (untangle,) = [b for b in simulation.crowd.behaviours if isinstance(b, Untangle)]
    untangle.table.radius[:] = full
    simulation.run_until(11.0)
    assert people.radius == pytest.approx(full * [SIDEWAYS, 1.0, 1.0, 1.0])
    people.desired_speed[:] = 0.03
    simulation.run_until(16.0)
    assert people.state.tolist() == [INSIDE] * 4
    assert people.radius.tolist() == full.tolist()


def test_wishes_turn_by_a_drawn_angle_within_bounds():
    n, widest = 200, 0.5 * math.pi
    uid = np.arange(n, dtype=np.uint64)
    key = rng.stream_key(1, 0, "crowd.untangle")
    x, y = np.ones(n), np.zeros(n)
    rows = np.arange(0, n, 2, dtype=np.int32)
    turn_wishes(rows, uid, key, 3, widest, x, y)
    angles = np.arctan2(y, x)
    assert (angles[1::2] == 0.0).all()
    assert np.hypot(x, y) == pytest.approx(1.0)
    assert np.abs(angles[::2]).max() <= widest and angles[::2].std() > 0.5
    again_x, again_y = np.ones(n), np.zeros(n)
    turn_wishes(rows, uid, key, 3, widest, again_x, again_y)
    assert (again_x == x).all() and (again_y == y).all()
    turn_wishes(rows, uid, key, 4, widest, again_x, again_y)
    assert ENOUGH_M > 0 and (again_x != x)[rows].all()
