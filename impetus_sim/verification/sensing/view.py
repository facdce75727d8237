"""Fields of view against a plain twin: for each cell, one ray and one angle, by shapely."""

from __future__ import annotations

import math

import numpy as np
import shapely

from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.sensing.setup import SIDE_M, build_sensor, build_stage

N_CAMERAS = 60
N_BLOCKS = 12


def fields_of_view(effort: Effort) -> Measured:
    """Put cameras among random blocks and count the cells on which the twin does not agree."""
    del effort
    rng = np.random.default_rng(7)
    corners = rng.uniform(5, SIDE_M - 12, (N_BLOCKS, 2))
    blocks = [
        shapely.box(x, y, x + w, y + h)
        for (x, y), (w, h) in zip(corners, rng.uniform(1, 7, (N_BLOCKS, 2)), strict=True)
    ]
    solid = shapely.union_all(blocks)
    edges = np.concatenate([_edges(block) for block in blocks])
    stage = build_stage(opaque=edges)
    cells = np.arange(int(SIDE_M)) + 0.5
    qx, qy = (a.ravel() for a in np.meshgrid(cells, cells))
    n_wrong, n_seen = 0, 0
    for k in range(N_CAMERAS):
        x, y = rng.uniform(0, SIDE_M, 2)
        while solid.distance(shapely.Point(x, y)) < 0.1:
            x, y = rng.uniform(0, SIDE_M, 2)
        bearing, angle, reach = rng.uniform(0, 360), rng.uniform(20, 200), rng.uniform(5, 40)
        turned = {"facing": bearing, "field_of_view": angle} if k % 3 else {}
        camera = build_sensor(stage, "camera", f"camera_{k}", at={"xy": [x, y]}, range=reach, **turned)
        seen = np.zeros(len(qx), bool)
        seen[camera.cells_of(0)] = True
        n_wrong += int(
            np.count_nonzero(seen != _twin(solid, x, y, qx, qy, bearing, angle if turned else 360.0, reach))
        )
        n_seen += int(seen.sum())
    return Measured(value=n_wrong, text=f"{n_wrong} of {N_CAMERAS * len(qx)} cells, {n_seen} of them seen")


def _edges(block: shapely.Polygon) -> np.ndarray:
    points = shapely.get_coordinates(block.exterior)
    return np.column_stack([points[:-1], points[1:]])


def _twin(
    solid: shapely.Geometry,
    x: float,
    y: float,
    qx: np.ndarray,
    qy: np.ndarray,
    bearing: float,
    angle: float,
    reach: float,
) -> np.ndarray:
    rays = shapely.linestrings(
        np.stack(
            [np.column_stack([np.full(len(qx), x), np.full(len(qx), y)]), np.column_stack([qx, qy])], axis=1
        )
    )
    off = (np.degrees(np.arctan2(qx - x, qy - y)) - bearing + 180.0) % 360.0 - 180.0
    is_in_angle = np.abs(off) <= angle / 2.0 if angle < 360.0 else True
    is_near = np.array([math.dist((x, y), q) <= reach for q in zip(qx, qy, strict=True)])
    shapely.prepare(solid)
    return is_near & is_in_angle & ~shapely.intersects(solid, rays)


CASES = (
    Case(
        id="sensing-view",
        standard="geometry",
        title=f"fields of view of {N_CAMERAS} cameras among {N_BLOCKS} blocks",
        source="plain geometric twin (shapely)",
        low=0.0,
        high=0.0,
        expected="the same cells",
        run=fields_of_view,
    ),
)
