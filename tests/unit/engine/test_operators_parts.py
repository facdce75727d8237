"""Which signals and trips operators' orders are about, and what is said of those that make no sense."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.engine.simulation import Simulation
from impetus_sim.errors import InvalidInputError
from impetus_sim.traffic.staging import HELD_BACK_US

TRAFFIC = {
    "traffic": {
        "signals": {"at": [{"xy": [131, 131]}, {"xy": [280, 131]}]},
        "demand": {
            "everyday": {"kind": "gravity", "trips": 60, "through": 1.0, "end": 15},
            "others": {"kind": "gravity", "trips": 40, "through": 0.5, "end": 15},
        },
    }
}
WEST = {"box": [0, 0, 200, 400]}


@pytest.fixture(scope="module")
def ordered(town):
    """A function from the keys of an intervention to what its orders are about, and the traffic of the run."""

    def find(**keys):
        part = {"at_time": 1.0, **keys}
        traffic = Simulation(town(TRAFFIC, {"interventions": {"part": part}}), seed=3).systems.traffic
        return traffic.orders._about, traffic.flow

    return find


@pytest.fixture(scope="module")
def refused(town):
    """A function from the keys of an intervention to the message with which a run is refused."""

    def message(*, traffic=TRAFFIC, **keys):
        with pytest.raises(InvalidInputError) as caught:
            Simulation(town(traffic, {"interventions": {"part": {"at_time": 1.0, **keys}}}), seed=3)
        return str(caught.value)

    return message


def test_a_street_is_favoured_where_it_passes_a_signal_and_the_phases_stay(ordered):
    keys = {"cycle": "80 s", "favour": {"xy": [110, 150]}, "green_share": "70 %"}
    about, flow = ordered(kind="signal_control", at={"box": [0, 0, 400, 400]}, **keys)
    plans = about.plans["part"]
    assert len(plans) == len(flow.plans) == 2
    greens = []
    for row, plan in plans.items():
        built = flow.plans[row]
        assert plan.group_of_link == built.group_of_link
        assert [phase.groups for phase in plan.phases] == [phase.groups for phase in built.phases]
        assert sum(phase.green_s + phase.clear_s for phase in plan.phases) == pytest.approx(80.0)
        greens.append(max(phase.green_s for phase in plan.phases) / sum(p.green_s for p in plan.phases))
    assert max(greens) == pytest.approx(0.7)


def test_a_trip_belongs_to_the_first_stage_in_which_it_begins(ordered):
    stages = [{"at": WEST, "start": "2 min"}, {"at": {"box": [0, 0, 400, 400]}, "hold": True}]
    about, flow = ordered(kind="staged_departure", of="everyday", stages=stages)
    staging = about.stagings["part"]
    assert staging.vehicles.tolist() == list(range(60))
    x = flow.vehicles["origin"][:60]
    west = staging.after_us == 120_000_000
    assert west.any() and (staging.after_us[~west] == HELD_BACK_US).all() and (~west).any()
    assert not set(x[west]) & set(x[~west])


def test_trips_of_no_stage_are_left_alone_and_the_rest_is_a_stage_without_a_place(ordered):
    some, _ = ordered(kind="staged_departure", stages=[{"at": WEST, "hold": True}])
    everybody, _ = ordered(kind="staged_departure", stages=[{"at": WEST, "hold": True}, {"start": 60}])
    assert 0 < len(some.stagings["part"].vehicles) < 100
    assert everybody.stagings["part"].vehicles.tolist() == list(range(100))
    assert np.isin(everybody.stagings["part"].after_us, [HELD_BACK_US, 60_000_000]).all()


@pytest.mark.slow
def test_a_run_waits_for_trips_that_are_held_until_they_are_released_and_arrive(town):
    stay = {"kind": "staged_departure", "stages": {"hold": True}, "at_time": 0, "ends_after": 300}
    run = Simulation(town({"time": {"duration": 900}}, TRAFFIC, {"interventions": {"stay": stay}}), seed=3)
    traffic = run.systems.traffic
    run.run_until(290.0)
    assert traffic.flow.counts()["planned"] == 100
    assert not traffic.is_over and not run.is_over
    run.run_until(900.0)
    assert traffic.flow.counts()["arrived"] == 100
    assert traffic.is_over


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"favour": {"xy": [36, 8]}, "green_share": 0.6}, "interventions.part.favour: no signal"),
        ({"control": "max_pressure", "favour": WEST, "green_share": 0.6}, "by queues alone"),
        ({}, "the plan stays as it is"),
        ({"favour": WEST}, "no share of the green"),
        ({"cycle": 5}, "cycle"),
        ({"control": "flashing"}, "control"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(refused, keys, said):
    assert said in refused(kind="signal_control", at={"xy": [131, 131]}, **keys)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"stages": [{"at": {"box": [1, 1, 2, 2]}, "start": 0}]}, "part.stages.0.at: no trip can begin"),
        ({"stages": [{"at": WEST}]}, "no start"),
        ({"stages": [{"at": WEST, "start": 5, "hold": True}]}, "a start, and held"),
        ({"stages": []}, "no stage is given"),
        ({"stages": [{"start": 5}, {"at": WEST, "start": 9}]}, "stage 1 has all trips that are left"),
        ({"of": "nobody", "stages": [{"start": 5}]}, "'nobody' is not an entry of traffic.demand"),
    ],
)
def test_stages_that_make_no_sense_are_refused(refused, keys, said):
    assert said in refused(kind="staged_departure", **keys)


def test_without_traffic_both_are_refused(refused):
    stages = [{"start": 5}]
    assert "no traffic" in refused(traffic={}, kind="staged_departure", stages=stages)
    assert "no traffic" in refused(traffic={}, kind="signal_control", at=WEST, cycle=90)
