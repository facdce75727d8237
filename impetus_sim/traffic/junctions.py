"""What junctions without a signal pass."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.traffic.road import Links


def junction_capacity(links: Links, *, without: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return the most vehicles per second that each junction passes, inf where it is no limit.

    Where streams cross or merge they share the middle of the junction. What its two greatest arms can bring
    together, the two directions of the main street, goes through; a side street's vehicles take their turn in
    that. Junctions with one way in or one way out limit nothing beyond their links.

    Parameters
    ----------
    without
        Junctions that have a signal: their phases say who may go.
    """
    n = links.n_nodes
    capacity = np.full(n, np.inf)
    total = links.n_lanes * links.lane_capacity
    order = np.lexsort((-total, links.to_node))
    first = np.searchsorted(links.to_node[order], np.arange(n + 1))
    n_in = np.diff(first)
    n_out = np.bincount(links.from_node, minlength=n)
    shared = np.flatnonzero((n_in >= 2) & (n_out >= 2))
    greatest, second = total[order[first[shared]]], total[order[first[shared] + 1]]
    capacity[shared] = greatest + second
    capacity[without] = np.inf
    return capacity
