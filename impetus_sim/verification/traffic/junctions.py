"""Merges and diverges: who gets how much of what there is."""

from __future__ import annotations

import numpy as np

from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.traffic.setup import (
    CAPACITY,
    MODEL,
    Stretch,
    build_routed,
    evenly,
    follow,
    relative,
)

_DAGANZO = "Daganzo (1995), priority merge; Tampere et al. (2011), node model"
_MERGES = (
    ("traffic-merge-1-1", (0.5, 0.5), (1.0, 1.0), (0.36364, 0.36364)),
    ("traffic-merge-2-1", (0.5, 0.5), (2.0, 1.0), (0.48485, 0.24242)),
    ("traffic-merge-unused", (0.2, 0.6), (1.0, 1.0), (0.2, 0.52727)),
)
"""Id, demands and weights of the branches, exact flows, vehicles/s."""


def merge(demand: tuple[float, float], weight: tuple[float, float]) -> tuple[float, float]:
    """Return the flows of two branches that merge into one lane, vehicles/s."""
    traffic = build_routed(
        [
            Stretch(ends=(0, 2), weight=weight[0]),
            Stretch(ends=(1, 2), weight=weight[1]),
            Stretch(ends=(2, 3)),
        ],
        [[0, 2], [1, 2]],
        [evenly(q, 4000.0) for q in demand],
    )
    curves = follow(traffic, 3600.0, step_s=10.0)
    return curves.flow(0, 600.0, 3600.0), curves.flow(1, 600.0, 3600.0)


def _merge_case(
    id: str, demand: tuple[float, float], weight: tuple[float, float], exact: tuple[float, float]
) -> Case:
    def run(effort: Effort) -> Measured:
        del effort
        flows = merge(demand, weight)
        worst = max(relative(flow, right) for flow, right in zip(flows, exact, strict=True))
        return Measured(value=worst, text=f"{flows[0]:.5f} and {flows[1]:.5f} vehicles/s, {worst:.2f} % off")

    return Case(
        id=id,
        standard="kinematic wave, merge",
        title=f"demands {demand[0]:g} and {demand[1]:g} vehicles/s into 0.72727, {weight[0]:g}:{weight[1]:g}",
        source=_DAGANZO,
        low=0.0,
        high=0.5,
        expected=f"{exact[0]:g} and {exact[1]:g} vehicles/s, within 0.5 % (a vehicle in 727 is 0.14 %)",
        run=run,
        default_model=MODEL,
    )


def diverge(effort: Effort) -> Measured:
    """Send three of five vehicles on through an open exit and two through one of 0.1 vehicles/s."""
    del effort
    depart = evenly(0.6, 4000.0)
    is_through = np.isin(np.arange(len(depart)) % 5, (0, 2, 4))
    traffic = build_routed(
        [Stretch(ends=(0, 1)), Stretch(ends=(1, 2)), Stretch(ends=(1, 3), capacity=0.1)],
        [[0, 1], [0, 2]],
        [depart[is_through], depart[~is_through]],
    )
    curves = follow(traffic, 3600.0, step_s=10.0)
    total, through = curves.flow(0, 600.0, 3600.0), curves.flow(1, 600.0, 3600.0)
    worst = max(relative(total, 0.25), relative(through, 0.15))
    return Measured(value=worst, text=f"{total:.4f} in all, {through:.4f} through, {worst:.2f} % off")


def share_three_ways(effort: Effort) -> Measured:
    """Let three branches of 1, 1 and 2 lanes compete for one lane: shares in proportion to capacities."""
    del effort
    traffic = build_routed(
        [
            Stretch(ends=(0, 3)),
            Stretch(ends=(1, 3)),
            Stretch(ends=(2, 3), n_lanes=2),
            Stretch(ends=(3, 4)),
        ],
        [[0, 3], [1, 3], [2, 3]],
        [evenly(q, 4000.0) for q in (0.6, 0.6, 1.2)],
    )
    curves = follow(traffic, 3600.0, step_s=10.0)
    flows = [curves.flow(link, 600.0, 3600.0) for link in range(3)]
    worst = max(relative(q, CAPACITY * share) for q, share in zip(flows, (0.25, 0.25, 0.5), strict=True))
    return Measured(value=worst, text=f"{', '.join(f'{q:.4f}' for q in flows)} vehicles/s, {worst:.2f} % off")


CASES = (
    *(_merge_case(*row) for row in _MERGES),
    Case(
        id="traffic-merge-lanes",
        standard="kinematic wave, merge",
        title="branches of 1, 1 and 2 lanes, all full, into one lane",
        source="Tampere et al. (2011): supply in proportion to capacities",
        low=0.0,
        high=0.5,
        expected="a quarter, a quarter and a half of 0.72727 vehicles/s, within 0.5 %",
        run=share_three_ways,
        default_model=MODEL,
    ),
    Case(
        id="traffic-diverge",
        standard="kinematic wave, diverge",
        title="60 % through, 40 % into an exit of 0.1 vehicles/s, first in first out",
        source="Daganzo (1995), FIFO diverge",
        low=0.0,
        high=0.5,
        expected="0.25 vehicles/s in all, 0.15 through, within 0.5 %",
        run=diverge,
        default_model=MODEL,
    ),
)
