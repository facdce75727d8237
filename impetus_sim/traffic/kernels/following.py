"""Layout of car following: one record per vehicle, and what the kernels need beside the road."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

FOLLOWER = np.dtype(
    [
        ("place_m", "f8"),  # of its front on its link, at at_us
        ("speed_m_s", "f8"),
        ("acceleration", "f8"),  # m/s2, of the present step
        ("at_us", "i8"),  # end of the present step
        ("changed_us", "i8"),  # its last lane change
        ("link", "i4"),  # that place_m is on
        ("lane", "i4"),  # queue, at the last step
        ("came_from", "i4"),  # lane from which it came on to its link, NONE for one without car following
        ("wish", "i4"),  # lane beside its own that it needs for its next turn, NONE without
    ],
    align=True,
)


class Following(NamedTuple):
    """What car following works on.

    links: int32, followed links. is_followed: uint8 (links,). law: `car_following.Law`. step_us: int64.
    time_gap_s: float64 (links,), of a car. length_m: float64 (links,). per_size: float64 (links,), m of road for a
    millimetre of vehicle. turn_lanes: uint32 (queues,), bit per outgoing link that a lane leads to.
    stop_m: float64 (links,), place before which drivers who can stop do, inf for none.
    launch_m_s: float64, speed with which who waited at the line comes on to the next link: that reached within one
    jam spacing, since junctions have no extent.
    followers: FOLLOWER records (vehicles,), state.
    """

    links: Any
    is_followed: Any
    law: Any
    step_us: Any
    time_gap_s: Any
    length_m: Any
    per_size: Any
    turn_lanes: Any
    stop_m: Any
    launch_m_s: Any
    followers: Any
