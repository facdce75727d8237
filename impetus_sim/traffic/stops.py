"""Vehicles that stop before a place on their link, such as a crossing with people on it, and drive on later.

On links without car following a vehicle is known by its free path to the end of the link. One that stands at a
place has that path moved on by the time it stands: it is where it was, is ready at the end so much later, and
whoever is behind keeps behind. The time counts as time on the link. On followed links drivers brake for the place
itself. Where a link has no room before the place vehicles wait at the junction before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.traffic.removal import head_ready_us
from impetus_sim.traffic.road import CAR_M

if TYPE_CHECKING:
    from impetus_sim.traffic.approaches import Comers
    from impetus_sim.traffic.system import TrafficSystem

Ints = npt.NDArray[np.int64]


AT_PLACE_M = 0.05
"""Who stands at a place is known to stand there within this."""


def drive_on(flow: TrafficSystem) -> None:
    """Let everybody drive on who is stopped before a place; who is to stop longer is stopped anew."""
    flow.vehicles["stands"][flow.vehicles["stands"] == 1] = 0
    if flow.following is not None:
        flow.following.stops.stop_m[:] = np.inf


def stop_before(
    flow: TrafficSystem,
    comers: Comers,
    place: int,
    link: int,
    start_m: float,
    *,
    from_us: int,
    until_us: int,
) -> None:
    """Let vehicles that would reach a place from one time to another get there at the end of that only.

    Parameters
    ----------
    comers
        Vehicles that come to places now.
    place, link, start_m
        Number of the place among theirs; its link, and where on it the place begins.
    from_us
        Those that get there before are let pass.
    """
    own = np.flatnonzero((comers.place == place) & (comers.way_m > -AT_PLACE_M))
    if start_m < CAR_M:
        _keep_out(flow, link, from_us, until_us)
    elif flow.road.queues["is_followed"][flow.road.first_lane[link]]:
        _brake_before(flow, comers, own, link, start_m, from_us)
    else:
        is_due = (comers.arrives_us[own] >= from_us) & (comers.arrives_us[own] < until_us)
        _stand_before(flow, comers, own[is_due & comers.is_on_link[own]], link, until_us)


def _keep_out(flow: TrafficSystem, link: int, from_us: int, until_us: int) -> None:
    if until_us > from_us:
        first = int(flow.road.first_lane[link])
        entry = flow.road.queues["entry_us"][first : first + int(flow.road.n_lanes[link])]
        np.maximum(entry, until_us + 1, out=entry)  # who comes at that moment is looked at first


def _brake_before(
    flow: TrafficSystem, comers: Comers, own: Ints, link: int, start_m: float, from_us: int
) -> None:
    # Once those who are let pass have passed.
    if (comers.arrives_us[own] >= from_us).all():
        assert flow.following is not None
        stop_m = flow.following.stops.stop_m
        stop_m[link] = min(stop_m[link], start_m)


def _stand_before(flow: TrafficSystem, comers: Comers, own: Ints, link: int, until_us: int) -> None:
    vehicles, queues = flow.vehicles, flow.road.queues
    for k in own:
        row, delay_us = int(comers.row[k]), until_us - int(comers.arrives_us[k])
        lane = int(vehicles["queue"][row])
        vehicles["stands"][row] = 1
        vehicles["entered_us"][row] += delay_us
        vehicles["ready_us"][row] += delay_us
        flow.road.time_us[link] += delay_us
        if queues["head"][lane] == row:
            queues["ready_us"][lane] = head_ready_us(queues[lane], vehicles)
            flow.look_again(int(queues["node"][lane]))
