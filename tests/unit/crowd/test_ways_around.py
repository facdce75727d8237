"""Ways around crowds: ways turn aside before people who stand in them; exits are chosen as before."""

import json

import numpy as np
import pytest

from impetus_sim.crowd.ways_around import WaysAround
from impetus_sim.engine.simulation import Simulation
from impetus_sim.scenario.load import read_scenario_text


def document(every=0.5, **crowd):
    return {
        "title": "hall",
        "map": {
            "synthetic": {
                "kind": "room",
                "width": 12.0,
                "depth": 10.0,
                "exits": [{"name": "east", "wall": "east", "width": 2.0}],
            }
        },
        "time": {"duration": 20},
        "crowd": {
            "populations": {
                "standing": {"count": 12, "at": "room", "activity": "stay"},
                "walking": {"count": 1, "at": "room", "activity": "leave"},
            },
            "ways_around": every,
            **crowd,
        },
    }


def read(**crowd):
    return read_scenario_text(json.dumps(document(**crowd)))


def behaviour_of(simulation):
    return [b for b in simulation.crowd.behaviours if isinstance(b, WaysAround)]


def stand_in_the_way(simulation):
    """Put a knot of people halfway between a walker and the exit, a little beside the straight line."""
    people, world = simulation.crowd.people, simulation.world
    ax, ay, bx, by = world.ground.exit_segments(0)[0]
    exit_at = np.array([ax + bx, ay + by]) / 2.0
    middle = np.array([6.0, 5.0])
    towards = (exit_at - middle) / np.hypot(*(exit_at - middle))
    aside = np.array([-towards[1], towards[0]])
    knot = exit_at - 3.0 * towards + 0.3 * aside
    for k in range(12):
        people.x[k], people.y[k] = knot + (k % 3 - 1) * 0.5 * towards + (k // 3 - 1.5) * 0.5 * aside
    people.x[12], people.y[12] = exit_at - 5.0 * towards
    simulation.crowd.refresh()
    return people, towards, aside


def test_the_way_turns_aside_before_a_crowd(start):
    simulation = start(read())
    shortest = np.array(simulation.world.goals.directions)
    people, towards, aside = stand_in_the_way(simulation)
    simulation.run_until(0.5)
    world, ground = simulation.world, simulation.world.ground
    column = int((people.x[12] - ground.x0) / ground.cell)
    row = int((people.y[12] - ground.y0) / ground.cell)
    before, after = shortest[0, row, column], world.goals.directions[0, row, column]
    assert before @ towards == pytest.approx(1.0, abs=0.05)
    assert after @ aside < -0.3  # the knot stands to the other side


def test_costs_and_so_the_choice_of_exits_stay(start):
    simulation = start(read())
    costs = np.array(simulation.world.goals.costs)
    stand_in_the_way(simulation)
    simulation.run_until(2.0)
    np.testing.assert_array_equal(simulation.world.goals.costs, costs)


def test_a_restored_run_goes_on_bit_for_bit(start, tmp_path):
    simulation = start(read())
    paths = []
    for moment in (0.2, 2.3):  # between two looks at the crowd
        simulation.run_until(moment)
        paths.append(simulation.checkpoint(tmp_path / f"at{moment}.h5"))
    simulation.run_until(5.0)
    for path in paths:
        again = Simulation.restore(path)
        again.run_until(5.0)
        assert again.digest.value == simulation.digest.value


def test_it_is_off_in_the_design_set(start):
    assert not behaviour_of(start(read(every=0.0)))
    assert read_scenario_text(json.dumps(document())).crowd.ways_around == 0.5
