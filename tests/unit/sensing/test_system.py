"""Readings when they are due, on their way, lost, recorded; runs without sensors stay as they were."""

import numpy as np
import pytest

from impetus_sim.analysis.sensing.recorded import count_readings, read_streams
from impetus_sim.engine.record import simulate

COUNTERS = {
    "sensing": {
        "sensors": {
            "doors": {"kind": "exit_counter", "exits": "all", "every": 2, "miss": 0.1, "twice": 0.05},
            "slow": {"kind": "exit_counter", "exits": "west", "every": 5, "lag": 3, "miss": 0, "twice": 0},
        }
    },
    "hazards": {"cry": {"kind": "false_alarm", "at": {"xy": [6, 4]}, "start": 1}},
}


def readings(simulation):
    telemetry = simulation.world.telemetry
    return dict(zip(telemetry.streams.ids, telemetry.readings.value.tolist(), strict=True))


def test_streams_are_sorted_and_say_what_they_are(room, start):
    streams = start(room(COUNTERS)).world.telemetry.streams
    assert streams.ids == (
        "doors_east.people_passing", "doors_west.people_passing", "slow.people_passing",
    )  # fmt: skip
    assert streams.kinds == ("people_passing",) * 3
    assert streams.every_s.tolist() == [2.0, 2.0, 5.0]
    assert (streams.asset == -1).all()
    assert streams.x[0] == pytest.approx(12.0) and streams.x[2] == pytest.approx(0.0)


def test_a_reading_that_lags_arrives_late_and_says_what_was(room, start):
    simulation = start(room(COUNTERS), until=7.99)
    left_then = start(room(COUNTERS), until=5.0).world.exits.n_left[1]
    assert np.isnan(readings(simulation)["slow.people_passing"])
    simulation.run_until(8.0)
    table = simulation.world.telemetry.readings
    assert table.value[2] == left_then
    assert simulation.world.seconds(int(table.observed_tick[2])) == 5.0
    assert simulation.world.seconds(int(table.arrived_tick[2])) == 8.0
    assert table.serial.tolist() == [4, 4, 1]


def test_counters_without_errors_count_everybody_once(room, tmp_path):
    exact = {"sensing": {"sensors": {"doors": {"kind": "exit_counter", "miss": 0, "twice": 0, "every": 1}}}}
    recording = simulate(room(COUNTERS, exact, {"time": {"duration": 60}}), seed=3, path=tmp_path / "run.h5")
    said = read_streams(recording)
    columns = [said.streams.ids.index(f"doors_{name}.people_passing") for name in ("east", "west")]
    counts = recording.counts()
    frame = np.searchsorted(recording.seconds(counts["tick"]), said.times_s[-1])
    n_left = counts["exit_left"][frame]
    assert n_left.sum() > 20
    assert np.nansum(said.values[:, columns], axis=0).tolist() == n_left.tolist()


def test_what_is_recorded_is_what_was_said(room, start, tmp_path):
    recording = simulate(room(COUNTERS), seed=3, path=tmp_path / "run.h5")
    said = read_streams(recording)
    assert said.sensors == ("doors", "doors", "slow")
    assert said.sensor_kinds == ("exit_counter",) * 3
    times, values = said.of("doors_west.people_passing")
    assert times.tolist() == [2.0 * k for k in range(1, len(times) + 1)]
    for t, value in zip(times[:4], values[:4], strict=True):
        assert readings(start(room(COUNTERS), until=t))["doors_west.people_passing"] == value
    times, _ = said.of("slow.people_passing")
    assert times.tolist()[:2] == [5.0, 10.0]


def test_readings_due_and_heard_are_counted(room, tmp_path):
    lossy = {"sensing": {"sensors": {"doors": {"drop_out": 0.5, "every": 0.5}}}}
    recording = simulate(room(COUNTERS, lossy), seed=3, path=tmp_path / "run.h5")
    rows = {row["sensor"]: row for row in count_readings(read_streams(recording))}
    assert rows["doors"]["due"] == 2 * int(recording.followed_s / 0.5)
    assert 0.2 < rows["doors"]["heard"] / rows["doors"]["due"] < 0.8
    assert rows["slow"]["due"] == rows["slow"]["heard"] == int((recording.followed_s - 3) / 5)


def test_lost_readings_leave_the_last_one(room, start):
    lossy = {"sensing": {"sensors": {"doors": {"drop_out": 0.5, "every": 0.1}}}}
    simulation = start(room(COUNTERS, lossy), until=20)
    serials = simulation.world.telemetry.readings.serial[:2]
    n = 200
    band = 3.29 * (n * 0.25) ** 0.5
    assert (np.abs(serials - n / 2) < band).all()


def test_sensors_change_nothing_else(room, start):
    with_sensors = start(room(COUNTERS), until=20).digest.parts
    without = start(room(COUNTERS, {"sensing": None}), until=20).digest.parts
    assert without.keys() == with_sensors.keys() - {"sensing"}
    assert all(without[part] == with_sensors[part] for part in without.keys() - {"world"})


def test_a_restart_and_threads_give_the_same(room, start):
    lagging = room(COUNTERS, {"sensing": {"sensors": {"doors": {"lag": 1.3, "drop_out": 0.2}}}})
    whole = start(lagging, until=20, threads=2)
    for moment in (2.5, 7.0, 9.99):
        fresh = start(lagging, city=whole.city, threads=1)
        fresh.take_over(start(lagging, until=moment, city=whole.city).capture())
        fresh.run_until(20)
        assert fresh.digest.parts == whole.digest.parts


def test_a_branch_may_add_and_drop_sensors(room, start):
    before = start(room(COUNTERS), until=9)
    kept = before.world.telemetry.readings.value[2]
    change = {
        "sensors": {"doors": None, "new": {"kind": "exit_counter", "exits": "west", "miss": 0, "twice": 0}}
    }
    other = start(room(COUNTERS, {"sensing": change}))
    other.take_over(before.capture())
    assert readings(other)["slow.people_passing"] == kept
    n_left = other.world.exits.n_left[1]
    other.run_until(10)
    assert readings(other)["new.people_passing"] == other.world.exits.n_left[1] - n_left


def test_a_branch_may_have_sensors_where_the_run_had_none(room, start):
    before = start(room(COUNTERS, {"sensing": None}), until=9)
    n_left = before.world.exits.n_left.copy()
    assert n_left.sum() > 5
    exact = {"sensing": {"sensors": {"doors": {"miss": 0, "twice": 0, "every": 1}, "slow": None}}}
    other = start(room(COUNTERS, exact))
    other.take_over(before.capture())
    other.run_until(10)
    passed = other.world.exits.n_left - n_left
    assert [readings(other)[f"doors_{name}.people_passing"] for name in ("east", "west")] == passed.tolist()


def test_names_of_devices_must_differ(room, start):
    from impetus_sim.errors import InvalidInputError

    clash = {"sensing": {"sensors": {"doors_west": {"kind": "exit_counter", "exits": "west"}}}}
    with pytest.raises(InvalidInputError, match="two devices 'doors_west'"):
        start(room(COUNTERS, clash))
