"""Each link over time: flow, density, speed by Edie's definitions, delay, queue, and times of those who left.

Source: Edie (1963), Discussion of traffic stream measurements and definitions: flow is the distance travelled, and
density the time spent, in a region of length and time, over its area; speed is one over the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.traffic.cumulative import compute_link_times
from impetus_sim.analysis.traffic.recorded import Floats, TrafficCounts

PERCENTS = (5.0, 50.0, 95.0)


@dataclass(frozen=True, kw_only=True)
class LinkIntervals:
    """Links by intervals; arrays are float64 (intervals, links) unless said otherwise.

    Parameters
    ----------
    start_s, end_s
        Float64 (intervals,).
    entered, left
        Vehicles.
    spent_s
        Vehicle-seconds on the link.
    travelled_m
        Vehicle-metres: half a link for each that entered and each that left, so that a vehicle that passes counts
        with the whole link.
    delay_s
        Vehicle-seconds: spent, without what the distance takes at the speed limit. On short links and intervals
        it scatters about the true value, also below zero, by the time between records; sums do not drift.
    speed_m_s
        Travelled over spent, at most the speed limit; nan where nobody was.
    """

    start_s: Floats
    end_s: Floats
    entered: Floats
    left: Floats
    spent_s: Floats
    travelled_m: Floats
    delay_s: Floats
    speed_m_s: Floats


def compute_link_intervals(counts: TrafficCounts, *, every_s: float) -> LinkIntervals:
    """Return the measures of all links by intervals of about `every_s` (whole numbers of records)."""
    index = _edges(counts.times_s, every_s)
    network = counts.network
    inside = counts.inside.astype(np.float64)
    entered = np.diff(counts.entered[index].astype(np.float64), axis=0)
    left = np.diff(counts.left[index].astype(np.float64), axis=0)
    spent = np.diff(_integral(counts.times_s, inside)[index], axis=0)
    travelled = 0.5 * (entered + left) * network.length_m
    with np.errstate(divide="ignore", invalid="ignore"):
        speed = np.where(spent > 0.0, np.minimum(travelled / spent, network.speed_m_s), np.nan)
    return LinkIntervals(
        start_s=counts.times_s[index[:-1]],
        end_s=counts.times_s[index[1:]],
        entered=entered,
        left=left,
        spent_s=spent,
        travelled_m=travelled,
        delay_s=spent - travelled / network.speed_m_s,
        speed_m_s=speed,
    )


def _edges(times_s: Floats, every_s: float) -> npt.NDArray[np.int64]:
    """Return the rows at which intervals begin and end; the last one may be shorter."""
    marks = np.arange(times_s[0], times_s[-1], every_s)
    index = np.searchsorted(times_s, marks - 1e-6)
    return np.unique(np.append(index, len(times_s) - 1))


def _integral(times_s: Floats, values: Floats) -> Floats:
    """Return the integral over time from the first record to each, same shape."""
    steps = 0.5 * (values[1:] + values[:-1]) * np.diff(times_s)[:, None]
    return np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(steps, axis=0)])


@dataclass(frozen=True, kw_only=True)
class LinkTimes:
    """How long vehicles took for a link, of those that left it.

    mean_s, delay_s: mean, and mean over the free travel time. percentiles_s: at `PERCENTS`.
    """

    n: int
    mean_s: float
    delay_s: float
    percentiles_s: tuple[float, ...]


def describe_link_times(counts: TrafficCounts, link: int) -> LinkTimes | None:
    """Return mean and percentiles of the times on a link; None where nobody left it."""
    times = compute_link_times(counts, link)
    if not len(times):
        return None
    mean = float(times.mean())
    return LinkTimes(
        n=len(times),
        mean_s=mean,
        delay_s=mean - float(counts.network.free_s[link]),
        percentiles_s=tuple(float(value) for value in np.percentile(times, PERCENTS)),
    )
