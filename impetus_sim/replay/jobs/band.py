"""What fresh replicates would have shown anyway: lowest, median and highest of each curve at even times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from impetus_sim.analysis.moving.window import Floats

POINTS: Final = 241
Series = dict[str, Any]


def summarise_series(runs: Sequence[Sequence[Series]], *, end_s: float) -> list[Series]:
    """Return the band of each curve: as `replay.series`, with ``y`` the median, ``low`` and ``high`` the extremes.

    Parameters
    ----------
    runs
        Curves of each replicate. A run without a curve that others have counts as 0: nothing of it happened.
    end_s
        Until when.
    """
    times = np.linspace(0.0, end_s, POINTS)
    described: dict[str, Series] = {}
    for run in runs:
        for series in run:
            described.setdefault(series["name"], series)
    bands = []
    for name, series in described.items():
        values = np.array([_values(run, name, times) for run in runs])
        low, median, high = values.min(axis=0), np.median(values, axis=0), values.max(axis=0)
        band = {key: series[key] for key in ("name", "title", "unit")}
        bands.append(
            band
            | {"t": times.tolist(), "y": median.tolist(), "low": low.tolist(), "high": high.tolist()}
            | {"replicates": len(runs)}
        )
    return bands


def _values(run: Sequence[Series], name: str, times: Floats) -> Floats:
    """Return a curve at times: each value holds until the next."""
    for series in run:
        if series["name"] == name:
            at = np.searchsorted(np.asarray(series["t"]), times + 1e-9, side="right") - 1
            return np.where(at >= 0, np.asarray(series["y"], np.float64)[np.maximum(at, 0)], 0.0)
    return np.zeros(len(times))
