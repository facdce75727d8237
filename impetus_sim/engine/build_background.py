"""Everyday trips of a scenario that are given up during the crisis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim import rng
from impetus_sim.engine.build_demand import rows_of_entries
from impetus_sim.scenario.traffic_demand import Gravity, OdTrips, SumoTrips
from impetus_sim.traffic.background import Background, draw_times

if TYPE_CHECKING:
    from impetus_sim.scenario.traffic import Traffic
    from impetus_sim.traffic.system import TrafficSystem


def build_background(
    spec: Traffic,
    flow: TrafficSystem,
    uid: npt.NDArray[np.uint64],
    n_of_entry: Mapping[str, int],
    *,
    seed: int,
    replicate: int,
) -> Background | None:
    """Build what is given up; None where the scenario has no such section.

    Parameters
    ----------
    uid
        Stable id of each vehicle of the fleet.
    n_of_entry
        Vehicles of each entry of the demand, which come first in the fleet, in this order.
    """
    wanted = spec.background
    if wanted is None:
        return None
    chosen = wanted.of or [
        name for name, entry in spec.demand.items() if isinstance(entry, Gravity | OdTrips | SumoTrips)
    ]
    rows = rows_of_entries(n_of_entry, chosen)
    draws = rng.draw_uniforms(seed, replicate, "traffic.background", uid[rows])[:, 0]
    times = draw_times(
        draws,
        share=float(wanted.reduce_by),
        start_us=round(float(wanted.start) * 1e6),
        over_us=round(float(wanted.over) * 1e6),
    )
    return Background(flow, rows, times)
