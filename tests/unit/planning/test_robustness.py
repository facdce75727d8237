"""Sets in uncertain states of the world, and when they fail."""

from __future__ import annotations

import numpy as np
import pytest
from cheap_function import FUNCTION, Numbers

from impetus_sim.errors import InvalidFilesError, InvalidInputError
from impetus_sim.planning.comparison.effort import Limits
from impetus_sim.planning.discovery import discover_failures
from impetus_sim.planning.experiments.experiment import Experiment
from impetus_sim.planning.experiments.points import BASE
from impetus_sim.planning.experiments.spec import ExperimentSpec
from impetus_sim.planning.failure import FailWhen
from impetus_sim.planning.search.search import search_plan
from impetus_sim.planning.search.uncertain import UncertainSpec
from impetus_sim.scenario.model import Variant
from impetus_sim.scenario.spec_file import read_spec_file

DESCRIBED = {
    "people": {"label": "people", "unit": ""},
    "delay": {"label": "delay", "unit": "s"},
    "option": {"label": "what is done", "unit": ""},
}


def make_points(seed: int, n: int):
    rng = np.random.default_rng(seed)
    return {
        "people": rng.uniform(6_000.0, 12_000.0, n).tolist(),
        "delay": rng.choice([5.0, 20.0, 40.0, 60.0], n).tolist(),
        "option": rng.choice(["base", "gate"], n).tolist(),
    }


def test_the_box_of_failures_is_found_in_words():
    """Of a known box, with every tenth point mislabelled."""
    pytest.importorskip("ema_workbench")
    points = make_points(1, 200)
    fails = (np.array(points["people"]) > 9_200.0) & (np.array(points["delay"]) >= 40.0)
    fails ^= np.random.default_rng(2).random(200) < 0.05
    found = discover_failures(points, fails, DESCRIBED, what="runs")
    box = found["boxes"][0]
    assert set(box["limits"]) == {"people", "delay"}
    assert box["limits"]["people"]["low"] == pytest.approx(9_200.0, rel=0.05)  # a peel takes 5 %
    assert box["limits"]["delay"] == {"low": 40.0, "high": None, "quasi_p": box["limits"]["delay"]["quasi_p"]}
    assert box["limits"]["people"]["quasi_p"] < 1e-4
    assert box["coverage"] > 0.75
    assert box["density"] > 0.85
    assert box["text"].startswith("fails when people ≥ 9 ")
    assert "and delay ≥ 40 s:" in box["text"]


def test_categories_make_boxes_too():
    pytest.importorskip("ema_workbench")
    points = make_points(3, 100)
    fails = (np.array(points["option"]) == "base") & (np.array(points["delay"]) <= 20.0)
    (box,) = discover_failures(points, fails, DESCRIBED, what="runs")["boxes"]
    assert box["limits"]["option"]["values"] == ["base"]
    assert (box["coverage"], box["density"]) == (1.0, 1.0)


def test_chance_makes_no_box():
    pytest.importorskip("ema_workbench")
    points = make_points(4, 60)
    found = discover_failures(points, np.random.default_rng(5).random(60) < 0.3, DESCRIBED, what="states")
    assert found["boxes"] == []
    assert "stand out" in found["note"]


@pytest.mark.parametrize(
    ("n_failures", "told"), [(0, "none of 20"), (20, "all 20"), (3, "3 of 20 states fail: too uneven")]
)
def test_what_needs_no_box_says_so(n_failures, told):
    fails = np.arange(20) < n_failures
    found = discover_failures(make_points(6, 20), fails, DESCRIBED, what="states")
    assert told in found["note"]


def test_limits_may_have_units_and_one_side():
    assert FailWhen.model_validate({"metric": "y", "above": "10 min"}).above == 600.0
    rule = FailWhen.model_validate({"metric": "y", "below": 0.9})
    assert rule.judge(np.array([0.8, 0.95, np.nan])).tolist() == [True, False, False]
    with pytest.raises(ValueError, match="one limit is needed"):
        FailWhen.model_validate({"metric": "y", "above": 1, "below": 0})


BASE_NUMBERS = Numbers(
    values={"x1": 1.0, "x2": 0.0, "x3": 1.0},
    noise=0.05,
    variants={
        "left": Variant.model_validate({"change": {"x1": -1.0}}),
        "far_left": Variant.model_validate({"change": {"x1": -1.5}}),
    },
)
"""y = sin x1 (1 + 0.1 x3^4) + 7 sin^2 x2 + noise: left is low; how low depends on x3."""

UNCERTAIN = UncertainSpec.model_validate(
    {
        "factors": {
            "x2": {"key": "x2", "range": {"uniform": [0.0, 1.5]}},
            "x3": {"key": "x3", "range": {"uniform": [0.0, 3.0]}},
        },
        "states": 40,
        "replicates": 1,
        "fail_when": {"metric": "y", "above": 2.0},
    }
)


def test_criteria_are_over_states_and_agree_with_a_computation_by_hand(tmp_path):
    pytest.importorskip("ema_workbench")
    result = search_plan(
        BASE_NUMBERS, limits=Limits(), folder=tmp_path, runner=FUNCTION, uncertain=UNCERTAIN, seed=1
    )
    robust = result.document["robust"]
    rows = {row["name"]: row for row in robust["sets"]}
    assert set(rows) == {"baseline", "left", "far_left"}
    x2, x3 = (np.array([state[name] for state in robust["sampled"]]) for name in ("x2", "x3"))
    noise = np.mean([np.random.default_rng([1, r]).normal() for r in range(1)])
    y = {
        name: np.sin(x1) * (1.0 + 0.1 * x3**4) + 7.0 * np.sin(x2) ** 2 + 0.05 * noise
        for name, x1 in (("baseline", 1.0), ("left", -1.0), ("far_left", -1.5))
    }
    least = np.min(list(y.values()), axis=0)
    for name, row in rows.items():
        assert row["mean"] == pytest.approx(y[name].mean())
        assert row["worst"] == pytest.approx(y[name].max())
        assert row["minimax_regret"] == pytest.approx((y[name] - least).max())
        assert row["satisficing_share"] == np.mean(y[name] <= 2.0)
        assert row["worst_state"]["x2"] == x2[y[name].argmax()]
    assert robust["best"]["minimax_regret"] == "far_left"
    assert "x2" in rows["left"]["failures"]["boxes"][0]["limits"]
    runs = result.document["runs"]
    assert runs == 15, "runs in states of the world are not those of the search"


def test_what_a_plan_decides_is_not_uncertain(tmp_path):
    spec = UncertainSpec.model_validate({"factors": {"a": {"key": "x1", "values": [0, 1]}}})
    with pytest.raises(InvalidInputError, match="variant 'left' decides x1"):
        search_plan(BASE_NUMBERS, limits=Limits(), folder=tmp_path, runner=FUNCTION, uncertain=spec)


def test_an_unknown_metric_is_told_before_states_are_run(tmp_path):
    spec = UNCERTAIN.model_copy(update={"fail_when": FailWhen(metric="z", above=1.0)})
    with pytest.raises(InvalidInputError, match="no metric 'z'"):
        search_plan(BASE_NUMBERS, limits=Limits(), folder=tmp_path, runner=FUNCTION, uncertain=spec)
    assert len(list((tmp_path / "runs").glob("*.json"))) <= 15


def test_faults_of_the_file_have_their_places(tmp_path):
    file = tmp_path / "uncertain.yaml"
    file.write_text("factors:\n  option: {variants: [base]}\nfail_when: {metric: y}\n")
    with pytest.raises(InvalidFilesError, match="one limit is needed"):
        read_spec_file(file, UncertainSpec)


def test_an_experiment_says_when_it_fails(tmp_path):
    pytest.importorskip("ema_workbench")
    factors = {name: {"key": name, "range": {"uniform": [0.0, 1.5]}} for name in ("x1", "x2")}
    spec = ExperimentSpec.model_validate(
        {
            "title": "t", "scenario": "s.yaml", "factors": factors, "replicates": 1,
            "design": {"kind": "sobol", "samples": 64}, "fail_when": {"metric": "y", "above": 4.0},
        }
    )  # fmt: skip
    result = Experiment(spec=spec, variants={BASE: BASE_NUMBERS}).run(tmp_path, runner=FUNCTION)
    failures = result.document["failures"]
    assert failures["rule"] == "height above 4 m"
    assert failures["boxes"][0]["limits"]["x2"]["low"] == pytest.approx(0.8, abs=0.15)
