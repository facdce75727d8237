"""Branch exactly: from a checkpoint at any moment a run continues to the same digest."""

import numpy as np
import pytest

from impetus_sim.engine.branch import branch_run, restore
from impetus_sim.engine.record import simulate
from impetus_sim.engine.simulation import Simulation
from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.load import change_recorded

MOMENTS = [0.0, 0.01, 1.0, 1.7, 2.0, 2.5, 3.33, 4.5, 6.0, 7.31, 7.35, 8.5, 9.0, 11.0, 13.3, 17.0, 19.99, 20.0]
"""Mid-smoke, mid-lead-time, waiting for staff, arrivals, cordon, closed exit; also off the crowd's steps."""


@pytest.fixture(scope="module")
def unbroken(eventful):
    simulation = Simulation(eventful(), seed=3)
    simulation.run_until(20)
    return simulation


def test_from_any_moment_on_a_new_simulation(eventful, unbroken):
    walking, city = Simulation(eventful(), seed=3), unbroken.city
    for moment in MOMENTS:
        walking.run_until(moment)
        fresh = Simulation(eventful(), seed=3, city=city, check=True)
        fresh.take_over(walking.capture())
        assert fresh.time_s == walking.time_s
        fresh.run_until(20)
        assert fresh.digest.parts == unbroken.digest.parts, moment
        assert fresh.couplings == unbroken.couplings


def test_every_second_restored_once_more(eventful, unbroken):
    """A chain of restores: what is lost in one would show in the next."""
    simulation = Simulation(eventful(), seed=3)
    for second in range(20):
        simulation.run_until(second + 0.37)
        fresh = Simulation(eventful(), seed=3, city=unbroken.city)
        fresh.take_over(simulation.capture())
        simulation = fresh
    simulation.run_until(20)
    assert simulation.digest.value == unbroken.digest.value


def test_back_in_time_on_the_same_simulation(eventful, unbroken):
    simulation = Simulation(eventful(), seed=3)
    simulation.run_until(1.5)
    early = simulation.capture()
    simulation.run_until(15)
    simulation.take_over(early)
    simulation.run_until(20)
    assert simulation.digest.value == unbroken.digest.value


def test_a_checkpoint_is_a_copy(eventful, unbroken):
    simulation = Simulation(eventful(), seed=3, city=unbroken.city)
    simulation.run_until(3)
    checkpoint = simulation.capture()
    before = {name: column.copy() for name, column in checkpoint.tables["crowd"].items()}
    simulation.run_until(6)
    assert all(np.array_equal(before[name], column) for name, column in checkpoint.tables["crowd"].items())


@pytest.fixture(scope="module")
def parent(eventful, tmp_path_factory):
    return simulate(eventful(), seed=3, path=tmp_path_factory.mktemp("parent") / "run.h5")


def test_recorded_and_live_runs_agree(parent, unbroken):
    assert parent.summary["digest"] == unbroken.digest.value
    assert parent.summary["digest_parts"] == unbroken.digest.parts
    assert parent.events()["id"].tolist() == list(range(len(unbroken.world.events)))


@pytest.mark.parametrize("at_s", [0.0, 2.51, 5.0, 7.31, 13.02, 20.0])
def test_a_branch_without_change_is_identical(parent, tmp_path, at_s):
    branch = branch_run(parent, tmp_path / "branch.h5", at_s=at_s)
    assert branch.summary["digest"] == parent.summary["digest"]
    for name, column in parent.events().items():
        assert np.array_equal(branch.events()[name], column, equal_nan=column.dtype.kind == "f")
    assert branch.ticks.tolist() == parent.ticks.tolist()
    for index in range(len(parent.ticks)):
        ours, theirs = branch.frame_at(index), parent.frame_at(index)
        assert np.array_equal(ours.rows, theirs.rows) and np.array_equal(ours.x, theirs.x)


def test_a_branch_with_a_change_differs_only_afterwards(parent, tmp_path):
    def shut(scenario):
        return change_recorded(
            scenario,
            overrides=["interventions.more={kind: exit_control, exit: east, action: close, at_time: 9 s}"],
        )

    branch = branch_run(parent, tmp_path / "branch.h5", at_s=8.0, change=shut)
    assert branch.summary["digest"] != parent.summary["digest"]
    before = parent.times_s <= 9.0
    for index in np.flatnonzero(before):
        assert np.array_equal(branch.frame_at(int(index)).x, parent.frame_at(int(index)).x)
    kinds = branch.events()["kind"].tolist()
    assert b"exit_closed" in kinds and branch.events()["id"].tolist() == list(range(len(kinds)))


def change(*overrides):
    return lambda scenario: change_recorded(scenario, overrides=list(overrides))


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("crowd.populations.guests.count=50", "cannot change 'crowd.populations'"),
        ("map.synthetic.width=13", "cannot change 'map'"),
        ("time.duration=30", "cannot change 'time'"),
        ("interventions.hold=null", r"cannot remove interventions\.hold"),
        ("hazards.fumes.lasts=5000", None),
    ],
)
def test_what_a_branch_may_not_change(parent, tmp_path, override, message):
    if message is None:
        assert branch_run(parent, tmp_path / "branch.h5", at_s=4.0, change=change(override)).is_complete
        return
    with pytest.raises(InvalidInputError, match=message):
        branch_run(parent, tmp_path / "branch.h5", at_s=4.0, change=change(override))
    assert not list(tmp_path.iterdir())


def test_a_branch_may_remove_what_has_not_begun_and_add_stewards(parent, tmp_path):
    branch = branch_run(
        parent, tmp_path / "b.h5", at_s=2.2, change=change("hazards.bang=null", "response.stewards=9")
    )
    assert b"shot" not in branch.events()["kind"].tolist()
    started = branch.events()["tick"][branch.events()["kind"] == b"staff_started"]
    assert started.tolist() != parent.events()["tick"][parent.events()["kind"] == b"staff_started"].tolist()


def test_a_changed_branch_is_named_for_what_it_is(parent, tmp_path):
    """Its first part is the parent's, so it is not the plain run of the changed scenario."""
    same = branch_run(parent, tmp_path / "same.h5", at_s=4.0)
    early = branch_run(parent, tmp_path / "early.h5", at_s=4.0, change=change("response.stewards=9"))
    late = branch_run(parent, tmp_path / "late.h5", at_s=5.0, change=change("response.stewards=9"))
    plain = simulate(
        change("response.stewards=9")(parent_scenario(parent)), seed=3, path=tmp_path / "plain.h5"
    )
    assert same.attributes["run_key"] == parent.attributes["run_key"]
    keys = [run.attributes["run_key"] for run in (parent, early, late, plain)]
    assert len(set(keys)) == 4
    assert early.attributes["parent_run_key"] == parent.attributes["run_key"]


def parent_scenario(parent):
    from impetus_sim.engine.branch import read_scenario

    return read_scenario(parent)


def test_a_checkpoint_of_other_people_or_another_version_is_refused(eventful, room, unbroken):
    with pytest.raises(InvalidInputError, match="its people are others"):
        Simulation(room(), seed=3).take_over(unbroken.capture())
    checkpoint = unbroken.capture()
    del checkpoint.tables["crowd"]["nearest_m"]
    with pytest.raises(InvalidInputError, match="does not fit this engine"):
        Simulation(eventful(), seed=3).take_over(checkpoint)


@pytest.mark.parametrize("at_s", [-1.0, 20.5])
def test_a_moment_outside_is_refused(parent, tmp_path, at_s):
    with pytest.raises(InvalidInputError, match="outside the recording"):
        branch_run(parent, tmp_path / "branch.h5", at_s=at_s)


def test_restore_from_a_recording(parent, unbroken):
    simulation = restore(parent.path, at_s=7.4)
    assert simulation.time_s == 7.4
    simulation.run_until(20)
    assert simulation.digest.value == unbroken.digest.value


def test_an_early_end_is_the_same_after_resuming(room, tmp_path):
    leave = {"time": {"duration": 120}, "crowd": {"populations": {"guests": {"activity": "leave"}}}}
    whole = simulate(room(leave), seed=3, path=tmp_path / "run.h5")
    assert whole.summary["end_s"] < 119
    assert whole.ticks[-1] == whole.summary["end_tick"]
    late = restore(whole.path)
    late.run_until(120)
    assert late.digest.value == whole.summary["digest"]
    branch = branch_run(whole, tmp_path / "branch.h5", at_s=float(whole.summary["end_s"]))
    assert branch.summary["digest"] == whole.summary["digest"]
