"""Shares of their capacity at which links discharge, for as long as something holds them up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table

if TYPE_CHECKING:
    from impetus_sim.traffic.system import TrafficSystem


class LinkLimits:
    """The share of each link in force; lanes of links at 1 are as they were built.

    Parameters
    ----------
    flow
        Vehicles on the network.
    """

    def __init__(self, flow: TrafficSystem) -> None:
        self._flow = flow
        self.table = Table("traffic_limits", flow.links.n_links, {"share": np.float64})
        self.table.share[:] = 1.0

    def apply(self, share: npt.NDArray[np.float64]) -> None:
        """Let every lane of a link discharge at a share of its capacity, (links,); 0 stops it."""
        road = self._flow.road
        for link in np.flatnonzero(share != self.table.share):
            first = int(road.first_lane[link])
            self._flow.set_lane_capacity(
                np.arange(first, first + int(road.n_lanes[link])), float(share[link])
            )
        self.table.share[:] = share
