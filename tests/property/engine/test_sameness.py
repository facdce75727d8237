"""Same in, same out: threads, order in the file, what is recorded, and who else is there."""

import json

import numpy as np
import pytest

from impetus_sim.scenario.load import read_scenario_text

LARGE = {
    "map": {"synthetic": {"width": 40, "depth": 40, "obstacles": [[18, 15, 22, 25]]}},
    "time": {"duration": 6},
    "crowd": {"populations": {"guests": {"count": 2600, "at": {"box": [1, 1, 39, 39]}, "premovement": "none",
                                          "activity": "leave"}}},
}  # fmt: skip


def test_threads(room, start):
    scenario = room(LARGE)  # three blocks of work, so that two threads share them
    one, two = (start(scenario, threads=threads, until=6) for threads in (1, 2))
    assert one.digest.parts == two.digest.parts
    assert one.crowd.counts()["left"] > 0


def backwards(value):
    """Return the same tree with every mapping in the opposite order."""
    if isinstance(value, dict):
        return {key: backwards(value[key]) for key in reversed(value)}
    return value


def test_order_of_entries(eventful, room_text, start):
    from_file = start(eventful(), until=20)
    text = json.dumps(backwards(json.loads(room_text(json.loads(from_file.scenario.to_text())))))
    turned = start(read_scenario_text(text), until=20)
    assert turned.digest.parts == from_file.digest.parts


def test_order_of_exits_on_the_map(eventful, start):
    exits = [
        {"name": "west", "wall": "west", "width": 1.2},
        {"name": "east", "wall": "east", "width": 1.6},
    ]
    turned = start(eventful({"map": {"synthetic": {"exits": exits}}}), until=20)
    assert turned.digest.parts == start(eventful(), until=20).digest.parts


@pytest.mark.parametrize(
    "record",
    [{"frame_every": 0.05}, {"frame_every": 5}, {"positions": False}, {"checkpoint_every": 1.0}],
    ids=str,
)
def test_what_is_recorded(eventful, tmp_path, record):
    from impetus_sim.engine.record import simulate

    usual = simulate(eventful(), seed=3, path=tmp_path / "usual.h5")
    other = simulate(eventful({"record": record}), seed=3, path=tmp_path / "other.h5")
    assert other.summary["digest"] == usual.summary["digest"]
    assert other.attributes["run_key"] != usual.attributes["run_key"]


def test_a_system_that_is_not_coupled_changes_no_other_part(room, start):
    """An exit that is opened although it is open, staff, tasks: nothing of it reaches the crowd."""
    leave = {"crowd": {"populations": {"guests": {"activity": "leave"}}}}
    again = {
        "kind": "exit_control",
        "exit": "west",
        "action": "open",
        "at_time": 2,
        "staff": 3,
        "lead_time": 4,
    }
    alone = start(room(leave), until=15)
    among = start(room(leave, {"response": {"stewards": 3}, "interventions": {"again": again}}), until=15)
    assert among.digest.parts["crowd"] == alone.digest.parts["crowd"]
    assert among.digest.parts["hazards"] == alone.digest.parts["hazards"]
    assert among.digest.parts["response"] != alone.digest.parts["response"]


def columns(simulation):
    return {
        (table.name, name): column.copy()
        for tables in simulation.tables.values()
        for table in tables
        for name, column in table.columns.items()
    }


def assert_same(first, second):
    a, b = columns(first), columns(second)
    different = [key for key in a if not np.array_equal(a[key], b[key], equal_nan=a[key].dtype.kind == "f")]
    assert not different


NOTHING = [{}, {"title": "Other title"}, {"variants": {"x": {"change": {"run": {"seed": 9}}}}}]


@pytest.mark.parametrize("change", NOTHING, ids=str)
def test_an_option_that_changes_nothing(eventful, start, change):
    assert start(eventful(change), until=20).digest.value == start(eventful(), until=20).digest.value


ACTS_AT_8 = [
    {"interventions": {"aaa": {"kind": "cordon", "at": {"box": [0, 0, 6, 8]}, "at_time": 8}}},
    {"interventions": {"zzz": {"kind": "exit_control", "exit": "east", "action": "close", "at_time": 8}}},
    {"interventions": {"aaa": {"kind": "warning", "at_time": 8}}},
    {"hazards": {"aaa": {"kind": "shots", "at": {"xy": [2, 2]}, "start": 8}}},
    {"hazards": {"zzz": {"kind": "smoke", "at": {"xy": [2, 2]}, "start": 8}}},
    {"hazards": {"mmm": {"kind": "brawl", "at": {"xy": [2, 2]}, "start": 8}}},
    {"hazards": {"mmm": {"kind": "false_alarm", "at": {"xy": [2, 2]}, "start": 8}}},
]


@pytest.mark.parametrize(
    "option", ACTS_AT_8, ids=lambda option: next(iter(next(iter(option.values())).values()))["kind"]
)
def test_an_option_that_acts_at_a_time_changes_nothing_before_it(eventful, start, option):
    base, changed = start(eventful()), start(eventful(option))
    for until in (0.0, 3.0, 7.99):
        base.run_until(until)
        changed.run_until(until)
        assert_same(base, changed)
        assert base.digest.value == changed.digest.value
    base.run_until(20)
    changed.run_until(20)
    assert base.digest.value != changed.digest.value


def test_an_early_warning_moves_no_other_draw(room, start):
    """Under an option people still have the same bodies, speeds, pre-movement times and tastes."""
    bang = {"hazards": {"bang": {"kind": "shots", "at": {"xy": [3, 4]}, "start": 6}}}
    early = {"interventions": {"tell": {"kind": "warning", "at_time": 1, "heard_share": 0.5}}}
    base, option = start(room(bang), until=10).crowd.people, start(room(bang, early), until=10).crowd.people
    for column in (
        "uid",
        "profile",
        "radius",
        "desired_speed",
        "time_gap",
        "premovement_s",
        "spot_x",
        "spot_y",
    ):
        assert (base.columns[column] == option.columns[column]).all()
    deaf = (option.aware_tick < 0) | (option.aware_tick >= 600)
    assert deaf.any() and (option.aware_tick[deaf] >= base.aware_tick[deaf]).all()
