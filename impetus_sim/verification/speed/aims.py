"""The peer's ways as a field of ours: from each cell to where JuPedSim's people there would make for.

JuPedSim's people walk straight to the next corner of the shortest way through a mesh of triangles, and in the
end to the middle of the exit. Ours follow a distance field that keeps off walls. Where the walking models are
compared, both take JuPedSim's ways.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from impetus_sim.verification.speed.bays import add_bays

if TYPE_CHECKING:
    from impetus_sim.world.goals import Goals
    from impetus_sim.world.ground import Ground


def take_peer_ways(goals: Goals, ground: Ground) -> Goals:
    """Return goals whose directions to the exits are those of JuPedSim's people on the same ground."""
    import jupedsim

    geometry, exits = add_bays(ground)
    routing = jupedsim.RoutingEngine(geometry)
    rows, columns = np.nonzero(np.isfinite(goals.costs[: len(exits)]).any(axis=0))
    x, y = ground.x0 + (columns + 0.5) * ground.cell, ground.y0 + (rows + 0.5) * ground.cell
    directions = goals.directions.copy()
    is_on = shapely.contains_xy(geometry, x, y)
    for g, area in enumerate(exits):
        end = (area.centroid.x, area.centroid.y)
        for k in np.flatnonzero(is_on & np.isfinite(goals.costs[g, rows, columns])):
            way = routing.compute_waypoints((x[k], y[k]), end)
            step = np.subtract(way[1], (x[k], y[k]))
            directions[g, rows[k], columns[k]] = step / max(1e-9, np.hypot(*step))
    return replace(goals, directions=directions)
