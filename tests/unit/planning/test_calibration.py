"""Fitting a scenario to observed series, with a function as stand-in for the engine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from counting_square import SQUARE, make_variants

from impetus_sim.errors import InvalidFilesError, InvalidInputError
from impetus_sim.planning.calibration.calibrate import Calibration, calibrate, fit
from impetus_sim.planning.calibration.observed import ObservedSeries, read_observed
from impetus_sim.planning.calibration.spec import CalibrationSpec, HoldBack
from impetus_sim.report.calibration_picture import save_calibration_picture

pytest.importorskip("optuna")

TRUTH = {"west": 140.0, "haste": 1.6}


def make_spec(**more) -> CalibrationSpec:
    spec = {
        "title": "How many, and how fast?",
        "scenario": "s.yaml",
        "factors": {
            "west": {"key": "west", "range": {"uniform": [20, 200]}},
            "haste": {"key": "haste", "range": {"uniform": [0.5, 2.5]}},
        },
        "observed": "observed.csv",
        "hold_back": {"last": 0.3},
        "budget": 40,
        "batch": 8,
        "replicates": 2,
        "confirm": 6,
        "seed": 3,
    }
    return CalibrationSpec.model_validate({**spec, **more})


def observe(path: Path) -> Path:
    # one run of the truth, on random numbers of its own
    from types import SimpleNamespace

    from counting_square import count_people

    scenario = SimpleNamespace(values={"east": 100.0, "opened": 0.0, **TRUTH})
    run = count_people(SimpleNamespace(scenario=scenario, seed=77, replicate=5), Path())
    lines = ["time,series,value"]
    for name in ("west", "east"):
        told = run.readings[f"{name}.people_passing"]
        lines += [f"{t},{name},{v}" for t, v in zip(told["times_s"], told["values"], strict=True)]
    lines.append(f",mean_time,{run.metrics['mean_time'].value}")
    path.write_text("\n".join(lines) + "\n")
    return path


def run_fit(folder: Path, **more) -> Calibration:
    spec = make_spec(**more)
    series = read_observed(observe(folder.parent / "observed.csv"), spec.hold_back)
    return fit(spec, make_variants()["base"], series, folder, workers=1, runner=SQUARE)


@pytest.fixture(scope="module")
def fitted(tmp_path_factory) -> Calibration:
    return run_fit(tmp_path_factory.mktemp("fit") / "study")


def test_the_truth_is_found_and_holds_where_it_was_not_fitted(fitted):
    assert fitted.best["west"] == pytest.approx(TRUTH["west"], rel=0.2)
    assert fitted.best["haste"] == pytest.approx(TRUTH["haste"], rel=0.25)
    errors = fitted.document["errors"]
    for part in ("fitted", "held_back"):
        assert errors[part]["fitted"]["value"] < errors[part]["base"]["value"]
    for name, truth in TRUTH.items():
        told = fitted.document["factors"][name]
        assert told["low"] <= told["median"] <= told["high"]
        assert told["low"] - 0.15 * truth <= truth <= told["high"] + 0.15 * truth
    assert 1 <= fitted.document["points_near_best"] < 30


def test_it_is_the_same_when_it_is_started_again(fitted):
    before = (fitted.folder / "calibration.json").read_bytes()
    runs = sorted((fitted.folder / "runs").iterdir())
    for path in runs[::3]:
        path.unlink()
    (fitted.folder / "calibration.json").unlink()
    run_fit(fitted.folder)
    assert (fitted.folder / "calibration.json").read_bytes() == before
    assert sorted((fitted.folder / "runs").iterdir()) == runs, "the same points are tried"
    assert Calibration.load(fitted.folder).document == fitted.document


def test_another_calibration_in_the_folder_is_refused(fitted):
    with pytest.raises(InvalidInputError, match="holds another study"):
        run_fit(fitted.folder, budget=48)


def test_points_are_rows_and_the_scenario_is_written(fitted):
    import pandas as pd

    rows = pd.read_parquet(fitted.folder / "points.parquet")
    assert len(rows) == 40
    best = rows.loc[rows.error.idxmin()]
    assert best.west == fitted.best["west"]
    assert str(fitted.best["west"])[:6] in (fitted.folder / "scenarios" / "fitted.yaml").read_text()


def test_the_picture_shows_every_series(fitted, tmp_path):
    path = save_calibration_picture(fitted.document, tmp_path / "fit.png")
    assert path.stat().st_size > 20_000


def test_what_is_held_back_is_the_end_or_named_series(tmp_path):
    file = observe(tmp_path / "o.csv")
    late = {each.name: each for each in read_observed(file, HoldBack(last=0.25))}
    assert late["west"].is_held_back.tolist() == [False] * 9 + [True] * 3
    assert not late["mean_time"].is_held_back.any()
    named = {each.name: each for each in read_observed(file, HoldBack(series=("east",)))}
    assert named["east"].is_held_back.all()
    assert not named["west"].is_held_back.any()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("time,what,value\n", "has the columns time, what, value"),
        ("time,series,value\n-3,west,1\n", "time is -3"),
        ("time,series,value\n5,west,1\n5,west,2\n", "has a value for that time already"),
        ("time,series,value\n5,west,1\n,west,2\n", "with and without a time"),
        ("time,series,value\n,mean_time,1\n", "leaves nothing to hold back"),
    ],
)
def test_faulty_observations_are_refused(tmp_path, text, told):
    file = tmp_path / "o.csv"
    file.write_text(text)
    with pytest.raises(InvalidInputError, match=told):
        read_observed(file, HoldBack(last=0.3))


def test_series_that_runs_do_not_have_are_told():
    run = {"metrics": {}, "readings": {"gate.people_passing": {"kind": "people_passing", "every_s": 10.0}}}

    def series(name: str, times: list[float]) -> ObservedSeries:
        return ObservedSeries(
            name=name,
            times_s=np.array(times),
            values=np.ones(max(len(times), 1)),
            is_held_back=np.zeros(max(len(times), 1), bool),
        )

    with pytest.raises(InvalidInputError, match="no stream of a sensor"):
        series("door", [10.0]).read_run(run)
    with pytest.raises(InvalidInputError, match="no metric 'door'"):
        series("door", []).read_run(run)
    with pytest.raises(InvalidInputError, match="speaks every 10 s"):
        series("gate", [5.0, 10.0]).read_run(run)


def test_faults_of_a_file_have_their_places(tmp_path):
    file = tmp_path / "calibration.yaml"
    file.write_text(
        "title: t\nscenario: s.yaml\nobserved: o.csv\nfactors:\n  a: {key: crowd.step, values: [1]}\n"
    )
    with pytest.raises(InvalidFilesError, match="what is fitted has a range"):
        calibrate(file, tmp_path / "x")
