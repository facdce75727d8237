"""Which stage comes next: by drawn shares, or the one where least time or most room is expected."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from impetus_sim.crowd.journeys.plan import LegPlan, QueuePlan, StagePlan

NO_WAY_S = 10_000.0
"""Ways that would take longer are none: a closed gate is in them."""


def choose_by_shares(
    leg: LegPlan, uniforms: npt.NDArray[np.float64], is_reached: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int16]:
    """Return the stage of each person.

    Parameters
    ----------
    uniforms
        float64 (n,) in (0, 1).
    is_reached
        bool (n, stages of the leg): which stages there is a way to now. Those without are left out and the other
        shares scaled up; where there is a way to none all count.
    """
    shares = np.array(leg.shares) * is_reached
    shares[shares.sum(axis=1) <= 0.0] = leg.shares
    edges = np.cumsum(shares, axis=1)
    which = (uniforms[:, None] * edges[:, -1:] >= edges).sum(axis=1)
    last = len(leg.shares) - 1 - np.argmax(shares[:, ::-1] > 0.0, axis=1)
    return np.array(leg.stages, np.int16)[np.minimum(which, last)]


def choose_least_crowded(
    leg: LegPlan,
    stages: Sequence[StagePlan],
    n_there: npt.NDArray[np.int64],
    walking_s: npt.NDArray[np.float64],
) -> npt.NDArray[np.int16]:
    """Return the stage of each person, who choose one after the other and see what those before chose.

    Queues are compared by the time of walking there and of being served, areas by people per square metre and
    then by the way.

    Parameters
    ----------
    n_there
        int64 (stages,): people there or on their way; raised by those who choose.
    walking_s
        float64 (n, stages of the leg): time of the way; very long where there is none.
    """
    chosen = np.empty(len(walking_s), np.int16)
    plans = [stages[k] for k in leg.stages]
    for i, walking in enumerate(walking_s):
        costs = [
            (*_cost(plan, int(n_there[k]), float(walking[j])), j)
            for j, (k, plan) in enumerate(zip(leg.stages, plans, strict=True))
        ]
        best = leg.stages[min(costs)[-1]]
        chosen[i] = best
        n_there[best] += 1
    return chosen


def _cost(plan: StagePlan, n_there: int, walking_s: float) -> tuple[float, float]:
    if isinstance(plan, QueuePlan):
        return walking_s + n_there * plan.mean_service_s / len(plan.desks), 0.0
    if walking_s > NO_WAY_S:
        return walking_s, 0.0
    return n_there / plan.area_m2, walking_s
