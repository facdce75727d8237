"""Flow through exits: people per second over time, its peak, and specific flow per metre of width."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.ground import Ground
from impetus_sim.analysis.metric import PER_METRE_SECOND, PER_SECOND, Metric
from impetus_sim.analysis.people import People

Floats = npt.NDArray[np.float64]

WINDOW_S = 10.0
"""Length of the window in which the highest flow is looked for; shorter ones measure single people."""

BUSY_SHARES = (0.1, 0.9)
"""The busy interval runs from when 10 % of an exit's people are through to when 90 % are: without the
first arrivals and the last stragglers, which say nothing about the exit."""

MIN_BUSY_PEOPLE = 20
"""Fewest people through an exit for which a mean flow is given."""
NOT_BUSY = f"fewer than {MIN_BUSY_PEOPLE} people used it, or all at once"


def read_leaving_times(people: People, exit_index: int) -> Floats:
    """Return the times at which people left through one exit, ascending, seconds."""
    through = people.has_left & (people.exit == exit_index)
    return np.sort(people.left_tick[through]) * people.resolution_s


def compute_flow_series(
    times_s: Floats, *, until_s: float, window_s: float = WINDOW_S
) -> tuple[Floats, Floats]:
    """Return window ends and the flow in each of consecutive windows.

    Parameters
    ----------
    times_s
        When people left, ascending, shape (n,).
    until_s
        End of the series.
    window_s
        Length of each window.

    Returns
    -------
    Ends in seconds and people per second, both of shape (ceil(until / window),).
    """
    n = max(int(np.ceil(until_s / window_s)), 0)
    edges = np.arange(n + 1, dtype=np.float64) * window_s
    counts = np.diff(np.searchsorted(times_s, edges, side="right"))
    return edges[1:], np.asarray(counts / window_s, np.float64)


def compute_max_flow(times_s: Floats, *, window_s: float = WINDOW_S) -> float:
    """Return the highest flow in any window (t - window, t], people per second; 0 for nobody."""
    if not len(times_s):
        return 0.0
    first = np.searchsorted(times_s, times_s - window_s, side="right")
    last = np.searchsorted(times_s, times_s, side="right")
    return float((last - first).max()) / window_s


def compute_specific_flow(times_s: Floats, *, width_m: float) -> float | None:
    """Return the mean flow per metre over the busy interval, or None when it is not defined.

    The busy interval is bounded by two people; the one at its start is not counted.

    Parameters
    ----------
    times_s
        When people left, ascending, shape (n,).
    width_m
        Width of the exit.
    """
    n = len(times_s)
    if n < MIN_BUSY_PEOPLE or width_m <= 0:
        return None
    first, last = (int(np.ceil(share * n)) - 1 for share in BUSY_SHARES)
    duration_s = float(times_s[last] - times_s[first])
    return (last - first) / duration_s / width_m if duration_s > 0 else None


def compute_exit_flows(people: People, ground: Ground) -> list[Metric]:
    """Return ``flow.<exit>`` (highest over 10 s), ``mean_flow.<exit>`` (N-T over the busy interval) and
    ``specific_flow.<exit>`` (the same per metre) of every exit."""
    metrics = []
    for index, way_out in enumerate(ground.exits):
        times_s = read_leaving_times(people, index)
        specific = compute_specific_flow(times_s, width_m=way_out.width_m)
        metrics.append(
            Metric(
                name=f"flow.{way_out.name}",
                value=compute_max_flow(times_s),
                unit=PER_SECOND,
                label=f"highest flow, {way_out.name}",
                note=f"over {WINDOW_S:g} s",
            )
        )
        metrics.append(
            Metric(
                name=f"mean_flow.{way_out.name}",
                value=None if specific is None else specific * way_out.width_m,
                unit=PER_SECOND,
                label=f"mean flow while busy, {way_out.name}",
                note="" if specific is not None else NOT_BUSY,
            )
        )
        metrics.append(
            Metric(
                name=f"specific_flow.{way_out.name}",
                value=specific,
                unit=PER_METRE_SECOND,
                label=f"flow per metre, {way_out.name}",
                note="" if specific is not None else NOT_BUSY,
            )
        )
    return metrics
