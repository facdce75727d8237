"""Designs over a scenario's keys, carried out by worker processes, with a function as stand-in for the engine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from cheap_function import FUNCTION, Numbers

from impetus_sim.errors import InvalidFilesError, InvalidInputError
from impetus_sim.planning.experiments.experiment import Experiment, ExperimentResult
from impetus_sim.planning.experiments.points import BASE, build_plan
from impetus_sim.planning.experiments.spec import ExperimentSpec

BASE_NUMBERS = Numbers(values={"x1": 1.0, "x2": 1.0, "x3": 1.0})
RANGE = {"uniform": [-np.pi, np.pi]}


def make_spec(design: dict, factors: dict, **more) -> ExperimentSpec:
    return ExperimentSpec.model_validate(
        {"title": "t", "scenario": "s.yaml", "factors": factors, "design": design, **more}
    )


def over_ranges(design: dict, **more) -> ExperimentSpec:
    factors = {name: {"key": name, "range": RANGE} for name in ("x1", "x2", "x3")}
    return make_spec(design, factors, **more)


def test_a_factorial_design_has_every_combination():
    calm = Numbers(values={"x1": 0.0, "x2": 1.0, "x3": 1.0})
    spec = make_spec(
        {"kind": "factorial", "levels": 3},
        {
            "what": {"variants": [BASE, "calm"]},
            "x2": {"key": "x2", "values": [0.5, 2]},
            "x3": {"key": "x3", "range": {"uniform": [0, 4]}},
        },
    )
    plan = build_plan(spec, {BASE: BASE_NUMBERS, "calm": calm}, seed=1)
    assert len(plan.points) == 12
    assert plan.points[0].values == {"what": "base", "x2": 0.5, "x3": pytest.approx(0.0, abs=1e-9)}
    last = plan.points[-1]
    assert last.values == {"what": "calm", "x2": 2, "x3": pytest.approx(4.0)}
    assert last.scenario.values == pytest.approx({"x1": 0.0, "x2": 2, "x3": 4.0})
    assert len({point.name for point in plan.points}) == 12


@pytest.mark.parametrize("kind", ["lhs", "sobol"])
def test_samples_fill_each_range_evenly(kind):
    plan = build_plan(over_ranges({"kind": kind, "samples": 16}), {BASE: BASE_NUMBERS}, seed=1)
    for column in plan.cube.T:
        assert sorted((column * 16).astype(int)) == list(range(16))
    assert all(-np.pi <= point.values["x1"] <= np.pi for point in plan.points)


@pytest.mark.parametrize("kind", ["lhs", "sobol"])
def test_every_sample_meets_each_variant(kind):
    factors = {"x2": {"key": "x2", "range": {"uniform": [0, 4]}}, "what": {"variants": [BASE, "calm"]}}
    spec = make_spec({"kind": kind, "samples": 8}, factors)
    calm = Numbers(values={**BASE_NUMBERS.values, "x1": 0.0})
    plan = build_plan(spec, {BASE: BASE_NUMBERS, "calm": calm}, seed=1)
    assert [point.values["what"] for point in plan.points] == [BASE, "calm"] * 8
    states = [point.values["x2"] for point in plan.points]
    assert states[::2] == states[1::2] and len(set(states)) == 8


@pytest.mark.parametrize("design", [{"kind": "lhs", "samples": 12}, {"kind": "factorial", "levels": 3}])
def test_differences_of_variants_are_those_of_the_same_state(design, tmp_path):
    calm = Numbers(values={**BASE_NUMBERS.values, "x1": 0.0}, noise=0.1)
    factors = {"what": {"variants": [BASE, "calm"]}, "x2": {"key": "x2", "range": {"uniform": [0, 4]}}}
    spec = make_spec(design, factors, replicates=3)
    experiment = Experiment(
        spec=spec, variants={BASE: Numbers(values=BASE_NUMBERS.values, noise=0.1), "calm": calm}
    )
    result = experiment.run(tmp_path, runner=FUNCTION)
    metric = next(iter(result.document["metrics"]))
    rows = result.to_dataframe().pivot_table(index=["x2", "replicate"], columns="what", values=metric)
    expected = rows["calm"] - rows[BASE]
    found = result.document["differences"][metric]["calm"]
    assert found["over_all"]["mean"] == pytest.approx(expected.mean())
    assert found["over_all"]["points"] == len(rows) / 3
    by = expected.groupby(level="x2" if design["kind"] == "factorial" else "replicate").mean()
    if design["kind"] == "factorial":
        assert [row["mean"] for row in found["factors"]["x2"]] == pytest.approx(by.tolist())
    else:
        assert [row["points"] for row in found["factors"]["x2"]] == [3, 3, 3, 3]
    assert result.document["factors"]["what"]["titles"] == {BASE: "as it is", "calm": "calm"}


def test_what_does_not_fit_is_refused_before_any_run():
    with pytest.raises(InvalidInputError, match="is one value, not a range"):
        build_plan(make_spec({"kind": "lhs"}, {"a": {"key": "x1", "range": 3}}), {BASE: BASE_NUMBERS}, seed=1)
    with pytest.raises(InvalidInputError, match="no variant 'loud'"):
        build_plan(
            make_spec({"kind": "factorial"}, {"a": {"variants": ["loud"]}}), {BASE: BASE_NUMBERS}, seed=1
        )


def test_a_wrong_key_of_a_real_scenario_is_told(tmp_path):
    file = tmp_path / "experiment.yaml"
    file.write_text(
        "title: t\nscenario: scenarios/padova/acceptance_2021.yaml\n"
        "factors: {delay: {key: interventions.announcement.delya, values: [5 s, 20 s]}}\n"
        "design: {kind: factorial}\n"
    )
    with pytest.raises(InvalidInputError, match=r"factors\.delay: interventions\.announcement\.delya"):
        Experiment.load(file).plan()


def test_faults_of_a_file_have_their_places(tmp_path):
    file = tmp_path / "experiment.yaml"
    file.write_text(
        "title: t\nscenario: s.yaml\nfactors:\n  a: {key: crowd.step}\ndesign: {kind: sobol, samples: 12}\n"
    )
    with pytest.raises(InvalidFilesError) as caught:
        Experiment.load(file)
    told = str(caught.value)
    assert f"{file}:4:" in told
    assert "nothing says what it takes" in told
    assert f"{file}:5:" in told
    assert "12 is not a power of 2" in told


def test_runs_are_rows_and_the_same_bytes_however_often_it_is_started(tmp_path):
    spec = over_ranges({"kind": "lhs", "samples": 8}, replicates=3, seed=5)
    experiment = Experiment(spec=spec, variants={BASE: Numbers(values=BASE_NUMBERS.values, noise=0.1)})
    first = experiment.run(tmp_path / "a", workers=2, runner=FUNCTION)
    rows = first.to_dataframe()
    assert len(rows) == 24
    assert {"point", "x1", "x2", "x3", "replicate", "status", "y"} <= set(rows.columns)
    same = rows[rows.point == "p0"].y - rows[rows.point == "p1"].y.to_numpy()
    assert np.ptp(same) < 1e-12, "replicates share their noise"
    experiment.run(tmp_path / "b", runner=FUNCTION)
    for name in ("experiment.json", "results.parquet"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    (tmp_path / "a" / "experiment.json").unlink()
    experiment.run(tmp_path / "a", runner=FUNCTION)
    assert ExperimentResult.load(tmp_path / "a").document == first.document


def test_another_experiment_in_the_folder_is_refused(tmp_path):
    spec = over_ranges({"kind": "lhs", "samples": 8}, replicates=1)
    Experiment(spec=spec, variants={BASE: BASE_NUMBERS}).run(tmp_path / "a", runner=FUNCTION)
    other = over_ranges({"kind": "lhs", "samples": 32}, replicates=1)
    with pytest.raises(InvalidInputError, match="holds another study"):
        Experiment(spec=other, variants={BASE: BASE_NUMBERS}).run(tmp_path / "a", runner=FUNCTION)


def test_elementary_effects_rank_the_factors(tmp_path):
    pytest.importorskip("SALib")
    spec = over_ranges({"kind": "morris", "trajectories": 10}, replicates=1, seed=2)
    result = Experiment(spec=spec, variants={BASE: BASE_NUMBERS}).run(tmp_path, runner=FUNCTION)
    found = result.document["sensitivity"]["y"]["factors"]
    assert set(found) == {"x1", "x2", "x3"}
    assert all(row["mu_star"]["value"] > 0.0 for row in found.values())


@pytest.mark.slow
def test_sobol_indices_of_the_ishigami_function(tmp_path: Path):
    """Within 0.03 of the closed form (Ishigami and Homma 1990, a = 7, b = 0.1)."""
    pytest.importorskip("SALib")
    spec = over_ranges({"kind": "saltelli", "samples": 2048}, replicates=1, seed=1)
    result = Experiment(spec=spec, variants={BASE: BASE_NUMBERS}).run(tmp_path, workers=2, runner=FUNCTION)
    found = result.document["sensitivity"]["y"]["factors"]
    exact = {"x1": (0.3139, 0.5576), "x2": (0.4424, 0.4424), "x3": (0.0, 0.2437)}
    for name, (alone, total) in exact.items():
        assert found[name]["S1"]["value"] == pytest.approx(alone, abs=0.03)
        assert found[name]["ST"]["value"] == pytest.approx(total, abs=0.03)


@pytest.mark.parametrize("name", ["warning_delay", "what_drives_egress", "spare_gate"])
def test_bundled_experiments_fit_their_scenarios(name):
    plan = Experiment.load(Path("experiments") / f"{name}.yaml").plan()
    assert len(plan.points) >= 12
