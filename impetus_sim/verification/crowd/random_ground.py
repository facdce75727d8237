"""Random walkable polygons: jagged outlines with sharp corners, triangular holes and thin fences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import Polygon

from impetus_sim.maps.plan import NamedShape, build_plan

if TYPE_CHECKING:
    from impetus_sim.maps.city import City

FENCE_M = 0.05


def random_city(seed: int) -> City:
    """Return a plan of one random polygon, 100 to 1500 m2, whose ground is the place ``ground``."""
    random = np.random.default_rng(seed)
    n = int(random.integers(7, 16))
    angle = np.sort(random.uniform(0.0, 2.0 * np.pi, n)) + 1e-3 * np.arange(n)
    reach = random.uniform(7.0, 24.0, n)
    outline = Polygon(np.column_stack([reach * np.cos(angle), reach * np.sin(angle)])).buffer(0)
    ground = outline.union(shapely.Point(0.0, 0.0).buffer(6.0))
    for k in range(int(random.integers(2, 7))):
        middle = random.uniform(-10.0, 10.0, 2)
        turn, size = random.uniform(0.0, 2.0 * np.pi), random.uniform(0.5, 5.0)
        along = np.array([np.cos(turn), np.sin(turn)])
        if k % 2:
            hole = shapely.LineString([middle - size * along, middle + size * along]).buffer(0.5 * FENCE_M)
        else:
            hole = Polygon(
                [middle + size * along, middle - 0.5 * size * along[::-1], middle + random.normal(0, 1, 2)]
            )
        ground = ground.difference(hole.buffer(0))
    largest = max(shapely.get_parts(ground), key=lambda part: part.area)
    places = [NamedShape(name="ground", kind="area", shape=largest)]
    return build_plan(name=f"random-{seed}", ground=largest, places=places)
