"""Where vehicles are at a time, from the events before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.traffic.kernels.places import fill_offsets

if TYPE_CHECKING:
    from impetus_sim.traffic.system import TrafficSystem


def offsets_m(traffic: TrafficSystem) -> npt.NDArray[np.float64]:
    """Return how far along its link each vehicle is now, m; nan for vehicles on no link."""
    out = np.full(len(traffic.vehicles), np.nan)
    fill_offsets(traffic.now_us, traffic.road, traffic.vehicles, out)
    out /= 1000.0
    if traffic.following is not None:
        traffic.following.place_m(traffic.now_us, traffic.vehicles, out)
    return out
