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

from impetus_sim.planning.experiments.designs import Design, Factorial, Saltelli
from impetus_sim.planning.experiments.points import Plan
from impetus_sim.planning.runs.run_table import Found

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
    return np.asarray(_all_values(found, metric).mean(axis=1), np.float64)


def _all_values(found: Found, metric: str) -> Floats:
    # (points, replicates)
    return np.array([[_value(run, metric) for run in row] for row in found.results], np.float64)


def noise_share(found: Found, metric: str) -> float | None:
    """Return the variance of a point's mean that comes from its replicates, as a share of that between points.

    None for single replicates, which cannot tell.
    """
    rows = _all_values(found, metric)
    if rows.shape[1] < 2:
        return None
    between = float(rows.mean(axis=1).var())
    within = float(rows.var(axis=1, ddof=1).mean() / rows.shape[1])
    return within / between if between > 0.0 else None


def describe_effects(design: Design, plan: Plan, found: Found, metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return the mean of each metric by value of each factor (of ranges by quarter), with its standard error.

    In a factorial every value meets the same combinations of the others, so that what they do to the metric is
    no error: the error is that over replicates. Elsewhere points are a sample, and it is that over points.

    Returns
    -------
    Metric to factor to a list of {"value", "mean", "standard_error", "points"}; over all other factors.
    """
    over_replicates = isinstance(design, Factorial)
    return {
        metric: {
            name: [
                {"value": value, **_mean(values[mine], over_replicates=over_replicates)}
                for value, mine in _group(plan, column, name)
            ]
            for column, name in enumerate(plan.factors)
        }
        for metric in metrics
        for values in [_all_values(found, metric)]
    }


def _group(plan: Plan, column: int, name: str) -> list[tuple[Any, npt.NDArray[np.bool_]]]:
    # value of a factor, or quarter of its range, and the points that have it
    taken = [point.values[name] for point in plan.points]
    distinct = list(dict.fromkeys(map(repr, taken)))
    if len(distinct) > 2 * _BINS and isinstance(taken[0], int | float):
        bins = np.minimum((plan.cube[:, column] * _BINS).astype(int), _BINS - 1)
        numbers = np.array(taken, np.float64)
        return [
            (f"{numbers[bins == k].min():.4g} to {numbers[bins == k].max():.4g}", bins == k)
            for k in range(_BINS)
            if (bins == k).any()
        ]
    shown = {repr(value): value for value in taken}
    return [(shown[text], np.array([repr(value) == text for value in taken])) for text in distinct]


def _mean(values: Floats, *, over_replicates: bool) -> dict[str, Any]:
    # of (points, replicates); points with a missing run are left out
    known = values[np.isfinite(values).all(axis=1)]
    sample = known.mean(axis=0) if over_replicates and len(known) else known.mean(axis=1)
    error = float(sample.std(ddof=1) / np.sqrt(len(sample))) if len(known) and len(sample) > 1 else None
    return {
        "mean": float(known.mean()) if len(known) else None,
        "standard_error": error,
        "points": len(known),
    }


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
