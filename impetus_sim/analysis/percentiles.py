"""Percentiles of times of which some are not over yet."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.metric import SECONDS, Metric


def percentile_of_times(
    name: str,
    percent: float,
    times: npt.NDArray[np.float64],
    is_over: npt.NDArray[np.bool_],
    *,
    label: str,
    open_words: str,
    nothing: str,
) -> Metric:
    """Return a percentile of times; it is censored where one that is not over could still change it.

    Parameters
    ----------
    times
        float64 (n,), s; of those that are not over, for how long they were followed.
    is_over
        bool (n,).
    open_words
        What the others are, as in ``not there``.
    nothing
        Why there is none, for an empty array.
    """
    n_open = int((~is_over).sum())
    note = f"{n_open} of {len(times)} {open_words}" if n_open else ""
    # between two in the order of time; whatever is not over by the later one may take its place
    later = np.percentile(times, percent, method="higher") if len(times) else 0.0
    return Metric(
        name=name,
        value=float(np.percentile(times, percent)) if len(times) else None,
        unit=SECONDS,
        label=label,
        better="lower",
        is_censored=bool((times[~is_over] <= later).any()),
        note=note if len(times) else nothing,
    )
