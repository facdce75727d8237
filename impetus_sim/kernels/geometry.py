"""Plane geometry of points and segments."""

from __future__ import annotations

import math

from impetus_sim.kernels.compile import kernel


@kernel
def nearest_on_segment(px, py, ax, ay, bx, by):  # type: ignore[no-untyped-def]
    """Return the point of segment a-b nearest to p."""
    dx = bx - ax
    dy = by - ay
    length2 = dx * dx + dy * dy
    if length2 == 0.0:
        return ax, ay
    t = ((px - ax) * dx + (py - ay) * dy) / length2
    t = min(1.0, max(0.0, t))
    return ax + t * dx, ay + t * dy


@kernel
def distance_to_segment(px, py, ax, ay, bx, by):  # type: ignore[no-untyped-def]
    """Return the distance from p to segment a-b."""
    qx, qy = nearest_on_segment(px, py, ax, ay, bx, by)
    return math.sqrt((px - qx) ** 2 + (py - qy) ** 2)


@kernel
def cross(ox, oy, ax, ay, bx, by):  # type: ignore[no-untyped-def]
    """Return the cross product (a - o) x (b - o): positive when b lies left of o-a."""
    return (ax - ox) * (by - oy) - (ay - oy) * (bx - ox)


@kernel
def segments_cross(px, py, qx, qy, ax, ay, bx, by):  # type: ignore[no-untyped-def]
    """Tell whether segments p-q and a-b meet (touching counts; collinear overlap counts)."""
    d1 = cross(ax, ay, bx, by, px, py)
    d2 = cross(ax, ay, bx, by, qx, qy)
    if (d1 > 0.0 and d2 > 0.0) or (d1 < 0.0 and d2 < 0.0):
        return False
    d3 = cross(px, py, qx, qy, ax, ay)
    d4 = cross(px, py, qx, qy, bx, by)
    if (d3 > 0.0 and d4 > 0.0) or (d3 < 0.0 and d4 < 0.0):
        return False
    if d1 == 0.0 and d2 == 0.0 and d3 == 0.0 and d4 == 0.0:  # collinear: compare the extents
        return max(min(px, qx), min(ax, bx)) <= min(max(px, qx), max(ax, bx)) and max(
            min(py, qy), min(ay, by)
        ) <= min(max(py, qy), max(ay, by))
    return True
