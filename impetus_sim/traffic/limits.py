"""Shares of their capacity at which links discharge, for as long as something holds them up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table

if TYPE_CHECKING:
    from impetus_sim.traffic.system import TrafficSystem


class LinkLimits:
    """The share of each link in force: the product of what orders, people on the carriageway and
    emergency vehicles leave to it.

    Links at 1 are as they were built.

    Parameters
    ----------
    flow
        Vehicles on the network.
    """

    def __init__(self, flow: TrafficSystem) -> None:
        self._flow = flow
        names = ("ordered", "others", "share")
        self.table = Table("traffic_limits", flow.links.n_links, dict.fromkeys(names, np.float64))
        for name in names:
            self.table.columns[name][:] = 1.0

    def leave_by_orders(self, share: npt.NDArray[np.float64]) -> None:
        """Set the share that incidents and the like leave to each link, (links,); 0 stops it."""
        self.table.ordered[:] = share
        self._apply()

    def leave_to_others(self, share: npt.NDArray[np.float64]) -> None:
        """Set the share that people on the carriageway and emergency vehicles leave to each link, (links,)."""
        self.table.others[:] = share
        self._apply()

    def _apply(self) -> None:
        road, share = self._flow.road, self.table.ordered * self.table.others
        for link in np.flatnonzero(share != self.table.share):
            first = int(road.first_lane[link])
            self._flow.set_lane_capacity(
                np.arange(first, first + int(road.most_lanes[link])), float(share[link])
            )
        self.table.share[:] = share
