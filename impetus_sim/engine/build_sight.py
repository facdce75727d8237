"""What stands in the way of cameras, from the map: its buildings, and on storeys the walls of each plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from impetus_sim.sensing.view import SIGHT_CELL_M, Sight, SightGrid

if TYPE_CHECKING:
    from impetus_sim.crowd.system import CrowdSystem
    from impetus_sim.world.ground import Ground
    from impetus_sim.world.world import World

Floats = npt.NDArray[np.float64]

CLEAR_M = 0.3
"""A camera on a facade, or placed inside a building, hangs this far before the nearest wall."""


def build_sight(buildings: npt.NDArray[np.object_], world: World, crowd: CrowdSystem) -> Sight:
    """Return what the cameras of a run look over.

    Other edges of the walkable ground, fences and exits do not stop a look: a lawn or water can be seen across.
    Storeys lie side by side in the plane, so there walls stop it too.
    """
    ground = world.ground
    rows, columns = (int(np.ceil(n * ground.cell / SIGHT_CELL_M)) for n in ground.shape)
    tree = shapely.STRtree(buildings)

    def people() -> tuple[npt.NDArray[np.uint64], Floats, Floats]:
        inside, held = crowd.inside, crowd.people
        return held.uid[inside], held.x[inside], held.y[inside]

    def extinction(x: Floats, y: Floats) -> Floats | None:
        return world.extinction_at(x, y) if world.has_smoke else None

    def clear(x: float, y: float) -> tuple[float, float]:
        point = shapely.Point(x, y)
        near = buildings[tree.query(point, predicate="dwithin", distance=CLEAR_M)]
        if not len(near):
            return x, y
        around = buildings[np.unique(tree.query(near, predicate="dwithin", distance=2.0 * CLEAR_M)[1])]
        edge = shapely.union_all(around).buffer(CLEAR_M).boundary
        moved = shapely.line_interpolate_point(edge, shapely.line_locate_point(edge, point))
        return float(moved.x), float(moved.y)

    return Sight(
        SightGrid(x0=ground.x0, y0=ground.y0, cell=SIGHT_CELL_M, rows=rows, columns=columns),
        np.concatenate([_outlines(buildings), _walls(ground)]) if len(world.sheets) else _outlines(buildings),
        people=people,
        extinction=extinction,
        clear=clear,
    )


def _walls(ground: Ground) -> Floats:
    return ground.walls[(ground.wall_exit < 0) & (ground.wall_gate < 0)]


def _outlines(buildings: npt.NDArray[np.object_]) -> Floats:
    # every edge of every ring, float64 (n, 4)
    if not len(buildings):
        return np.empty((0, 4))
    rings = shapely.get_parts(shapely.boundary(buildings))
    points, of = shapely.get_coordinates(rings, return_index=True)
    follows = of[1:] == of[:-1]
    return np.column_stack([points[:-1], points[1:]])[follows]
