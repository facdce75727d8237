"""What an experiment says of its factors in indices of sensitivity.

Sobol' indices by Saltelli (2010) and Jansen (1999), elementary effects by Morris (1991), both as SALib computes
them, on the mean of each point's replicates. With random runs an index of the mean over few replicates counts their
noise as interaction: the share of variance that is noise between replicates stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from impetus_sim.planning.experiments.designs import Design, Saltelli
from impetus_sim.planning.experiments.effects import Floats, all_values, point_means
from impetus_sim.planning.experiments.points import Plan
from impetus_sim.planning.runs.run_table import Found


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


def noise_share(found: Found, metric: str) -> float | None:
    """Return the variance of a point's mean that comes from its replicates, as a share of that between points.

    None for single replicates, which cannot tell.
    """
    rows = all_values(found, metric)
    if rows.shape[1] < 2:
        return None
    between = float(rows.mean(axis=1).var())
    within = float(rows.var(axis=1, ddof=1).mean() / rows.shape[1])
    return within / between if between > 0.0 else None


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
