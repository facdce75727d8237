"""Density and speed of people on their way between two parallel lines.

Definitions as in PedPy (``compute_frame_range_in_area``, ``compute_passing_density``, ``compute_passing_speed``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon

from impetus_sim.analysis.measures.areas import FrameSeries
from impetus_sim.analysis.measures.trajectories import Floats, Ints, Trajectories


@dataclass(frozen=True, kw_only=True)
class Passages:
    """Who went through an area from one line to the other without leaving it.

    Parameters
    ----------
    person
        Shape (k,); somebody who passes twice is there twice.
    entering_frame, leaving_frame
        First frame inside, and first frame after it, shape (k,).
    area
        Between the lines.
    distance_m
        Between the lines.
    """

    person: Ints
    entering_frame: Ints
    leaving_frame: Ints
    area: Polygon
    distance_m: float


def find_passages(trajectories: Trajectories, line: LineString, *, distance_m: float) -> Passages:
    """Return the passages between a line and its parallel at a distance to the left of its direction.

    Parameters
    ----------
    trajectories
        Of any frame rate.
    line
        Two points.
    distance_m
        To the second line; negative to the right.
    """
    second = shapely.offset_curve(line, distance_m)
    area = Polygon([*line.coords, *second.coords[::-1]])
    first, last = _find_stays(trajectories, area)
    # the movement into the first frame inside, and the one out of the area, must each cross one of the lines
    enters = [_crosses(trajectories, first, border) for border in (line, second)]
    leaves = [_crosses(trajectories, last + 1, border) for border in (line, second)]
    through = (enters[0] & leaves[1]) | (enters[1] & leaves[0])
    return Passages(
        person=trajectories.person[first[through]],
        entering_frame=trajectories.frame[first[through]],
        leaving_frame=trajectories.frame[last[through]] + 1,
        area=area,
        distance_m=abs(distance_m),
    )


def _find_stays(trajectories: Trajectories, area: Polygon) -> tuple[Ints, Ints]:
    """Return the first and last rows of stretches inside an area, frame by frame without a gap."""
    rows = np.flatnonzero(trajectories.inside(area))
    goes_on = (np.diff(trajectories.person[rows]) == 0) & (np.diff(trajectories.frame[rows]) == 1)
    first = np.concatenate([rows[:1], rows[1:][~goes_on]])
    last = np.concatenate([rows[:-1][~goes_on], rows[-1:]])
    return first.astype(np.int64), last.astype(np.int64)


def _crosses(trajectories: Trajectories, end: Ints, line: LineString) -> np.ndarray:
    """Tell whether the movement that ends at each row touches a line; not where it is nobody's or has a gap."""
    t = trajectories
    crosses = np.zeros(len(end), bool)
    known = np.flatnonzero((end > 0) & (end < len(t)))
    start = end[known] - 1
    follows = (t.person[start] == t.person[end[known]]) & (t.frame[end[known]] == t.frame[start] + 1)
    known, start = known[follows], start[follows]
    stop = end[known]
    ends = np.stack([np.column_stack([t.x[k], t.y[k]]) for k in (start, stop)], axis=1)
    crosses[known] = shapely.intersects(line, shapely.linestrings(ends)) if len(known) else False
    return crosses


def compute_passing_density(passages: Passages, density: FrameSeries) -> Floats:
    """Return the mean density of the area (`compute_classic_density`) during each passage, people/m2."""
    total = np.concatenate([[0.0], np.cumsum(density.values)])
    first, end = (frames - density.frames[0] for frames in (passages.entering_frame, passages.leaving_frame))
    return (total[end] - total[first]) / (end - first)


def compute_passing_speed(passages: Passages, *, frame_rate: float) -> Floats:
    """Return the distance between the lines over the time of each passage, m/s."""
    return frame_rate * passages.distance_m / (passages.leaving_frame - passages.entering_frame)
