"""Fields of ground that closed gates cut in parts: whoever has no way makes for the gate that is in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from impetus_sim.world.gates import GateGrid
from impetus_sim.world.goals import Goals
from impetus_sim.world.ground import Ground

CUT_OFF_M = 100_000.0
"""Added to costs where there is no way: far beyond any way on foot, so that every real way is preferred."""


def build_with_gates(ground: Ground, grid: GateGrid, build: Callable[[], Goals]) -> Goals:
    """Return the fields of all goals for the gates as the grid has them.

    Where a closed gate cuts a goal off, cost and direction are those of open gates, the cost raised by `CUT_OFF_M`:
    people walk up to the gate and wait before it. They do so only where they have no other way.

    Parameters
    ----------
    build
        Builds the fields for the ground as it is.
    """
    is_open = grid.is_open
    closed = build()
    if is_open.all():
        return closed
    grid.apply(np.ones_like(is_open))
    opened = build()
    grid.apply(is_open)
    cut = ~np.isfinite(closed.costs) & np.isfinite(opened.costs) & (ground.walkable == 1)
    costs, directions = np.array(closed.costs), np.array(closed.directions)
    costs[cut] = opened.costs[cut] + np.float32(CUT_OFF_M)
    directions[cut] = opened.directions[cut]
    line_costs = np.where(np.isfinite(closed.line_costs), closed.line_costs, opened.line_costs + CUT_OFF_M)
    return replace(closed, costs=costs, directions=directions, line_costs=line_costs)
