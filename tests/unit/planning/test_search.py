"""Sets of variants within limits, and how runs are spent on them."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from cheap_function import FUNCTION, Numbers

from impetus_sim.analysis.paired import compute_mean_interval
from impetus_sim.errors import InvalidInputError
from impetus_sim.planning.comparison.effort import Limits
from impetus_sim.planning.comparison.knpp import screen
from impetus_sim.planning.search.as_good import judge_standing
from impetus_sim.planning.search.candidates import list_candidates
from impetus_sim.planning.search.halving import halve
from impetus_sim.planning.search.pareto import (
    find_pareto,
    minimax_regret,
    rank_fronts,
    satisficing_share,
)
from impetus_sim.planning.search.search import search_plan
from impetus_sim.planning.search.sets import list_sets
from impetus_sim.scenario.load import load_scenario
from impetus_sim.scenario.model import Variant


def make_problem(seed: int, *, n_sets: int = 200, sd_shared: float = 10.0, sd_own: float = 5.0):
    """Sets of eight measures with effects, pairwise interactions and paired noise."""
    rng = np.random.default_rng(seed)
    masks = np.array(list(product([0, 1], repeat=8)), float)
    masks = masks[rng.permutation(len(masks))[:n_sets]]
    effects = rng.uniform(-8.0, 3.0, 8)
    pairs = np.triu(rng.normal(0.0, 1.5, (8, 8)), 1)
    means = 100.0 + masks @ effects + np.einsum("si,ij,sj->s", masks, pairs, masks)
    shared = rng.normal(0.0, sd_shared, 400)
    own = rng.normal(0.0, sd_own, (n_sets, 400))
    return means, means[:, None] + shared + own


def make_skewed_problem(seed: int, *, n_sets: int = 200):
    """Sizes of four measures on a curved landscape; skewed noise that grows with the mean."""
    rng = np.random.default_rng([seed, 77])
    grid = np.array(list(product(range(4), repeat=4)), float)
    grid = grid[rng.permutation(len(grid))[:n_sets]]
    peak, size = rng.uniform(0.0, 3.0, 4), rng.uniform(3.0, 12.0, 4)
    means = 60.0 + (size * ((grid - peak) / 3.0) ** 2).sum(axis=1)
    shared = rng.lognormal(-0.5 * 0.12**2, 0.12, 400)
    own = rng.lognormal(-0.5 * 0.07**2, 0.07, (n_sets, 400))
    return means, means[:, None] * shared * own


@pytest.mark.parametrize("make", [make_problem, make_skewed_problem])
def test_halving_finds_a_set_near_the_best_with_a_quarter_of_the_runs(make):
    """Within 2 % of the best of 200 sets in at least 18 of 20 problems; 20 replicates each would be 4 000 runs."""
    n_near = 0
    for seed in range(20):
        means, values = make(seed)
        used = set()

        def evaluate(rows, n, values=values, used=used):
            used.update(product(rows, range(n)))
            return values[list(rows), :n]

        found = halve(200, n_runs=1000, evaluate=evaluate)
        assert found.n_runs <= 1000
        assert len(used) == found.n_runs
        assert sorted(found.order) == list(range(200))
        n_near += means[found.order[0]] <= 1.02 * means.min()
    assert n_near >= 18


def test_halving_of_few_sets_is_a_plain_comparison():
    values = np.array([[3.0, 4.0, 5.0, 4.0], [1.0, 2.0, 1.0, 2.0], [2.0, 2.0, 2.0, 2.0]])
    found = halve(3, n_runs=12, evaluate=lambda rows, n: values[list(rows), :n])
    assert found.order == (1, 2, 0)
    assert [(one.sets, one.replicates) for one in found.rounds] == [((0, 1, 2), 4)]


def test_what_must_stay_stays_and_failed_runs_lose():
    values = np.tile(np.arange(64.0)[:, None], 300)
    values[5] = np.nan
    found = halve(64, n_runs=640, evaluate=lambda rows, n: values[list(rows), :n], always=(63,))
    assert found.order[0] == 0
    assert all(63 in one.sets for one in found.rounds)
    assert 5 not in found.rounds[-1].sets


def test_too_few_runs_are_refused():
    with pytest.raises(ValueError, match="cannot look at 10 sets once"):
        halve(10, n_runs=9, evaluate=lambda rows, n: np.zeros((len(rows), n)))


def test_knpp_chooses_the_best_as_often_as_it_says():
    """Five sets, the best by just the indifference zone, paired noise: at least 95 % right but for sampling."""
    rng = np.random.default_rng(4)
    n_right, n_problems, n_used = 0, 400, []
    for _ in range(n_problems):
        values = rng.normal(0.0, 1.0, 4000) + rng.normal(0.0, 1.0, (5, 4000))
        values[1:] += 0.5
        left, n = tuple(range(5)), 10
        while True:
            found = screen(values[:, :n], left, indifference=0.5, confidence=0.95)
            left = found.left
            if found.is_decided:
                break
            n += 5
        n_right += min(left, key=lambda row: values[row, :n].mean()) == 0
        n_used.append(n)
    assert n_right / n_problems >= 0.95 - 3.0 * np.sqrt(0.95 * 0.05 / n_problems)
    assert np.mean(n_used) < 400


def test_knpp_drops_what_is_far_behind_and_keeps_equals():
    values = np.random.default_rng(1).normal(0.0, 0.1, (3, 20))
    values[2] += 50.0
    values[1] = values[0]
    found = screen(values, (0, 1, 2), indifference=0.05, confidence=0.9)
    assert found.left == (0, 1)


def test_pareto_set_and_fronts():
    values = np.array([[1.0, 4.0], [2.0, 2.0], [4.0, 1.0], [3.0, 3.0], [2.0, 2.0], [5.0, 5.0]])
    assert find_pareto(values).tolist() == [True, True, True, False, True, False]
    assert rank_fronts(values).tolist() == [0, 0, 0, 1, 0, 2]


def test_robust_criteria():
    values = np.array([[1.0, 9.0], [4.0, 5.0], [3.0, 8.0]])
    assert minimax_regret(values).tolist() == [4.0, 3.0, 3.0]
    assert satisficing_share(values, threshold=5.0).tolist() == [0.5, 1.0, 0.5]


def variant(cost: float = 0.0, vary=None, **change) -> Variant:
    return Variant.model_validate({"change": change, "cost": cost, "vary": vary or {}})


NUMBERS = Numbers(
    values={"x1": 0.5, "x2": 1.0, "x3": 0.5},
    noise=0.1,
    variants={
        "low": variant(10.0, x2=0.0),
        "middle": variant(4.0, x2=0.4),
        "turn": variant(5.0, vary={"x1": (-1.0, -1.5)}, x1=0.0),
        "far": variant(3.0, x3=3.0),
    },
)


def test_sets_keep_the_limits_and_never_change_one_key_twice():
    candidates = list_candidates(NUMBERS)
    assert len(list_sets(NUMBERS, candidates, Limits())) == 3 * 3 * 2
    within = list_sets(NUMBERS, candidates, Limits(budget=9.0))
    assert [each.name for each in within] == [
        "baseline", "middle", "turn.1", "turn.2", "far",
        "middle+turn.1", "middle+turn.2", "middle+far", "turn.1+far", "turn.2+far",
    ]  # fmt: skip
    assert within[6].scenario.values == {"x1": -1.5, "x2": 0.4, "x3": 0.5}
    assert within[6].effort.cost == 9.0


def test_effort_follows_from_the_interventions_of_a_scenario():
    base = load_scenario("scenarios/padova/market_alarm.yaml")
    sets = list_sets(base, list_candidates(base), Limits())
    effort = {each.name: each.effort for each in sets}
    assert effort["baseline"].staff == 0
    assert (effort["hold_back"].staff, effort["hold_back"].lead_time_s) == (12, 10.0)
    assert effort["clear_passage+hold_back"].staff == 16
    assert effort["clear_passage+hold_back"].lead_time_s == 45.0
    few = list_sets(base, list_candidates(base), Limits(staff=12))
    assert "clear_passage+hold_back" not in [each.name for each in few]


def test_a_search_agrees_with_brute_force_and_goes_on_where_it_stopped(tmp_path):
    result = search_plan(NUMBERS, limits=Limits(budget=9.0), folder=tmp_path, runner=FUNCTION, seed=3)
    assert result.best == "turn.2+far"
    document = result.document
    assert document["feasible_sets"] == 10
    assert document["runs"] <= 50
    assert document["sets"][0]["probability_best"] > 0.95
    assert document["sets"][0]["standing"] == "best"
    assert result.as_good == []
    assert all(row["standing"] == "behind" for row in document["sets"][1:] if row["is_finalist"])
    assert document["sets"][-1]["standing"] is document["sets"][-1]["behind_best"] is None
    assert {row["name"] for row in document["sets"] if row["is_pareto"]} == {"turn.2+far"}
    written = (tmp_path / "plan.json").read_bytes()
    (tmp_path / "plan.json").unlink()
    search_plan(NUMBERS, limits=Limits(budget=9.0), folder=tmp_path, runner=FUNCTION, seed=3, workers=2)
    assert (tmp_path / "plan.json").read_bytes() == written


def test_a_set_that_hardly_differs_from_the_best_is_as_good(tmp_path):
    twins = replace(NUMBERS, variants={**NUMBERS.variants, "too": variant(6.0, x3=2.98)})
    result = search_plan(
        twins, limits=Limits(budget=11.0), folder=tmp_path, runner=FUNCTION, seed=3, matters=0.1, max_runs=200
    )
    assert result.as_good == ["turn.2+too"]
    row = next(row for row in result.document["sets"] if row["name"] == "turn.2+too")
    limit = result.document["matters"]
    baseline = next(row for row in result.document["sets"] if row["name"] == "baseline")
    mean = baseline["objectives"]["y"]["mean"]
    assert limit == {"share": 0.1, "value": pytest.approx(0.1 * abs(mean))}
    assert 0.0 < row["behind_best"]["mean"] <= row["behind_best"]["high"] <= limit["value"]


def test_what_matters_decides_how_a_set_stands():
    behind = {"mean": 1.0, "low": 0.5, "high": 1.5}
    assert judge_standing(behind, 1.5) == "as_good"
    assert judge_standing(behind, 1.0) == "unclear"
    assert judge_standing(behind, 0.4) == "behind"
    assert judge_standing({"mean": 0.0, "low": 0.0, "high": 0.0}, 0.0) == "as_good"
    assert judge_standing({"mean": 1.0, "low": None, "high": None}, 5.0) == "unclear"
    assert judge_standing(behind, None) == "unclear"


def test_a_set_that_is_worse_than_what_matters_is_seldom_called_as_good():
    """Four sets, the best not known: at most 5 % wrong just over the limit, and most equals are found."""
    rng = np.random.default_rng(7)
    n_problems, n, limit = 1000, 20, 1.0
    n_as_good = {}
    for behind in (0.0, 1.001):
        means = np.array([0.0, behind, 2.0, 4.0])
        values = means[:, None] + rng.normal(0.0, 3.0, (n_problems, 1, n))
        values += rng.normal(0.0, 1.0, (n_problems, 4, n))
        n_as_good[behind] = 0
        for one in values:
            best = int(one.mean(axis=1).argmin())
            interval = compute_mean_interval(one[1] - one[best])
            found = judge_standing({"low": interval.low, "high": interval.high}, limit)
            n_as_good[behind] += best == 1 or found == "as_good"
    assert n_as_good[1.001] <= 0.05 * n_problems + 3.0 * np.sqrt(0.05 * 0.95 * n_problems)
    assert n_as_good[0.0] > 0.75 * n_problems


def test_what_cannot_be_searched_is_refused(tmp_path):
    with pytest.raises(InvalidInputError, match="no variant 'high'"):
        search_plan(NUMBERS, limits=Limits(), folder=tmp_path, candidates=["high"], runner=FUNCTION)
    with pytest.raises(InvalidInputError, match=r"matters is 2; allowed: above 0 and below 1, such as 0\.02"):
        search_plan(NUMBERS, limits=Limits(), folder=tmp_path, matters=2.0, runner=FUNCTION)
    with pytest.raises(InvalidInputError, match="keeps the limits"):
        search_plan(NUMBERS, limits=Limits(budget=1.0), folder=tmp_path, runner=FUNCTION)
    with pytest.raises(InvalidInputError, match="cannot look at 18 feasible sets"):
        search_plan(NUMBERS, limits=Limits(), folder=tmp_path, max_runs=10, runner=FUNCTION)
