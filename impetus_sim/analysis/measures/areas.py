"""Density and speed in a measurement area, frame by frame, and the fundamental diagram.

Definitions as in PedPy (``compute_classic_density``, ``compute_voronoi_density``,
``compute_mean_speed_per_frame``, ``compute_voronoi_speed``). One difference: the mean speed of a frame in which
nobody is in the area is not defined (NaN) here, and 0 in PedPy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from impetus_sim.analysis.measures.speed import Speeds, require_speeds
from impetus_sim.analysis.measures.trajectories import Floats, Ints, Trajectories
from impetus_sim.analysis.measures.voronoi import VoronoiCells


@dataclass(frozen=True, kw_only=True)
class FrameSeries:
    """One value per frame; shapes (k,)."""

    frames: Ints
    values: Floats

    def at(self, frames: Ints) -> Floats:
        """Return the values at some of the frames."""
        return self.values[np.searchsorted(self.frames, frames)]


def compute_classic_density(trajectories: Trajectories, area: BaseGeometry) -> FrameSeries:
    """Return the number of people inside an area over its size, people/m2."""
    frames = trajectories.frames
    inside = trajectories.frame[trajectories.inside(area)]
    counts = np.bincount(inside - frames[0], minlength=len(frames)) if len(frames) else np.empty(0)
    return FrameSeries(frames=frames, values=counts / area.area)


def compute_voronoi_density(cells: VoronoiCells, area: BaseGeometry) -> FrameSeries:
    """Return the sum over cells of their share inside an area, over its size, people/m2."""
    share = compute_overlap(cells, area) * cells.density
    return FrameSeries(frames=cells.frames, values=_sum_by_frame(cells, share) / area.area)


def compute_overlap(cells: VoronoiCells, area: BaseGeometry) -> Floats:
    """Return the ground of each cell that lies in an area, m2, shape (cells,)."""
    shapely.prepare(area)
    overlap = np.zeros(len(cells.row))
    touched = np.flatnonzero(shapely.intersects(area, cells.polygon))
    overlap[touched] = shapely.area(shapely.intersection(cells.polygon[touched], area))
    return overlap


def compute_mean_speed(trajectories: Trajectories, speeds: Speeds, area: BaseGeometry) -> FrameSeries:
    """Return the mean speed of the people inside an area, m/s; NaN in frames without anybody there."""
    inside = trajectories.inside(area) & speeds.is_defined
    frames = trajectories.frames
    index = trajectories.frame[inside] - frames[0]
    counts = np.bincount(index, minlength=len(frames))
    sums = np.bincount(index, weights=speeds.speed[inside], minlength=len(frames))
    return FrameSeries(
        frames=frames, values=np.divide(sums, counts, out=np.full(len(frames), np.nan), where=counts > 0)
    )


def compute_voronoi_speed(cells: VoronoiCells, speeds: Speeds, area: BaseGeometry) -> FrameSeries:
    """Return the speeds weighted by the share of the area that their cells cover, m/s.

    Raises
    ------
    InvalidInputError
        When somebody whose cell reaches into the area has no speed.
    """
    overlap = compute_overlap(cells, area)
    present = np.flatnonzero(overlap > 0)
    require_speeds(speeds, cells.row[present])
    weighted = np.zeros(len(overlap))
    weighted[present] = overlap[present] * speeds.speed[cells.row[present]]
    return FrameSeries(frames=cells.frames, values=_sum_by_frame(cells, weighted) / area.area)


def _sum_by_frame(cells: VoronoiCells, values: Floats) -> Floats:
    index = np.searchsorted(cells.frames, cells.frame)
    return np.bincount(index, weights=values, minlength=len(cells.frames)).astype(np.float64)


@dataclass(frozen=True, kw_only=True)
class FundamentalDiagram:
    """Density and speed of the same frames in one area, and flow per metre as their product; shapes (k,).

    Frames without anybody in the area are left out.
    """

    frames: Ints
    density: Floats
    speed: Floats

    @property
    def specific_flow(self) -> Floats:
        """Density times speed, people/(m s)."""
        return self.density * self.speed


def compute_fundamental_diagram(
    trajectories: Trajectories, speeds: Speeds, area: BaseGeometry, *, cells: VoronoiCells | None = None
) -> FundamentalDiagram:
    """Return the points of the fundamental diagram of an area, one per frame.

    Parameters
    ----------
    trajectories, speeds
        Aligned.
    area
        Measurement area.
    cells
        Use Voronoi density and speed; without them classic density and mean speed.
    """
    if cells is None:
        density = compute_classic_density(trajectories, area)
        speed = compute_mean_speed(trajectories, speeds, area)
    else:
        density = compute_voronoi_density(cells, area)
        speed = compute_voronoi_speed(cells, speeds, area)
    busy = (density.values > 0) & np.isfinite(speed.values)
    return FundamentalDiagram(
        frames=density.frames[busy], density=density.values[busy], speed=speed.values[busy]
    )
