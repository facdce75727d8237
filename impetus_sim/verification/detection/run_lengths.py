"""Mean runs to an alarm of CUSUM and EWMA charts, against the values of the textbooks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from impetus_sim.detection.kernels.cusum import fill_ewma_run_lengths, fill_run_lengths
from impetus_sim.verification.case import Case, Effort, Measured

RUNS = 20_000
MARGIN = 1.3
"""Readings that are drawn beyond those that are likely to be needed."""
SLACK, LIMIT = 0.5, 5.0
WEIGHT, WIDTH = 0.1, 2.814


def mean_run(fill: Callable[..., int], shift: float, first: float, second: float, likely: float) -> Measured:
    """Return the mean of many runs, with its standard error."""
    rng = np.random.default_rng(2024)
    normals = rng.normal(size=int(RUNS * likely * MARGIN))
    lengths = np.zeros(RUNS, np.int64)
    n = fill(normals, shift, first, second, lengths)
    mean, error = lengths[:n].mean(), lengths[:n].std() / np.sqrt(n)
    return Measured(value=float(mean), text=f"{mean:.2f} +- {error:.2f} readings in {n} runs")


def cusum_run(effort: Effort, *, shift: float, likely: float) -> Measured:
    """Run the two-sided CUSUM."""
    del effort
    return mean_run(fill_run_lengths, shift, SLACK, LIMIT, likely)


def ewma_run(effort: Effort) -> Measured:
    """Run the moving average without a shift."""
    del effort
    return mean_run(fill_ewma_run_lengths, 0.0, WEIGHT, WIDTH, 500.0)


def _case(shift: float, mean: float, tolerance: float) -> Case:
    run: Any = partial(cusum_run, shift=shift, likely=mean)
    return Case(
        id=f"cusum-{shift:g}",
        standard="textbook",
        title=f"CUSUM (0.5, 5), to both sides: mean run after a shift of {shift:g} standard deviations",
        source="Montgomery, Introduction to Statistical Quality Control, chapter 9",
        low=mean * (1.0 - tolerance),
        high=mean * (1.0 + tolerance),
        expected=f"{mean:g} readings, within {tolerance:.0%}",
        run=run,
    )


CASES = (
    _case(0.0, 465.0, 0.10),
    _case(0.5, 38.0, 0.03),
    _case(1.0, 10.4, 0.03),
    _case(2.0, 4.01, 0.03),
    Case(
        id="ewma-0",
        standard="textbook",
        title="EWMA (weight 0.1, limits 2.814): mean run without a shift",
        source="Lucas and Saccucci 1990, Technometrics 32:1",
        low=450.0,
        high=550.0,
        expected="500 readings, within 10 %",
        run=ewma_run,
    ),
)
