"""Cars that their drivers have left on the road: each blocks its lane until it is taken away.

A car that has been left keeps its place in its lane's queue and never becomes ready: those ahead of it drive on,
those behind it stay. As the queue has no places between its ends, the lane is blocked at its end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.traffic.kernels.queues import leave
from impetus_sim.traffic.kernels.records import ABANDONED, NEVER, NONE, ON_LINK
from impetus_sim.traffic.vehicles import CAR

if TYPE_CHECKING:
    from impetus_sim.traffic.system import TrafficSystem

Ints = npt.NDArray[np.int64]


class AbandonedCars:
    """Who may leave a car, which cars were left, and taking them away.

    Parameters
    ----------
    flow
        Vehicles on the network.
    would_leave
        bool, drivers of the first so many vehicles who would leave a car; the others never do.
    after_us, near_threat_after_us
        Delay on one link after which they do, microseconds; the second where a threat is near.
    towed_after_us
        Time from then until the car is taken away; None for never.
    """

    def __init__(
        self,
        flow: TrafficSystem,
        *,
        would_leave: npt.NDArray[np.bool_],
        after_us: int,
        near_threat_after_us: int,
        towed_after_us: int | None = None,
    ) -> None:
        self._flow = flow
        self._would_leave = would_leave & (flow.vehicles["kind"][: len(would_leave)] == CAR)
        self._after_us, self._near_us, self._towed_after_us = after_us, near_threat_after_us, towed_after_us
        self.table = Table(
            "traffic_abandoned",
            0,
            {
                "vehicle": "i8",
                "at_us": "i8",
                "link": "i4",
                "offset_m": "f8",
                "n_on_foot": "i4",
                "n_elsewhere": "i4",
            },
        )

    def stuck(self) -> tuple[Ints, npt.NDArray[np.bool_]]:
        """Return vehicles whose drivers give up, rows ascending, and which do so even where no threat is near."""
        vehicles, now_us = self._flow.vehicles, self._flow.now_us
        may = (vehicles["state"][: len(self._would_leave)] == ON_LINK) & self._would_leave
        rows = np.flatnonzero(may)
        delay = now_us - vehicles["ready_us"][rows]
        is_stuck = delay > min(self._after_us, self._near_us)
        return rows[is_stuck], delay[is_stuck] > self._after_us

    def leave_car(self, vehicle: int, *, offset_m: float, n_on_foot: int, n_elsewhere: int) -> None:
        """Let a car on a link be left for good; it blocks its lane from now on."""
        flow = self._flow
        queues, v = flow.road.queues, flow.vehicles[vehicle]
        lane = int(v["queue"])
        v["state"], v["ready_us"], v["left_us"] = ABANDONED, NEVER, flow.now_us
        if queues["head"][lane] == vehicle:
            queues["ready_us"][lane] = flow.road.look_us[lane] = NEVER
        self.table.append(
            {
                "vehicle": vehicle,
                "at_us": flow.now_us,
                "link": int(queues["link"][lane]),
                "offset_m": offset_m,
                "n_on_foot": n_on_foot,
                "n_elsewhere": n_elsewhere,
            }
        )
        self._keep_out(int(queues["link"][lane]))

    def tow_due(self) -> None:
        """Take away the cars whose time has come and who are first in their lanes."""
        if self._towed_after_us is None or not len(self.table):
            return
        flow = self._flow
        rows = self.table.vehicle[self.table.at_us + self._towed_after_us <= flow.now_us]
        for vehicle in rows[flow.vehicles["queue"][rows] != NONE]:
            if flow.road.queues["head"][flow.vehicles["queue"][vehicle]] == vehicle:
                self._tow(int(vehicle))

    def _tow(self, vehicle: int) -> None:
        flow, v = self._flow, self._flow.vehicles[vehicle]
        road, lane = flow.road, int(v["queue"])
        link = int(road.queues["link"][lane])
        v["ready_us"] = flow.now_us
        leave(flow.now_us, lane, road, flow.vehicles)
        road.n_left[link] += 1
        road.time_us[link] += flow.now_us - v["entered_us"]
        v["queue"] = v["behind"] = NONE
        self._keep_out(link)
        flow.look_again(int(flow.links.to_node[link]))
        flow.look_again(int(flow.links.from_node[link]))

    def _keep_out(self, link: int) -> None:
        # Who enters a link keeps out of lanes that are blocked while another is free.
        flow = self._flow
        first = int(flow.road.first_lane[link])
        lanes = np.arange(first, first + int(flow.road.n_lanes[link]))
        is_blocked = np.isin(lanes, flow.vehicles["queue"][self.table.vehicle])
        entry = flow.road.queues["entry_us"]
        shut = lanes[is_blocked] if not is_blocked.all() else lanes[:0]
        free = np.setdiff1d(lanes, shut)
        entry[shut] = NEVER
        entry[free[entry[free] == NEVER]] = flow.now_us
