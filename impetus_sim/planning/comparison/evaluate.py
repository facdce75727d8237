"""From finished runs to the table of a comparison: a pure function of the results, in index order.

The table does not depend on when or where a run was computed: results come in as lists by replicate, and
only replicates that every compared option finished are used, so that all options saw the same dangers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.best import judge_best
from impetus_sim.analysis.bootstrap import draw_resamples
from impetus_sim.analysis.metric import SECONDS
from impetus_sim.analysis.paired import (
    MeanInterval,
    PairedDifference,
    compute_mean_interval,
    compute_paired_difference,
    restrict,
)
from impetus_sim.analysis.tail import compute_cvar

LARGEST_FAILED_SHARE = 0.5
"""An option of which more runs fail is reported, not ranked."""

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class MetricColumn:
    """One metric over the options that are compared, paired by replicate.

    Parameters
    ----------
    values, is_censored
        Shape (options, replicates).
    unit, label, better
        As in `planning.runs.outcome.Measure`.
    """

    values: npt.NDArray[np.float64]
    is_censored: npt.NDArray[np.bool_]
    unit: str
    label: str
    better: str

    def restrict(self) -> tuple[npt.NDArray[np.float64], float | None]:
        """Return values that can be compared, and where durations were cut off, None where nothing was.

        A duration that went on is only known to be longer. A sum (hours lost, euros) is known as it stands: all
        runs are followed for the same time, and it counts what happened in that.
        """
        return restrict(self.values, self.is_censored) if self.unit == SECONDS else (self.values, None)


def find_complete_replicates(
    results: Sequence[Sequence[Row | None]],
) -> tuple[list[int], list[int]]:
    """Return which options can be compared, and which replicates all of those finished.

    Parameters
    ----------
    results
        Per option, one result per replicate; None where the run failed. Option 0 is the baseline.

    Returns
    -------
    Indices of options with few enough failures, and indices of replicates.
    """
    usable = [
        index
        for index, runs in enumerate(results)
        if sum(run is None for run in runs) <= LARGEST_FAILED_SHARE * len(runs)
    ]
    n = len(results[0])
    complete = [r for r in range(n) if all(results[option][r] is not None for option in usable)]
    return usable, complete


def collect_metrics(runs: Sequence[Sequence[Row]]) -> dict[str, MetricColumn]:
    """Arrange the metrics that every option has, in the baseline's order.

    Parameters
    ----------
    runs
        Per option, per replicate: metric name to measure (plain values).

    Notes
    -----
    Replicates in which any option leaves a metric undefined are left out of that metric.
    """
    columns: dict[str, MetricColumn] = {}
    for name in runs[0][0]:
        complete = [
            pair
            for pair in zip(*([metrics.get(name) for metrics in option] for option in runs), strict=True)
            if all(measure is not None and measure["value"] is not None for measure in pair)
        ]
        if not complete:
            continue
        first = complete[0][0]
        columns[name] = MetricColumn(
            values=np.array([[each["value"] for each in pair] for pair in complete], np.float64).T.copy(),
            is_censored=np.array([[each["is_censored"] for each in pair] for pair in complete], np.bool_).T,
            unit=first["unit"],
            label=first["label"] or name.replace("_", " "),
            better=first["better"],
        )
    return columns


def compare_metric(column: MetricColumn, *, seed: int, confidence: float) -> list[dict[str, Any]]:
    """Return the table entries of one metric, one per option; the first has no difference.

    Parameters
    ----------
    column
        Values of all options.
    seed
        Keys the draws.
    confidence
        Of every interval.
    """
    values, limit = column.restrict()
    resamples = draw_resamples(values.shape[1], seed=seed)
    is_lower_better = column.better == "lower"
    best = None
    if column.better and values.shape[1] > 1:
        best = judge_best(values, seed=seed, is_lower_better=is_lower_better)
    entries = []
    for option, row in enumerate(values):
        mean = compute_mean_interval(row, confidence=confidence)
        quantiles = np.quantile(row, [0.05, 0.5, 0.95])
        entry: dict[str, Any] = {
            **_interval_to_row(mean),
            "p5": float(quantiles[0]),
            "p50": float(quantiles[1]),
            "p95": float(quantiles[2]),
            "cvar95": compute_cvar(row, is_lower_better=is_lower_better) if column.better else None,
            "cvar95_tail": ("upper" if is_lower_better else "lower") if column.better else None,
            "probability_best": None if best is None else float(best.probability[option]),
            "regret": None if best is None else float(best.regret[option]),
            "unit": column.unit,
            "label": column.label,
            "better": column.better,
            "n_censored": int(column.is_censored[option].sum()),
            "restricted_to": limit,
            "difference": None,
        }
        if option:
            difference = compute_paired_difference(row, values[0], resamples=resamples, confidence=confidence)
            entry["difference"] = _difference_to_row(difference)
        entries.append(entry)
    return entries


def compare_runs(
    runs: Sequence[Sequence[Row]], *, seed: int, confidence: float
) -> list[dict[str, dict[str, Any]]]:
    """Compare all metrics of all options.

    Parameters
    ----------
    runs
        Per option, per replicate: metric name to measure (plain values).

    Returns
    -------
    Per option: metric name to table entry.
    """
    table: list[dict[str, dict[str, Any]]] = [{} for _ in runs]
    for name, column in collect_metrics(runs).items():
        for option, entry in enumerate(compare_metric(column, seed=seed, confidence=confidence)):
            table[option][name] = entry
    return table


def compare_groups(
    results: Sequence[Sequence[Row]], *, seed: int, confidence: float
) -> dict[str, list[dict[str, dict[str, Any]]]]:
    """Compare all metrics by group of people, for groups that every run has.

    Returns
    -------
    Group name to the same table as `compare_runs`.
    """
    groups = [
        name
        for name in results[0][0]["groups"]
        if all(name in run["groups"] for option in results for run in option)
    ]
    return {
        group: compare_runs(
            [[run["groups"][group] for run in option] for option in results],
            seed=seed,
            confidence=confidence,
        )
        for group in groups
    }


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _interval_to_row(interval: MeanInterval) -> dict[str, Any]:
    return {
        "mean": interval.mean,
        "low": _finite(interval.low),
        "high": _finite(interval.high),
        "half_width": _finite(interval.half_width),
        "sd": interval.sd,
        "n": interval.n,
    }


def _difference_to_row(difference: PairedDifference) -> dict[str, Any]:
    return {
        **_interval_to_row(difference.interval),
        "bootstrap_low": _finite(difference.bootstrap_low),
        "bootstrap_high": _finite(difference.bootstrap_high),
        "is_identical": difference.is_identical,
        "is_distinguishable": difference.is_distinguishable,
        "correlation": difference.correlation,
        "variance_ratio": difference.variance_ratio,
        "variance_ratio_low": difference.variance_ratio_low,
        "variance_ratio_high": difference.variance_ratio_high,
    }
