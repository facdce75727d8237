"""Departures in stages: trips that have not begun set out later, or when they are released.

Under an order of time T a vehicle of a stage that starts s after it sets out at max(w, T) + s, where w is when its
driver wished to. The wish stays in the vehicle's record, so delays count from it with and without the order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.traffic.kernels.records import PLANNED
from impetus_sim.traffic.system import PARKED_US

if TYPE_CHECKING:
    from impetus_sim.traffic.system import TrafficSystem

HELD_BACK_US = PARKED_US - 1
"""When a vehicle sets out that is held until another order. It may come at any time, so unlike a parked vehicle it
keeps a run from being over."""

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Staging:
    """What one order is about.

    vehicles: int64 (n,), rows of the fleet. after_us: int64 (n,), start of each one's stage after the order, or
    `HELD_BACK_US` for those that it holds.
    """

    vehicles: Ints
    after_us: Ints


def stage_departures(
    flow: TrafficSystem, stagings: Iterable[Staging], in_force: Sequence[tuple[Staging, int]]
) -> None:
    """Set when vehicles set out that have not yet: by the latest order about each, else as their drivers wish.

    Parameters
    ----------
    stagings
        All that there are: nothing else is touched.
    in_force
        Those that hold, with the time at which each was ordered, microseconds; the latest last.
    """
    vehicles, now_us = flow.vehicles, flow.now_us
    wish_us = vehicles["depart_us"]
    sets_out_us = wish_us.copy()
    for staging, given_us in in_force:
        rows, after_us = staging.vehicles, staging.after_us
        is_held = after_us == HELD_BACK_US
        later = np.maximum(wish_us[rows], given_us) + np.where(is_held, 0, after_us)
        sets_out_us[rows] = np.where(is_held, HELD_BACK_US, later)
    rows = np.unique(np.concatenate([np.zeros(0, np.int64), *(staging.vehicles for staging in stagings)]))
    waits = (vehicles["state"][rows] == PLANNED) & (vehicles["sets_out_us"][rows] > now_us)
    rows = rows[waits]
    flow.put_off(rows, np.maximum(sets_out_us[rows], now_us))
