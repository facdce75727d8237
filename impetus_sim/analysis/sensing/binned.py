"""Readings of sensors as one number for each stretch of time; imports nothing but numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

SUMMED_KINDS: Final = ("people_passing", "vehicles_passing", "boardings", "bangs", "posts")
"""Kinds of streams that say how many since the last reading: readings of a stretch of time are added."""

LEVEL_KINDS: Final = ("people_in_view", "phones")
"""Kinds that count what is there now: readings of a stretch of time are averaged."""

COUNT_KINDS: Final = SUMMED_KINDS + LEVEL_KINDS
"""Kinds of streams that count."""

_SLACK_S: Final = 1e-6


def bin_values(
    times_s: Sequence[float] | npt.NDArray[np.float64],
    values: Sequence[float] | npt.NDArray[np.float64],
    edges_s: npt.NDArray[np.float64],
    *,
    is_summed: bool,
) -> npt.NDArray[np.float64]:
    """Return one number for each stretch (edge k, edge k + 1], float64 (stretches,).

    Parameters
    ----------
    times_s, values
        Readings, same length.
    edges_s
        Ascending, float64 (stretches + 1,), s.
    is_summed
        Add the readings of a stretch; else take their mean.

    Returns
    -------
    nan in a stretch without a reading.
    """
    places = np.searchsorted(edges_s + _SLACK_S, np.asarray(times_s, np.float64), side="left") - 1
    inside = (places >= 0) & (places < len(edges_s) - 1)
    places, told = places[inside], np.asarray(values, np.float64)[inside]
    n = np.bincount(places, minlength=len(edges_s) - 1)
    total = np.bincount(places, weights=told, minlength=len(edges_s) - 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = total if is_summed else total / n
    return np.where(n > 0, found, np.nan)


def bin_readings(readings: Mapping[str, Any], edges_s: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return `bin_values` of one stream of `recorded.read_readings`.

    Once the run is over nothing happens any more: nobody passes, and what was counted last stays.
    """
    is_summed = readings["kind"] in SUMMED_KINDS
    found = bin_values(readings["times_s"], readings["values"], edges_s, is_summed=is_summed)
    is_over = np.isnan(found) & (edges_s[1:] > readings["end_s"])
    if is_summed:
        found[is_over] = 0.0
    elif readings["values"]:
        found[is_over] = readings["values"][-1]
    return found
