"""Cumulative curves: what entered and left, and the delay and the queue between them.

Source: Newell (1982), Applications of Queueing Theory, ch. 1; Daganzo (1997), Fundamentals of Transportation and
Traffic Operations, ch. 2. Between recorded times curves are straight lines.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.traffic.recorded import Floats, Ints, Mask, TrafficCounts


@dataclass(frozen=True, kw_only=True)
class CumulativeCurves:
    """Curves of a link, or of a set of links together.

    Parameters
    ----------
    times_s
        Recorded times, float64 (times,).
    entered, left
        Vehicles so far, float64 (times,). Over a set, a vehicle counts once on each link.
    due
        Vehicles that would have left so far at the speed limit, were nothing in the way (the virtual arrivals at
        the end), (times,). Vehicles of slower classes count as late by their class.
    """

    times_s: Floats
    entered: Floats
    left: Floats
    due: Floats

    @property
    def queued(self) -> Floats:
        """Vehicles held up at each time: the vertical distance between due and left, (times,)."""
        return np.maximum(self.due - self.left, 0.0)

    @property
    def delay_s(self) -> float:
        """Delay of all vehicles up to the end, vehicle-s: the area between due and left.

        Not cut at zero: what straight lines between records add at one time they take at another.
        """
        return float(np.trapezoid(self.due - self.left, self.times_s))

    @property
    def inside_s(self) -> float:
        """Time spent on the links up to the end, vehicle-s: the area between entered and left."""
        return float(np.trapezoid(self.entered - self.left, self.times_s))


def compute_curves(counts: TrafficCounts, links: Ints | Mask | int) -> CumulativeCurves:
    """Return the curves of one link or of a set of links (lanes of a screen line, a zone, the network).

    Parameters
    ----------
    counts
        Of the run.
    links
        A link, several, or a mask over all.
    """
    chosen = np.arange(len(counts.network))[np.atleast_1d(links)]
    return CumulativeCurves(
        times_s=counts.times_s,
        entered=counts.entered[:, chosen].sum(axis=1).astype(np.float64),
        left=counts.left[:, chosen].sum(axis=1).astype(np.float64),
        due=_due_of(counts, chosen).sum(axis=1),
    )


def compute_queued(counts: TrafficCounts) -> npt.NDArray[np.float32]:
    """Return the vehicles held up on each link at each time, float32 (times, links)."""
    due = _due_of(counts, np.arange(len(counts.network)))
    return np.maximum(due - counts.left, 0.0).astype(np.float32)


def _due_of(counts: TrafficCounts, links: Ints) -> npt.NDArray[np.float32]:
    """Return the curves of entered, each later by the link's free travel time, float32 (times, links)."""
    times, free_s = counts.times_s, counts.network.free_s
    out = np.empty((len(times), len(links)), np.float32)
    for column, link in enumerate(links.tolist()):
        # Before the first record nothing had entered.
        out[:, column] = np.interp(times - free_s[link], times, counts.entered[:, link], left=0.0)
    return out


def compute_link_times(counts: TrafficCounts, link: int) -> Floats:
    """Return the time that each vehicle which left a link spent on it, s, in the order of leaving.

    The n-th to leave is taken as the n-th that entered: exact for one lane, in the mean for several. Times are
    good to the time between two records, and never below the free travel time.
    """
    n = int(counts.left[-1, link])
    number = np.arange(n, dtype=np.float64) + 0.5
    entered = _crossed_at(counts.times_s, counts.entered[:, link], number)
    left = _crossed_at(counts.times_s, counts.left[:, link], number)
    return np.maximum(left - entered, counts.network.free_s[link])


def _crossed_at(times_s: Floats, curve: npt.NDArray[np.int32], number: Floats) -> Floats:
    """Return when a curve reached each number, by a straight line within the step in which it did."""
    after = np.searchsorted(curve, number, side="left")
    before = np.maximum(after - 1, 0)
    rise = np.maximum(curve[after] - curve[before], 1)
    part = np.clip((number - curve[before]) / rise, 0.0, 1.0)
    return np.asarray(times_s[before] + part * (times_s[after] - times_s[before]), np.float64)
