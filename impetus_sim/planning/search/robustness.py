"""How sets do in states of the world that nobody can rule out.

Criteria are over states, of the mean of the replicates in each: minimax regret (Savage 1951), the share of states
in which a set is good enough (Starr 1963), the worst state, and the mean in which every state weighs the same.
Intervals are over replicates, each of them a mean over all states.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.paired import compute_mean_interval
from impetus_sim.errors import InvalidInputError
from impetus_sim.planning.discovery import discover_failures
from impetus_sim.planning.experiments.points import BASE, Point, build_plan, describe_factor
from impetus_sim.planning.failure import FailWhen
from impetus_sim.planning.ranges import to_number
from impetus_sim.planning.search.evaluation import Evaluation
from impetus_sim.planning.search.pareto import minimax_regret, satisficing_share
from impetus_sim.planning.search.sets import InterventionSet
from impetus_sim.planning.search.uncertain import UncertainSpec

Floats = npt.NDArray[np.float64]


def evaluate_states(
    spec: UncertainSpec, sets: Sequence[InterventionSet], evaluation: Evaluation, *, seed: int
) -> dict[str, Any]:
    """Run sets in every state of the world and return what ``plan.json`` says of their robustness.

    Parameters
    ----------
    spec
        What is uncertain.
    sets
        Those that are tried.
    evaluation
        Makes the runs.
    seed
        Of the sample.

    Raises
    ------
    InvalidInputError
        When a factor does not fit a set's scenario, or the runs lack the metric of ``fail_when``.
    """
    measured = {} if spec.fail_when is None else _require_metric(evaluation, sets, spec.fail_when.metric)
    points = {each.name: build_plan(spec, {BASE: each.scenario}, seed=seed).points for each in sets}
    names = {name: [f"{name} @ {point.name}" for point in states] for name, states in points.items()}
    n = int(spec.replicates)
    evaluation.run(
        {
            run: point.scenario
            for name, states in points.items()
            for run, point in zip(names[name], states, strict=True)
        },
        n,
    )
    states = points[sets[0].name]
    objective = evaluation.objectives[0]
    values = _read(evaluation, names, objective, n) * evaluation.signs[0]
    whole = np.asarray(np.isfinite(values).all(axis=(0, 2)), np.bool_)
    document: dict[str, Any] = {
        "objective": objective,
        "states": len(states),
        "replicates": n,
        "left_out": int((~whole).sum()),
        "factors": {
            name: describe_factor(sets[0].scenario, name, factor) for name, factor in spec.factors.items()
        },
        "sampled": [{"name": point.name, **point.values} for point in states],
        "weights": "every sampled state weighs the same",
        "sets": [],
    }
    if not whole.any():
        return document
    rows = _describe_sets(sets, values[:, whole], evaluation.signs[0], _some(states, whole))
    if spec.fail_when is not None:
        document["fail_when"] = {
            **spec.fail_when.model_dump(mode="json"),
            "text": spec.fail_when.describe(measured["label"], measured["unit"]),
        }
        failing = _read(evaluation, names, spec.fail_when.metric, n).mean(axis=2)
        _add_failures(rows, failing, spec.fail_when, states, document["factors"])
    document["sets"] = rows
    document["best"] = _choose_best(rows, evaluation.signs[0])
    return document


def _read(evaluation: Evaluation, names: Mapping[str, Sequence[str]], metric: str, n: int) -> Floats:
    # (sets, states, replicates)
    return np.stack([evaluation.metric(runs, metric, n) for runs in names.values()])


def _some(states: Sequence[Point], which: npt.NDArray[np.bool_]) -> list[Point]:
    return [point for point, is_in in zip(states, which, strict=True) if is_in]


def _describe_sets(
    sets: Sequence[InterventionSet], values: Floats, sign: float, states: Sequence[Point]
) -> list[dict[str, Any]]:
    by_state = values.mean(axis=2)
    regret = minimax_regret(by_state)
    rows = []
    for row, each in enumerate(sets):
        interval = compute_mean_interval(sign * values[row].mean(axis=0))
        worst = int(by_state[row].argmax())
        is_bounded = bool(np.isfinite(interval.low))
        rows.append(
            {
                "name": each.name,
                "mean": interval.mean,
                "low": interval.low if is_bounded else None,
                "high": interval.high if is_bounded else None,
                "worst": sign * float(by_state[row, worst]),
                "worst_state": dict(states[worst].values),
                "minimax_regret": float(regret[row]),
                "satisficing_share": None,
            }
        )
    return rows


def _add_failures(
    rows: Sequence[dict[str, Any]],
    values: Floats,
    rule: FailWhen,
    states: Sequence[Point],
    factors: Mapping[str, Mapping[str, str]],
) -> None:
    known = np.asarray(np.isfinite(values).all(axis=0), np.bool_)
    if not known.any():
        return
    sign, limit = (1.0, rule.above) if rule.above is not None else (-1.0, rule.below)
    assert limit is not None
    shares = satisficing_share(sign * values[:, known], threshold=sign * limit)
    sampled = {name: [to_number(point.values[name]) for point in _some(states, known)] for name in factors}
    for row, mine, share in zip(rows, values[:, known], shares, strict=True):
        row["satisficing_share"] = float(share)
        row["failures"] = discover_failures(sampled, rule.judge(mine), factors, what="states")


def _require_metric(
    evaluation: Evaluation, sets: Sequence[InterventionSet], metric: str
) -> Mapping[str, Any]:
    # what the search's own runs know of it, before further ones are made
    known: dict[str, Mapping[str, Any]] = {}
    for each in sets:
        for replicate in range(evaluation.replicates[each.name]):
            known |= evaluation.metrics(each.name, replicate)
    if metric not in known:
        raise InvalidInputError(
            f"fail_when: the runs have no metric '{metric}'", hint=f"they have {', '.join(sorted(known))}"
        )
    return known[metric]


def _choose_best(rows: Sequence[Mapping[str, Any]], sign: float) -> dict[str, str]:
    # ties go to the set that the search prefers
    best = {
        "mean": min(rows, key=lambda row: sign * row["mean"]),
        "worst": min(rows, key=lambda row: sign * row["worst"]),
        "minimax_regret": min(rows, key=lambda row: row["minimax_regret"]),
    }
    if all(row["satisficing_share"] is not None for row in rows):
        best["satisficing_share"] = max(rows, key=lambda row: row["satisficing_share"])
    return {criterion: row["name"] for criterion, row in best.items()}
