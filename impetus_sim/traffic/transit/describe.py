"""What a service is to do, for the header of a recording; analysis reads it beside the tables of its state."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from impetus_sim.traffic.transit.plan import Plan
from impetus_sim.traffic.transit.riders import RIDER_STATES

Group = dict[str, npt.NDArray[Any]]


def describe_plan(plan: Plan) -> dict[str, Group]:
    """Return stops, runs and calls, one row each."""
    stops, runs = plan.stops, plan.runs
    lines = np.array([pool.name for pool in plan.pools], dtype=object)
    return {
        "transit_stops": {
            "name": np.array(stops.names, dtype=object),
            "x": stops.x,
            "y": stops.y,
            "moved_m": stops.moved_m,
        },
        "transit_runs": {"name": np.array(runs.names, dtype=object), "line": lines[runs.pool]},
        "transit_call_plan": {"run": runs.run_of_call, "stop": runs.stop, "due_us": runs.due_us},
        "transit_vehicle_plan": {"row": plan.carriers.row, "seats": plan.carriers.seats},
        "transit_rider_states": {"name": np.array(RIDER_STATES, dtype=object)},
    }


def is_in_service(plan: Plan, n_vehicles: int) -> npt.NDArray[np.bool_]:
    """Return which of the fleet run on lines, (vehicles,): the times of their trips say nothing of streets."""
    out = np.zeros(n_vehicles, bool)
    by_itself = np.array([pool.goes_by_itself for pool in plan.pools], bool)
    out[plan.carriers.row[~by_itself[plan.carriers.pool]]] = True
    return out
