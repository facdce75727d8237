"""Flow across a line: who crosses when, people through over time, mean flow, and flow from Voronoi cells.

Definitions as in PedPy (``compute_crossing_frames``, ``compute_n_t``, ``compute_flow``, ``compute_line_flow``,
``compute_time_distance_line``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString

from impetus_sim.analysis.measures.areas import FrameSeries
from impetus_sim.analysis.measures.speed import Speeds, require_speeds
from impetus_sim.analysis.measures.trajectories import Floats, Ints, Mask, Trajectories
from impetus_sim.analysis.measures.voronoi import VoronoiCells

ON_LINE_M = 1e-5
"""Who ends a movement this close to the line has not crossed it yet, but does so with the next one off it."""


@dataclass(frozen=True, kw_only=True)
class Crossings:
    """Crossings of a line, by person, then by frame; somebody who sways may cross several times.

    Parameters
    ----------
    person, frame
        Shape (k,).
    row
        Row of the trajectories in that frame, shape (k,).
    """

    person: Ints
    frame: Ints
    row: Ints

    def first_of_each(self) -> Crossings:
        """Return the first crossing of each person, by frame, then by person."""
        _, first = np.unique(self.person, return_index=True)
        order = first[np.lexsort((self.person[first], self.frame[first]))]
        return Crossings(person=self.person[order], frame=self.frame[order], row=self.row[order])


def find_crossings(trajectories: Trajectories, line: LineString) -> Crossings:
    """Return every movement from one frame to the next that meets a line and does not end on it.

    Positions nearer than `ON_LINE_M` are on the line: a movement that starts there meets it, on whichever side of
    the line the rounding of the position lies.
    """
    t = trajectories
    end = np.flatnonzero(np.diff(t.person, prepend=t.person[:1] - 1) == 0)
    start = end - 1
    ends = np.stack(
        [np.column_stack([t.x[start], t.y[start]]), np.column_stack([t.x[end], t.y[end]])], axis=1
    )
    shapely.prepare(line)
    near = np.flatnonzero(shapely.dwithin(line, shapely.linestrings(ends), ON_LINE_M))
    starts_on, ends_on = (shapely.distance(line, shapely.points(ends[near, k])) < ON_LINE_M for k in (0, 1))
    meets = starts_on | shapely.intersects(line, shapely.linestrings(ends[near]))
    row = end[near[meets & ~ends_on]]
    return Crossings(person=t.person[row], frame=t.frame[row], row=row)


def compute_n_t(trajectories: Trajectories, crossings: Crossings) -> FrameSeries:
    """Return the number of people who have crossed by each frame; the first crossing of each counts."""
    frames = trajectories.frames
    counts = np.bincount(crossings.first_of_each().frame - frames[0], minlength=len(frames))
    return FrameSeries(frames=frames, values=np.cumsum(counts).astype(np.float64))


@dataclass(frozen=True, kw_only=True)
class WindowFlows:
    """Flow in consecutive windows of time, people/s, with the mean speed at crossing, m/s; shapes (k,)."""

    flow: Floats
    mean_speed: Floats


def compute_flow(
    trajectories: Trajectories, crossings: Crossings, speeds: Speeds, *, frame_step: int
) -> WindowFlows:
    """Return the flow in windows of about `frame_step` frames, each ended by somebody's crossing.

    A window starts when the last person of the window before has crossed, so that a window's length is a
    whole number of time gaps.
    """
    first = crossings.first_of_each()
    n_t = compute_n_t(trajectories, crossings)
    known = speeds.is_defined[first.row]
    at, speed = first.frame[known], speeds.speed[first.row][known]
    flows, means = [], []
    n_before = 0
    since = int(first.frame[0]) if len(first.frame) else int(n_t.frames[-1])
    for frame in range(since + frame_step, int(n_t.frames[-1]), frame_step):
        n = int(n_t.values[frame - n_t.frames[0]])
        until = int(first.frame[n - 1]) + 1
        if n != n_before:
            flows.append((n - n_before) / (until - since) * trajectories.frame_rate)
            through = speed[(at >= since) & (at <= until)]
            means.append(through.mean() if len(through) else np.nan)
            n_before, since = n, until
    return WindowFlows(flow=np.array(flows), mean_speed=np.array(means))


def compute_mean_flow(
    crossings: Crossings, *, frame_rate: float, busy: tuple[float, float] = (0.1, 0.9)
) -> float:
    """Return the mean flow over the busy interval, people/s; NaN when it is not defined.

    Parameters
    ----------
    crossings
        The first of each person counts.
    frame_rate
        Frames per second.
    busy
        The interval runs between the crossings of these shares of the people; the first one is not counted.
    """
    frames = crossings.first_of_each().frame
    if len(frames) < 2:
        return float("nan")
    low, high = (min(int(share * len(frames)), len(frames) - 1) for share in busy)
    gap = frames[high] - frames[low]
    return float((high - low) / gap * frame_rate) if gap > 0 else float("nan")


@dataclass(frozen=True, kw_only=True)
class LineFlows:
    """Density, speed and specific flow at a line from the cells that it cuts, one value per frame, shapes (k,).

    Parameters
    ----------
    frames
        Shape (k,).
    density
        People/m2.
    speed, speed_forward
        Across the line, m/s: of both directions together, each counted as positive, and of those who come
        along the line's normal (to the right of its direction).
    flow, flow_forward
        Per metre of line, people/(m s), likewise.
    """

    frames: Ints
    density: Floats
    speed: Floats
    speed_forward: Floats
    flow: Floats
    flow_forward: Floats


def compute_line_flow(cells: VoronoiCells, speeds: Speeds, line: LineString) -> LineFlows:
    """Return flow across a line: cells' density times speed across it, weighted by the share of line in each.

    Which direction somebody belongs to is told once, by the velocity in the first frame in which their cell
    reaches the line; swaying back later counts against it.

    Parameters
    ----------
    cells
        Of every frame.
    speeds
        Of the same trajectories, without a direction.
    line
        Two points.

    Raises
    ------
    InvalidInputError
        When somebody whose cell reaches the line has no speed.
    """
    (x0, y0), (x1, y1) = line.coords[0], line.coords[-1]
    normal = np.array([y1 - y0, x0 - x1]) / line.length
    cut = np.flatnonzero(shapely.intersects(line, cells.polygon))
    row = cells.row[cut]
    require_speeds(speeds, row)
    across = speeds.vx[row] * normal[0] + speeds.vy[row] * normal[1]
    # cells are sorted by frame, so the first of each person is their first at the line
    _, first, of_person = np.unique(cells.person[cut], return_index=True, return_inverse=True)
    side = np.sign(across[first])[of_person]
    share = shapely.length(shapely.intersection(cells.polygon[cut], line)) / line.length
    index = np.searchsorted(cells.frames, cells.frame[cut])

    def add(values: Floats) -> Floats:
        return np.bincount(index, weights=values, minlength=len(cells.frames)).astype(np.float64)

    speed = share * across * side
    flow = speed * cells.density[cut]
    return LineFlows(
        frames=cells.frames,
        density=add(share * cells.density[cut] * (side != 0.0)),
        speed=add(speed),
        speed_forward=add(speed * (side > 0.0)),
        flow=add(flow),
        flow_forward=add(flow * (side > 0.0)),
    )


@dataclass(frozen=True, kw_only=True)
class TimeToLine:
    """Distance and time to a line until somebody's crossing.

    Parameters
    ----------
    row
        Rows of the trajectories, shape (k,).
    distance_m, time_s
        Shape (k,).
    """

    row: Ints
    distance_m: Floats
    time_s: Floats


def compute_time_to_line(trajectories: Trajectories, line: LineString) -> TimeToLine:
    """Return, for everybody who crosses a line once or more, distance and time until the first crossing."""
    crossings = find_crossings(trajectories, line).first_of_each()
    order = np.argsort(crossings.person)
    person, frame = crossings.person[order], crossings.frame[order]
    if not len(person):
        return TimeToLine(row=np.empty(0, np.int64), distance_m=np.empty(0), time_s=np.empty(0))
    found = np.minimum(np.searchsorted(person, trajectories.person), len(person) - 1)
    is_before: Mask = (person[found] == trajectories.person) & (trajectories.frame <= frame[found])
    row = np.flatnonzero(is_before)
    points = shapely.points(trajectories.x[row], trajectories.y[row])
    return TimeToLine(
        row=row,
        distance_m=shapely.distance(line, points),
        time_s=(frame[found[row]] - trajectories.frame[row]) / trajectories.frame_rate,
    )
