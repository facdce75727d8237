"""Bands of curves over the runs of each option: what a study says about the course of events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

BAND: Final = (0.05, 0.5, 0.95)
"""Quantiles over runs at each time: low, median, high."""

Row = Mapping[str, Any]


def summarise_curves(names: Sequence[str], runs: Sequence[Sequence[Row]]) -> dict[str, Any]:
    """Return the band of each curve for each option, as plain values.

    Parameters
    ----------
    names
        Of the options.
    runs
        Per option, its results, each with or without ``curves`` (`analysis.run_curves`).

    Returns
    -------
    Curve name to label, quantiles, and per option: name, runs, ``end_s``, ``of`` (mean number of people in all),
    ``low``, ``median`` and ``high`` at even times from 0 to ``end_s``. Left out: curves that a run lacks, those
    that are zero in every run, and options whose runs end at different times.
    """
    found: dict[str, Any] = {}
    for name in dict.fromkeys(name for row in runs for run in row for name in run.get("curves") or {}):
        options = []
        label = ""
        for option, row in zip(names, runs, strict=True):
            curves = [run["curves"][name] for run in row if name in (run.get("curves") or {})]
            if len(curves) < len(row) or len({curve["end_s"] for curve in curves}) != 1:
                continue
            label = curves[0]["label"]
            options.append({"name": option, **_summarise(curves)})
        if any(max(option["high"]) > 0.0 for option in options):
            found[name] = {"label": label, "quantiles": list(BAND), "options": options}
    return found


def _summarise(curves: Sequence[Row]) -> dict[str, Any]:
    low, median, high = np.quantile([curve["values"] for curve in curves], BAND, axis=0)
    return {
        "runs": len(curves),
        "end_s": curves[0]["end_s"],
        "of": float(np.mean([curve["of"] for curve in curves])),
        "low": low.tolist(),
        "median": median.tolist(),
        "high": high.tolist(),
    }
