"""Everyday trips that are given up once people hear of a crisis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from impetus_sim.traffic.system import TrafficSystem

NEVER_US = 2**62
Ints = npt.NDArray[np.int64]


class Background:
    """Trips that are given up before they begin, each at a time of its own.

    Parameters
    ----------
    flow
        Vehicles on the network.
    rows, gives_up_us
        int64 (n,), vehicles, and when the driver of each gives up the trip if it has not begun; `NEVER_US` for
        those who drive all the same.

    It has no state: what was given up is the state of the vehicles.
    """

    def __init__(self, flow: TrafficSystem, rows: Ints, gives_up_us: Ints) -> None:
        self._flow = flow
        rows, gives_up_us = rows[gives_up_us < NEVER_US], gives_up_us[gives_up_us < NEVER_US]
        order = np.argsort(gives_up_us, kind="stable")
        self._rows, self._gives_up_us, self._next = rows[order], gives_up_us[order], 0

    def give_up(self, until_us: int) -> None:
        """Cancel the trips that are given up to a time; called before vehicles are advanced to it."""
        last = int(np.searchsorted(self._gives_up_us, until_us, side="right"))
        if last > self._next:
            due = self._rows[self._next : last]
            # who sets out before, or has, drives: a branch may bring a reduction after its start
            sets_out_us = self._flow.vehicles["sets_out_us"][due]
            self._flow.cancel(due[sets_out_us >= self._gives_up_us[self._next : last]])
            self._next = last

    def look_again(self) -> None:
        """Ask everybody again at the next step: orders have changed when trips begin."""
        self._next = 0


def draw_times(draws: npt.NDArray[np.float64], *, share: float, start_us: int, over_us: int) -> Ints:
    """Return when each driver would give up the trip, microseconds, `NEVER_US` for a share of 1 - `share`.

    Parameters
    ----------
    draws
        Uniforms, (n,).
    start_us, over_us
        The share of those who have given up grows evenly from `start_us` on, for so long.
    """
    if share <= 0.0:
        return np.full(len(draws), NEVER_US)
    times = start_us + np.rint(np.minimum(draws / share, 1.0) * over_us).astype(np.int64)
    return np.where(draws < share, times, NEVER_US)
