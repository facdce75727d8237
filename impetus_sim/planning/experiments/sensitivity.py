"""What an experiment says of its factors: means by value, and indices of sensitivity.

Sobol' indices by Saltelli (2010) and Jansen (1999), elementary effects by Morris (1991), both as SALib computes
them, on the mean of each point's replicates. With random runs an index of the mean over few replicates counts their
noise as interaction: the share of variance that is noise between replicates stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from impetus_sim.planning.experiments.designs import Design, Saltelli
from impetus_sim.planning.experiments.points import Plan
from impetus_sim.planning.run_table import Found

_BINS: Final = 4

Floats = npt.NDArray[np.float64]


def compute_sensitivity(
    design: Design, plan: Plan, found: Found, metrics: Mapping[str, Any], *, seed: int
) -> dict[str, Any]:
    """Return indices by metric and factor; empty for designs that give none.

    Returns
    -------
    Metric to {"method", "noise_share", "factors": {name: {index: {"value", "half_width"}}}}, or to {"note"} where a
    run failed, a metric is not defined, or nothing varies. Half-widths are those of 95 % bootstrap intervals.
    """
    if not design.gives_indices:
        return {}
    indices: dict[str, dict[str, Any]] = {}
    for metric in metrics:
        values = point_means(found, metric)
        if not np.isfinite(values).all():
            indices[metric] = {"note": "some points have no value: a run failed or does not define it"}
        elif np.ptp(values) == 0.0:
            indices[metric] = {"note": "every point has the same value"}
        else:
            indices[metric] = _analyze(design, plan, values, seed=seed)
            indices[metric]["noise_share"] = noise_share(found, metric)
    return indices


def point_means(found: Found, metric: str) -> Floats:
    """Return the mean of each point's replicates, float64 (points,); nan where one of them is missing."""
    return np.array([np.mean([_value(run, metric) for run in row]) for row in found.results])


def noise_share(found: Found, metric: str) -> float | None:
    """Return the variance of a point's mean that comes from its replicates, as a share of that between points.

    None for single replicates, which cannot tell.
    """
    rows = np.array([[_value(run, metric) for run in row] for row in found.results])
    if rows.shape[1] < 2:
        return None
    between = float(rows.mean(axis=1).var())
    within = float(rows.var(axis=1, ddof=1).mean() / rows.shape[1])
    return within / between if between > 0.0 else None


def describe_effects(plan: Plan, found: Found, metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return the mean of each metric by value of each factor (of ranges by quarter), with its standard error.

    Returns
    -------
    Metric to factor to a list of {"value", "mean", "standard_error", "points"}; over all other factors.
    """
    return {
        metric: {name: _by_value(plan, column, name, means) for column, name in enumerate(plan.factors)}
        for metric in metrics
        for means in [point_means(found, metric)]
    }


def _by_value(plan: Plan, column: int, name: str, values: Floats) -> list[dict[str, Any]]:
    taken = [point.values[name] for point in plan.points]
    distinct = list(dict.fromkeys(map(repr, taken)))
    if len(distinct) > 2 * _BINS and isinstance(taken[0], int | float):
        bins = np.minimum((plan.cube[:, column] * _BINS).astype(int), _BINS - 1)
        numbers = np.array(taken, np.float64)
        groups = [
            (f"{numbers[bins == k].min():.4g} to {numbers[bins == k].max():.4g}", bins == k)
            for k in range(_BINS)
            if (bins == k).any()
        ]
    else:
        shown = {repr(value): value for value in taken}
        groups = [(shown[text], np.array([repr(value) == text for value in taken])) for text in distinct]
    rows = []
    for value, mine in groups:
        known = values[mine & np.isfinite(values)]
        error = float(known.std(ddof=1) / np.sqrt(len(known))) if len(known) > 1 else None
        mean = float(known.mean()) if len(known) else None
        rows.append({"value": value, "mean": mean, "standard_error": error, "points": len(known)})
    return rows


def _analyze(design: Design, plan: Plan, values: Floats, *, seed: int) -> dict[str, Any]:
    found = design.analyze(plan.cube, values, plan.factors, seed=seed)
    if isinstance(design, Saltelli):
        result: dict[str, Any] = {"method": "Sobol' indices", "factors": _rows(plan, found, ("S1", "ST"))}
        if design.second_order:
            result["pairs"] = _pairs(plan, found)
        return result
    rows = _rows(plan, found, ("mu_star",))
    for name, mean, spread in zip(plan.factors, found["mu"], found["sigma"], strict=True):
        rows[name] |= {"mu": _number(mean), "sigma": _number(spread)}
    return {"method": "elementary effects (Morris)", "factors": rows}


def _rows(plan: Plan, found: Any, indices: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    return {
        name: {
            index: {
                "value": _number(found[index][k]),
                "half_width": _number(found[f"{index}_conf"][k]),
            }
            for index in indices
        }
        for k, name in enumerate(plan.factors)
    }


def _pairs(plan: Plan, found: Any) -> list[dict[str, Any]]:
    n = len(plan.factors)
    return [
        {
            "factors": [plan.factors[i], plan.factors[j]],
            "value": _number(found["S2"][i][j]),
            "half_width": _number(found["S2_conf"][i][j]),
        }
        for i in range(n)
        for j in range(i + 1, n)
    ]


def _number(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None


def _value(run: Mapping[str, Any] | None, metric: str) -> float:
    if run is None:
        return float("nan")
    value = run["metrics"].get(metric, {}).get("value")
    return float("nan") if value is None else float(value)
