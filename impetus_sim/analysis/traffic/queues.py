"""Queues: how far vehicles that are held up would stand back from the end of their link, and along the street."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.traffic.cumulative import compute_queued
from impetus_sim.analysis.traffic.recorded import Floats, TrafficCounts
from impetus_sim.analysis.traffic.streets import NO_LINK, find_followers

FULL = 0.8
"""Share of a link from which its queue counts as reaching back to the link before."""


@dataclass(frozen=True, kw_only=True)
class Queues:
    """Queues at the recorded times, float32 (times, links).

    vehicles: held up (the vertical queue, see `cumulative`). length_m: what they take bumper to bumper on all
    lanes, at most the link. along_m: the same, with the queues of the street's links before as long as the link is
    full.
    """

    times_s: Floats
    vehicles: npt.NDArray[np.float32]
    length_m: npt.NDArray[np.float32]
    along_m: npt.NDArray[np.float32]

    @property
    def longest(self) -> tuple[int, int]:
        """Row of the time, and link at whose end the longest queue begins."""
        row, link = np.unravel_index(int(np.argmax(self.along_m)), self.along_m.shape)
        return int(row), int(link)


def compute_queues(counts: TrafficCounts) -> Queues:
    """Return the queues on all links."""
    network = counts.network
    vehicles = compute_queued(counts)
    length = np.minimum(vehicles * (network.car_m / network.n_lanes), network.length_m).astype(np.float32)
    is_full = length >= FULL * network.length_m
    before = _links_before(find_followers(network))
    along = length.copy()
    rows = np.flatnonzero(before != NO_LINK)
    for link in _from_the_start(before, rows):
        along[:, link] += np.where(is_full[:, link], along[:, before[link]], np.float32(0.0))
    return Queues(times_s=counts.times_s, vehicles=vehicles, length_m=length, along_m=along)


def _links_before(follower: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    before = np.full(len(follower), NO_LINK, np.int64)
    rows = np.flatnonzero(follower != NO_LINK)
    before[follower[rows]] = rows
    return before


def _from_the_start(before: npt.NDArray[np.int64], rows: npt.NDArray[np.int64]) -> list[int]:
    """Return links so that each comes after the one before it."""
    depth = np.zeros(len(before), np.int64)
    at = before.copy()
    while (at != NO_LINK).any():
        moving = at != NO_LINK
        depth[moving] += 1
        at = np.where(moving, before[at], NO_LINK)
    return [int(link) for link in rows[np.argsort(depth[rows], kind="stable")]]
