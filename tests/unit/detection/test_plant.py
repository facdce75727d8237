"""A small plant with a tank, a pump and two pressures: what an attacker does to it is seen, what it does is not."""

import copy

import numpy as np
import pandas as pd
import pytest

from impetus_sim.detection.plant import LOOKS, PlantMonitor
from impetus_sim.detection.regression import build_features, features_of, fit_relations
from impetus_sim.detection.scoring.batadal import learn, leave_one_out, read_record, watch
from impetus_sim.errors import InvalidInputError

SIGNALS = ("F_PU1", "F_V1", "L_T1", "P_J1", "P_J2", "S_PU1", "S_PU9")


def plant(hours, *, seed, forced=None):
    """Return hourly telemetry; `forced`: level that the pump's controller is told from hour a to before b."""
    rng = np.random.default_rng(seed)
    level, state, rows = 2.0, 0.0, []
    for hour in range(hours):
        seen = level if forced is None or not forced[0] <= hour < forced[1] else forced[2]
        state = 1.0 if seen < 1.5 else 0.0 if seen > 3.0 else state
        demand = 20.0 * (1.0 + 0.4 * np.sin(2 * np.pi * hour / 24)) * rng.uniform(0.9, 1.1)
        flow = state * (50.0 - 2.0 * level)
        rows.append([flow, demand, level, 30 + level - 0.002 * flow**2, 15 + 0.5 * level, state, 0.0])
        level = min(5.0, level + 0.02 * (flow - demand))
    return np.round(np.array(rows), 2)


def hours_s(n):
    return 3600.0 * np.arange(n)


@pytest.fixture(scope="module")
def taught():
    made = PlantMonitor(SIGNALS)
    made.fit(hours_s(3000), plant(3000, seed=1))
    return made


@pytest.fixture
def monitor(taught):
    return copy.deepcopy(taught)


def test_a_clean_record_gives_few_alarms(monitor):
    found = monitor.watch(hours_s(1000), plant(1000, seed=2))
    assert found.alarms.mean() < 0.05


def changed(monitor, change):
    values = plant(600, seed=5)
    change(values)
    return monitor.watch(hours_s(600), values)


def test_a_pump_that_gives_less_is_seen_at_once(monitor):
    def weaker(values):
        values[300:330, 0] *= 0.9

    found = changed(monitor, weaker)
    running = plant(600, seed=5)[300:330, 5] == 1.0
    first = 300 + int(np.flatnonzero(running)[0])
    assert found.alarms[first] and found.scores[first, LOOKS.index("relations")] >= 1.0


def test_a_pump_that_never_ran_is_seen(monitor):
    def started(values):
        values[300:310, 6] = 1.0

    found = changed(monitor, started)
    assert found.alarms[300] and SIGNALS[found.signals[300]] == "S_PU9"


def test_a_controller_that_is_lied_to_breaks_its_rule(monitor):
    values = plant(600, seed=6, forced=(300, 340, 1.0))
    found = monitor.watch(hours_s(600), values)
    look = found.scores[:, LOOKS.index("control_rules")]
    assert (look[300:312] >= 1.0).any() and not (look[:300] >= 1.0).any()


def test_a_replay_is_seen_when_it_has_repeated(monitor):
    def replayed(values):
        values[300:348, 2] = values[252:300, 2]

    found = changed(monitor, replayed)
    look = found.scores[:, LOOKS.index("integrity")]
    assert (look[310:348] >= 1.0).all() and not (look[:300] >= 1.0).any()


def test_no_signal_is_predicted_from_itself():
    rng = np.random.default_rng(1)
    now, past, times = rng.normal(size=(4, 5)), rng.normal(size=(4, 5)), hours_s(4)
    used = features_of(2, 5)
    other = now.copy()
    other[:, 2] += 1.0
    assert np.array_equal(
        build_features(now, past, times)[:, used], build_features(other, past, times)[:, used]
    )


def test_weights_solve_the_ridge_equations_without_the_signal_itself():
    values = plant(800, seed=4)[:, :6] + np.random.default_rng(2).normal(0, 0.01, (800, 6))
    times = hours_s(800)
    model = fit_relations(times, values, np.ones(800, bool))
    z = (values - model.mean) / model.scale
    features = build_features(z[1:], z[:-1], times[1:])
    for signal in range(6):
        used = features_of(signal, 6)
        a = features[:, used]
        expected = np.linalg.solve(a.T @ a + 3.0 * np.eye(len(used)), a.T @ z[1:, signal])
        assert model.weights[used, signal] == pytest.approx(expected, abs=1e-6)
        assert not np.delete(model.weights[:, signal], used).any()


def write(path, values, flags=None):
    table = pd.DataFrame(values, columns=[f" {name}" for name in SIGNALS])
    table.insert(
        0, "DATETIME", pd.date_range("2020-01-06", periods=len(values), freq="h").strftime("%d/%m/%y %H")
    )
    if flags is not None:
        table[" ATT_FLAG"] = flags
    table.to_csv(path, index=False)
    return path


@pytest.fixture
def records(tmp_path):
    flags = np.zeros(700, int)
    values = plant(700, seed=8)
    for start in (200, 500):
        flags[start : start + 30] = 1
        values[start : start + 30, 3] += 0.6
    clean = read_record(write(tmp_path / "clean.csv", plant(2000, seed=7)), is_clean=True)
    return clean, read_record(write(tmp_path / "attacks.csv", values, flags))


def test_a_file_is_read_learned_from_and_scored(records):
    clean, attacked = records
    assert clean.signals == SIGNALS and clean.times_s[0] % (7 * 86400) == 0.0
    found, score = watch(attacked, learn(clean))
    assert score.n_found == 2 and score.s > 0.9 and found.alarms[200]


def test_a_file_without_labels_is_watched_and_not_scored(tmp_path, records):
    unlabelled = read_record(write(tmp_path / "more.csv", plant(100, seed=9)))
    found, score = watch(unlabelled, learn(records[0]))
    assert score is None and len(found.alarms) == 100
    assert len(unlabelled.clean().hours) == 0


def test_hours_near_attacks_are_not_learned_from(records):
    assert len(records[1].clean().hours) == 700 - 2 * (30 + 24)


def test_left_out_attacks_are_found_by_what_is_learned_elsewhere(records):
    clean, attacked = records
    alarms, score = leave_one_out(attacked, [clean])
    assert score.n_found == 2 and score.tnr > 0.9 and alarms[200:230].mean() > 0.9


def test_what_is_no_such_file_is_said(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InvalidInputError, match="no record of a water network"):
        read_record(tmp_path / "a.csv")
    path = write(tmp_path / "b.csv", plant(10, seed=1))
    path.write_text(path.read_text().replace("0.0\n", "x\n"))
    with pytest.raises(InvalidInputError):
        read_record(path)
