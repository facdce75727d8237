"""How far runs are from what was observed.

The error of a series is the root mean square of (mean over replicates - observed), in standard deviations of the
observed series; the error of a point is the root mean square of those of its series. An observation is one draw of
what chance does, and the mean of runs is not: the error of the true parameters is not 0 either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from impetus_sim.planning.calibration.observed import ObservedSeries

Floats = npt.NDArray[np.float64]

DISTANCE = (
    "root mean square over series of the root mean square of (mean of runs - observed), in standard deviations of "
    "the observed series"
)
"""As printed beside the errors."""


@dataclass(frozen=True, kw_only=True)
class Error:
    """How far a point is from the observations.

    Parameters
    ----------
    value
        Infinite where runs failed or gave nothing.
    standard_error
        By the jackknife over replicates.
    """

    value: float
    standard_error: float


def read_runs(series: Sequence[ObservedSeries], runs: Sequence[Mapping[str, Any] | None]) -> list[Floats]:
    """Return what the runs of a point give for each series, float64 (replicates, n); nan where a run failed."""
    return [
        np.array(
            [np.full(len(each.values), np.nan) if run is None else each.read_run(run) for run in runs],
            np.float64,
        )
        for each in series
    ]


def measure_error(series: Sequence[ObservedSeries], told: Sequence[Floats], *, held_back: bool) -> Error:
    """Return the error of a point over what is fitted, or over what is held back.

    Parameters
    ----------
    series
        What was observed.
    told
        From `read_runs`; two replicates or more.
    held_back
        Which part.
    """
    n = len(told[0])
    value = _error(series, [each.mean(axis=0) for each in told], held_back)
    if not np.isfinite(value):
        return Error(value=float("inf"), standard_error=0.0)
    without = np.array(
        [
            _error(series, [np.delete(each, r, axis=0).mean(axis=0) for each in told], held_back)
            for r in range(n)
        ]
    )
    spread = float(np.sqrt((n - 1) / n * np.sum((without - without.mean()) ** 2)))
    return Error(value=value, standard_error=spread)


def _error(series: Sequence[ObservedSeries], means: Sequence[Floats], held_back: bool) -> float:
    squares = [
        float(np.mean((mean[part] - each.values[part]) ** 2)) / each.scale**2
        for each, mean in zip(series, means, strict=True)
        for part in [each.is_held_back == held_back]
        if part.any()
    ]
    return float(np.sqrt(np.mean(squares)))
