"""Where a focus area cuts walkable ground: the streets that lead out of it.

The cut edges become exits, named by the street they cross; cuts narrower than asked stay walls.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

BorderExit = tuple[str, tuple[tuple[float, float], ...]]
NEAR_STREET_M = 15.0
ON_BORDER_M = 1e-4


def find_border_exits(
    ground: Polygon | MultiPolygon,
    focus: BaseGeometry,
    streets: Sequence[tuple[str, BaseGeometry]],
    *,
    min_width_m: float,
) -> list[BorderExit]:
    """Return one exit per stretch of the ground's edge that lies on the edge of the focus.

    Parameters
    ----------
    ground
        Walkable ground already clipped to `focus`.
    focus
        The focus polygon.
    streets
        Name and line of named streets, local metres.
    min_width_m
        Narrower stretches are left out.

    Returns
    -------
    Name and points of each stretch, in ring direction, sorted by name. Stretches without a
    named street are named by compass; several of one name are numbered anticlockwise from east.
    """
    edge = focus.boundary
    centre = focus.centroid
    stretches = []
    for part in getattr(ground, "geoms", [ground]):
        polygon = shapely.geometry.polygon.orient(part)
        for ring in (polygon.exterior, *polygon.interiors):
            stretches += [s for s in _runs_on(ring, edge) if LineString(s).length >= min_width_m]
    middles = [LineString(s).interpolate(0.5, normalized=True) for s in stretches]
    angles = [np.arctan2(p.y - centre.y, p.x - centre.x) % (2 * np.pi) for p in middles]
    names = [
        _street_at(p, streets) or f"way out {_compass(angle)}"
        for p, angle in zip(middles, angles, strict=True)
    ]
    total = Counter(names)
    seen: Counter[str] = Counter()
    found = []
    for k in np.argsort(angles, kind="stable"):
        seen[names[k]] += 1
        name = names[k] if total[names[k]] == 1 else f"{names[k]} {seen[names[k]]}"
        found.append((name, tuple((float(x), float(y)) for x, y in stretches[k])))
    return sorted(found)


def _runs_on(ring: LineString, edge: BaseGeometry) -> list[list[tuple[float, float]]]:
    coords = [(x, y) for x, y, *_ in ring.coords[:-1]]
    n = len(coords)
    on = [
        edge.distance(Point(0.5 * (a[0] + b[0]), 0.5 * (a[1] + b[1]))) < ON_BORDER_M
        and edge.distance(Point(a)) < ON_BORDER_M
        and edge.distance(Point(b)) < ON_BORDER_M
        for a, b in zip(coords, coords[1:] + coords[:1], strict=True)
    ]
    if all(on):
        return [[*coords, coords[0]]]
    runs: list[list[tuple[float, float]]] = []
    start = on.index(False)
    for step in range(1, n + 1):
        k = (start + step) % n
        if not on[k]:
            continue
        if not on[k - 1]:
            runs.append([coords[k]])
        runs[-1].append(coords[(k + 1) % n])
    return runs


def _street_at(point: Point, streets: Sequence[tuple[str, BaseGeometry]]) -> str:
    near = min(((line.distance(point), name) for name, line in streets), default=(np.inf, ""))
    return near[1] if near[0] <= NEAR_STREET_M else ""


def _compass(angle: float) -> str:
    names = ("east", "north-east", "north", "north-west", "west", "south-west", "south", "south-east")
    return names[round(angle / (np.pi / 4)) % 8]
