"""Where traffic was worst: the interval with the most delay, and streets by delay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impetus_sim.analysis.traffic.links import LinkIntervals
from impetus_sim.analysis.traffic.queues import Queues
from impetus_sim.analysis.traffic.recorded import Network


@dataclass(frozen=True, kw_only=True)
class WorstStreet:
    """One street over some intervals.

    name: of the street, or of the one that a street without a name leads to. delay_h: vehicle-hours lost on it.
    speed_share: mean speed over the speed limit. left: vehicles that passed the busiest of its links. queue_m:
    longest queue, and queue_s when. link: the link with the most delay.
    """

    name: str
    delay_h: float
    speed_share: float
    left: int
    queue_m: float
    queue_s: float
    link: int


def find_worst_interval(intervals: LinkIntervals) -> int:
    """Return the number of the interval in which most time was lost on all links together."""
    return int(np.argmax(intervals.delay_s.sum(axis=1)))


def find_interval(intervals: LinkIntervals, t_s: float) -> int:
    """Return the number of the interval that holds a time; the first or last for times outside."""
    return int(np.clip(np.searchsorted(intervals.end_s, t_s, side="left"), 0, len(intervals.end_s) - 1))


def find_worst_streets(
    network: Network,
    intervals: LinkIntervals,
    queues: Queues,
    *,
    only: int | None = None,
    most: int = 10,
) -> list[WorstStreet]:
    """Return streets by the delay on them, greatest first; links without a name count as one street each.

    Parameters
    ----------
    network, intervals, queues
        Of one run.
    only
        Number of one interval; all of them when left out.
    most
        At most so many.
    """
    chosen = slice(None) if only is None else slice(only, only + 1)
    start, end = intervals.start_s[chosen][0], intervals.end_s[chosen][-1]
    rows = (queues.times_s >= start) & (queues.times_s <= end)
    along = queues.along_m[rows]
    peak_row = along.argmax(axis=0)
    peak = along[peak_row, np.arange(len(network))]
    delay = intervals.delay_s[chosen].sum(axis=0)
    spent = intervals.spent_s[chosen].sum(axis=0)
    left = intervals.left[chosen].sum(axis=0)
    key = np.where(network.name == "", np.char.add("\n", np.arange(len(network)).astype(str)), network.name)
    _, street = np.unique(key, return_inverse=True)
    total = np.bincount(street, weights=delay)
    found = []
    for number in np.argsort(-total, kind="stable")[:most]:
        links = np.flatnonzero(street == number)
        if total[number] <= 0.0:
            break
        queued = links[np.argmax(peak[links])]
        found.append(
            WorstStreet(
                name=str(network.name[links[0]]) or _name_unnamed(network, int(links[0])),
                delay_h=float(total[number]) / 3600.0,
                speed_share=float(np.clip(1.0 - total[number] / spent[links].sum(), 0.0, 1.0)),
                left=int(left[links].max()),
                queue_m=float(peak[queued]),
                queue_s=float(queues.times_s[rows][peak_row[queued]]),
                link=int(links[np.argmax(delay[links])]),
            )
        )
    return found


def _name_unnamed(network: Network, link: int) -> str:
    # By the longest street with a name that it meets.
    ends = (network.from_node[link], network.to_node[link])
    meets = np.isin(network.from_node, ends) | np.isin(network.to_node, ends)
    named = np.flatnonzero(meets & (network.name != ""))
    if not len(named):
        return "street without a name"
    return f"side street of {network.name[named[np.argmax(network.length_m[named])]]}"
