"""What an experiment says of its factors in means: by value, and by how much variants differ in the same state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from impetus_sim.planning.experiments.designs import Design, Factorial
from impetus_sim.planning.experiments.points import Plan
from impetus_sim.planning.runs.run_table import Found

_BINS: Final = 4

Floats = npt.NDArray[np.float64]


def point_means(found: Found, metric: str) -> Floats:
    """Return the mean of each point's replicates, float64 (points,); nan where one of them is missing."""
    return np.asarray(all_values(found, metric).mean(axis=1), np.float64)


def all_values(found: Found, metric: str) -> Floats:
    """Return every value, float64 (points, replicates); nan where it is missing."""
    return np.array([[_value(run, metric) for run in row] for row in found.results], np.float64)


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
        for values in [all_values(found, metric)]
    }


def describe_differences(
    design: Design, plan: Plan, found: Found, metrics: Mapping[str, Any], *, factor: str | None
) -> dict[str, Any]:
    """Return by how much each variant differs from the first one in the same state of the other factors.

    Parameters
    ----------
    factor
        The one whose values are variants; None where no factor or more than one is: then there are none.

    Returns
    -------
    Metric to variant to {"over_all": row, "factors": {name: rows}}; rows as of `describe_effects`, of paired
    differences. Empty where variants do not meet the same states.
    """
    if factor is None or design.gives_indices:
        return {}
    first, *others = dict.fromkeys(point.values[factor] for point in plan.points)
    rows_of = {variant: _rows_by_state(plan, factor, variant) for variant in (first, *others)}
    states = list(rows_of[first])
    at_first = Plan(
        factors=plan.factors,
        cube=plan.cube[[rows_of[first][state] for state in states]],
        points=tuple(plan.points[rows_of[first][state]] for state in states),
    )
    over_replicates = isinstance(design, Factorial)
    differences: dict[str, Any] = {}
    for metric in metrics:
        values = all_values(found, metric)
        differences[metric] = {}
        for variant in others:
            pairs = [(rows_of[variant][state], rows_of[first][state]) for state in states]
            gaps = np.array([values[mine] - values[base] for mine, base in pairs])
            differences[metric][variant] = {
                "over_all": _mean(gaps, over_replicates=over_replicates),
                "factors": {
                    name: [
                        {"value": value, **_mean(gaps[mine], over_replicates=over_replicates)}
                        for value, mine in _group(at_first, column, name)
                    ]
                    for column, name in enumerate(plan.factors)
                    if name != factor
                },
            }
    return differences


def variant_titles(document: Mapping[str, Any]) -> dict[str, str]:
    """Return what the variants of an experiment with ``differences`` are called; the first is compared with."""
    return next(factor["titles"] for factor in document["factors"].values() if factor["titles"])


def _rows_by_state(plan: Plan, factor: str, variant: str) -> dict[tuple[str, ...], int]:
    # what the other factors take, and the point that has it under one variant
    return {
        tuple(repr(value) for name, value in point.values.items() if name != factor): row
        for row, point in enumerate(plan.points)
        if point.values[factor] == variant
    }


def _group(plan: Plan, column: int, name: str) -> list[tuple[Any, npt.NDArray[np.bool_]]]:
    # value of a factor, or quarter of its range, and the points that have it
    taken = [point.values[name] for point in plan.points]
    distinct = list(dict.fromkeys(map(repr, taken)))
    if len(distinct) > 2 * _BINS and isinstance(taken[0], int | float):
        bins = np.minimum((plan.cube[:, column] * _BINS).astype(int), _BINS - 1)
        numbers = np.array(taken, np.float64)
        return [
            (f"{numbers[bins == k].min():.3g} to {numbers[bins == k].max():.3g}", bins == k)
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


def _value(run: Mapping[str, Any] | None, metric: str) -> float:
    if run is None:
        return float("nan")
    value = run["metrics"].get(metric, {}).get("value")
    return float("nan") if value is None else float(value)
