"""The ground as the peer needs it: people leave there on reaching an area, not a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

    from impetus_sim.world.ground import Ground

BAY_M = 1.0
"""Each door gets a bay of this depth outside: people are gone when they cross the door, as ours are."""


def add_bays(ground: Ground) -> tuple[BaseGeometry, list[BaseGeometry]]:
    """Return the ground with a bay outside each exit, and the bays in the order of `ground.exit_names`."""
    bays = [
        shapely.union_all([_bay(segment) for segment in ground.exit_segments(k)])
        for k in range(len(ground.exit_names))
    ]
    return shapely.union_all([ground.polygon, *bays], grid_size=1e-6), bays


def _bay(segment: npt.NDArray[np.float64]) -> BaseGeometry:
    # The interior lies on the left of a door's segment: outside is to the right.
    ax, ay, bx, by = segment
    length = float(np.hypot(bx - ax, by - ay))
    ox, oy = BAY_M * (by - ay) / length, -BAY_M * (bx - ax) / length
    return shapely.Polygon([(ax, ay), (bx, by), (bx + ox, by + oy), (ax + ox, ay + oy)])
