"""Stairs and ramps: handbook speeds by direction, flow limits at the edge, ways by their time."""

import json
import math

import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.load import read_scenario_text
from impetus_sim.scenario.slopes import Ramp, Stair

LENGTH_M = 12.0
STAIR_M = (1.0, 9.0)
"""A stair of 8 m run in a corridor, 6 m rise: 10 m along the slope (RiMEA tests 2 and 3)."""


def document(
    slopes, *, length=LENGTH_M, width=2.0, count=1, at=(0.1, 0.5, 0.9, 1.5), exits=("east",), **crowd
):
    people = {"count": count, "at": {"box": list(at)}, "activity": "leave", "exits": list(exits)}
    people |= {"profiles": crowd.pop("who", "walker")}
    return {
        "title": "stair",
        "map": {"synthetic": {"kind": "corridor", "length": length, "width": width}},
        "time": {"duration": 300},
        "crowd": {
            "profiles": {"walker": {"desired_speed": 1.0}},
            "populations": {"people": people},
            "slopes": slopes,
            **crowd,
        },
    }


@pytest.fixture
def begin(start):
    return lambda *args, **more: start(read_scenario_text(json.dumps(document(*args, **more))))


def time_between(simulation, x0, x1, *, until=120.0):
    track = []
    simulation.run_until(until, after_tick=lambda s: track.append((s.time_s, float(s.crowd.people.x[0]))))
    times, x = np.array(track).T
    order = np.argsort(x)
    return float(np.ptp(np.interp([x0, x1], x[order], times[order])))


@pytest.mark.parametrize(("up", "factor"), [("east", 0.5), ("west", 0.8)])
def test_ten_metres_along_the_slope_take_ten_metres_over_the_speed(begin, up, factor):
    stair = {"kind": "stair", "at": {"box": [1, 0, 9, 2]}, "up": up, "rise": 6}
    stair |= {"up_factor": 0.5, "down_factor": 0.8}
    seconds = time_between(begin({"steps": stair}), *STAIR_M)
    assert seconds == pytest.approx(10.0 / factor, rel=0.01)


def test_a_stair_drawn_along_the_slope_at_the_level_speed_takes_its_length(begin):
    stair = {"kind": "stair", "at": {"box": [1, 0, 11, 2]}, "up": "east", "up_factor": 1.0}
    assert time_between(begin({"steps": stair}), 1.0, 11.0) == pytest.approx(10.0, rel=0.01)


def test_handbook_speeds():
    stair = Stair(at={"box": [0, 0, 8, 2]}, up="east", rise=6.0)
    up, down = stair.factors(stair.gradient(8.0))
    # Weidmann's speeds are horizontal ones: along a slope of 3 : 4 people walk 5/4 as fast
    assert up * 1.34 == pytest.approx(0.610 * 1.25) and down * 1.34 == pytest.approx(0.694 * 1.25)
    assert stair.capacities(1.3) == pytest.approx((0.88, 1.1))
    ramp = Ramp(at={"box": [0, 0, 20, 2]}, up="east", rise=2.0)
    assert ramp.factors(ramp.gradient(20.0)) == pytest.approx((0.885, 1.0))


@pytest.mark.parametrize(("direction", "band"), [("east", (0.75, 0.9)), ("west", (0.95, 1.12))])
def test_flow_on_to_a_stair_keeps_to_the_handbooks(begin, direction, band):
    stair = {"kind": "stair", "at": {"box": [12, 0, 20, 2]}, "up": direction}
    simulation = begin({"steps": stair}, length=24.0, count=70, at=(0.3, 0.3, 11.7, 1.7), who="adult")
    entered = simulation.crowd.behaviours[0].state[0].n_entered
    simulation.run_until(5.0)
    before = int(entered.sum())
    simulation.run_until(30.0)
    flow = (int(entered.sum()) - before) / 25.0 / 2.0
    assert band[0] <= flow <= band[1]
    assert entered[0, 0 if direction == "west" else 1] == 0


def test_nobody_is_lost_and_wheelchairs_stay_off_the_steps(begin):
    stair = {"kind": "stair", "at": {"box": [4, 0, 8, 2]}, "up": "east"}
    simulation = begin({"steps": stair}, count=6, at=(0.5, 0.5, 3, 1.5), who="wheelchair_user", exits=())
    simulation.run_until(60.0)
    people = simulation.crowd.people
    assert (people.exit[people.state == 2] == simulation.world.ground.exit_names.index("west")).all()
    assert (people.x[people.state == 1] < 4.0).all()


def test_a_restored_run_goes_on_bit_for_bit(begin, tmp_path):
    from impetus_sim.engine.simulation import Simulation

    stair = {"kind": "stair", "at": {"box": [6, 0, 10, 2]}, "up": "east"}
    simulation = begin({"steps": stair}, count=20, at=(0.3, 0.3, 5.5, 1.7), who="adult")
    simulation.run_until(8.0)
    path = simulation.checkpoint(tmp_path / "half.h5")
    simulation.run_until(16.0)
    again = Simulation.restore(path)
    again.run_until(16.0)
    assert again.digest.value == simulation.digest.value


def test_slopes_must_not_overlap(begin):
    first = {"kind": "stair", "at": {"box": [1, 0, 5, 2]}, "up": "east"}
    with pytest.raises(InvalidInputError, match=r"slopes\.second: it overlaps 'first'"):
        begin({"first": first, "second": {**first, "at": {"box": [4, 0, 8, 2]}}})


def test_a_ramp_needs_a_rise():
    with pytest.raises(ValueError, match="no gradient"):
        Ramp(at={"box": [0, 0, 2, 2]}, up="north")


def test_ways_are_chosen_by_their_time(start):
    # two openings side by side, 2 m apart: over a stair that costs much time, or on the level
    def share_over_the_stair(reluctance):
        tree = document({}, length=20.0, width=9.0, count=30, at=(0.5, 3.0, 4, 6.0), who="adult")
        tree["map"]["synthetic"] = {
            "kind": "room", "width": 20, "depth": 9,
            "exits": [{"name": "east", "wall": "east", "width": 3.0, "centre": 4.5}],
            "obstacles": [[6, 3, 14, 6]],
        }  # fmt: skip
        stair = {"kind": "stair", "at": {"box": [6, 0, 14, 3]}, "up": "east", "reluctance": reluctance}
        tree["crowd"]["slopes"] = {"steps": stair}
        simulation = start(read_scenario_text(json.dumps(tree)), until=40.0)
        entered = simulation.crowd.behaviours[0].state[0].n_entered
        return int(entered.sum()) / 30

    assert share_over_the_stair(1.0) < 0.2
    assert share_over_the_stair(0.2) > 0.8
    assert math.isfinite(share_over_the_stair(0.5))
