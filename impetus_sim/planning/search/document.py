"""plan.json: what a search found, set by set (fields: docs/experiments.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.best import BEST_METHOD, judge_best
from impetus_sim.analysis.paired import compute_mean_interval
from impetus_sim.planning.comparison.effort import Limits
from impetus_sim.planning.runs.store import SCHEMA_VERSION
from impetus_sim.planning.search.as_good import STANDING_METHOD, judge_standing
from impetus_sim.planning.search.candidates import LEVELS
from impetus_sim.planning.search.evaluation import Evaluation
from impetus_sim.planning.search.halving import Halving
from impetus_sim.planning.search.pareto import find_pareto
from impetus_sim.planning.search.sets import InterventionSet
from impetus_sim.version import __version__

Floats = npt.NDArray[np.float64]

DOCUMENT: Final = "plan.json"
_SEARCHES: Final = {
    "every": "every feasible set; paired successive halving on common random numbers",
    "guided": "sets bred by NSGA-II (Optuna) on few paired replicates; paired successive halving of the elite",
}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a search ended.

    Parameters
    ----------
    sets
        Those among which runs were spent by halving; the first is the baseline.
    halving
        How.
    others
        Sets that were looked at before and left behind.
    method
        ``every`` or ``guided``.
    generations
        Of a guided search.
    """

    sets: tuple[InterventionSet, ...]
    halving: Halving
    others: tuple[InterventionSet, ...]
    method: str
    generations: int

    @property
    def finalists(self) -> list[InterventionSet]:
        """Sets of the last round, best first."""
        last = set(self.halving.rounds[-1].sets)
        return [self.sets[row] for row in self.halving.order if row in last]


def describe_plan(
    outcome: Outcome,
    limits: Limits,
    evaluation: Evaluation,
    *,
    title: str,
    matters: float,
    n_runs: int,
    seed: int,
) -> dict[str, Any]:
    """Return the document, sets best first.

    Parameters
    ----------
    outcome
        How the search ended.
    limits
        That sets kept.
    evaluation
        Holds the runs.
    title
        Of the scenario.
    matters
        Differences below this share of the baseline's mean do not matter.
    n_runs
        Runs of the search.
    seed
        Root of all randomness.
    """
    finalists = [each.name for each in outcome.finalists]
    n_final = outcome.halving.rounds[-1].replicates
    chances = _chances(evaluation, finalists, n_final, seed=seed)
    pareto = _find_front(evaluation, finalists, n_final)
    behind = _compare_with_best(evaluation, finalists, n_final)
    limit = _find_limit(evaluation, outcome.sets[0].name, n_final, share=matters)
    ordered = [outcome.sets[row] for row in outcome.halving.order]
    rows = []
    for each in [*ordered, *_by_mean(outcome.others, evaluation)]:
        row = _describe_set(each, evaluation, baseline=outcome.sets[0].name)
        row["is_finalist"] = each.name in finalists
        row["is_pareto"] = each.name in pareto
        row["probability_best"] = chances.get(each.name)
        row["behind_best"] = behind.get(each.name)
        row["standing"] = None
        if each.name in finalists:
            is_best = each.name == finalists[0]
            row["standing"] = "best" if is_best else judge_standing(behind[each.name], limit)
        rows.append(row)
    return {
        "schema_version": SCHEMA_VERSION,
        "title": title,
        "objectives": dict(zip(evaluation.objectives, evaluation.labels, strict=True)),
        "limits": asdict(limits),
        "matters": {"share": matters, "value": limit},
        "search": outcome.method,
        "feasible_sets": len(rows) if outcome.method == "every" else None,
        "sets_looked_at": len(rows),
        "generations": outcome.generations,
        "runs": n_runs,
        "rounds": [
            {"sets": len(each.sets), "replicates": each.replicates, "kept": len(each.kept)}
            for each in outcome.halving.rounds
        ],
        "sets": rows,
        "seed": seed,
        "methods": {
            "search": _SEARCHES[outcome.method],
            "ranges": f"{LEVELS} evenly spaced values" if outcome.method == "every" else "any value",
            "pareto": "among the sets of the last round: no other is as good in all objectives and better in one",
            "gain": "paired difference from the baseline over shared replicates; Student t",
            "probability_best": f"{BEST_METHOD}; among the sets of the last round",
            "standing": STANDING_METHOD,
        },
        "engine_version": __version__,
    }


def _describe_set(each: InterventionSet, evaluation: Evaluation, *, baseline: str) -> dict[str, Any]:
    n = evaluation.replicates[each.name]
    objectives = {}
    for k, name in enumerate(evaluation.objectives):
        values, reference = evaluation.values([each.name, baseline], k, n)
        gain = _summary((reference - values) * evaluation.signs[k])
        objectives[name] = {
            **_summary(values),
            "failed": int(np.isnan(values).sum()),
            "gain": None if each.name == baseline else gain,
        }
    first = objectives[evaluation.objectives[0]]["gain"]
    return {
        "name": each.name,
        "title": " + ".join(choice.candidate.title for choice in each.choices),
        "choices": [
            {"variant": choice.candidate.name, "setting": dict(choice.setting)} for choice in each.choices
        ],
        **asdict(each.effort),
        "replicates": n,
        "objectives": objectives,
        "gain_per_1000_eur": (
            None
            if first is None or first["mean"] is None or each.effort.cost <= 0.0
            else 1000.0 * first["mean"] / each.effort.cost
        ),
    }


def _by_mean(sets: Sequence[InterventionSet], evaluation: Evaluation) -> list[InterventionSet]:
    means = {}
    for each in sets:
        values = evaluation.values([each.name], 0, evaluation.replicates[each.name])[0]
        known = values[np.isfinite(values)]
        means[each.name] = float(known.mean()) * evaluation.signs[0] if len(known) else np.inf
    return sorted(sets, key=lambda each: (means[each.name], each.name))


def _find_front(evaluation: Evaluation, names: Sequence[str], n: int) -> set[str]:
    columns = []
    for k, sign in enumerate(evaluation.signs):
        values = evaluation.values(names, k, n)
        whole = np.isfinite(values).all(axis=0)
        if not whole.any():
            return set()
        columns.append(sign * values[:, whole].mean(axis=1))
    front = find_pareto(np.stack(columns, axis=1))
    return {name for name, is_in in zip(names, front, strict=True) if is_in}


def _chances(evaluation: Evaluation, names: Sequence[str], n: int, *, seed: int) -> dict[str, float]:
    values = evaluation.values(names, 0, n) * evaluation.signs[0]
    whole = np.isfinite(values).all(axis=0)
    if whole.sum() < 2:
        return {}
    best = judge_best(values[:, whole], seed=seed, is_lower_better=True)
    return dict(zip(names, best.probability.tolist(), strict=True))


def _compare_with_best(evaluation: Evaluation, names: Sequence[str], n: int) -> dict[str, dict[str, Any]]:
    # how much worse than the first of them each of the others is, pair by pair
    values = evaluation.values(names, 0, n) * evaluation.signs[0]
    return {name: _summary(row - values[0]) for name, row in zip(names[1:], values[1:], strict=True)}


def _find_limit(evaluation: Evaluation, baseline: str, n: int, *, share: float) -> float | None:
    mean = _summary(evaluation.values([baseline], 0, n)[0])["mean"]
    return None if mean is None else share * abs(mean)


def _summary(values: Floats) -> dict[str, Any]:
    known = values[np.isfinite(values)]
    if not len(known):
        return {"mean": None, "low": None, "high": None}
    interval = compute_mean_interval(known)
    low, high = (end if np.isfinite(end) else None for end in (interval.low, interval.high))
    return {"mean": interval.mean, "low": low, "high": high}
