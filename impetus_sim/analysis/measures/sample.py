"""A sample of a whole run: Voronoi density, and speed of the people who walk, in frames spread evenly over it.

Bounded work: however long the run and however many people, about `MOST_CELLS` cells are computed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import shapely

from impetus_sim.analysis.grid import Grid
from impetus_sim.analysis.ground import read_ground
from impetus_sim.analysis.measures.profiles import (
    build_profile_grid,
    compute_voronoi_density_profile,
    compute_voronoi_speed_profile,
)
from impetus_sim.analysis.measures.speed import Speeds, compute_individual_speed
from impetus_sim.analysis.measures.trajectories import Floats, Trajectories, build_trajectories
from impetus_sim.analysis.measures.voronoi import CutOff, VoronoiCells, compute_voronoi_cells
from impetus_sim.recording.reader import Recording

MOST_CELLS = 60_000
MOST_FRAMES = 120
MOST_GRID_CELLS = 20_000
WALKING = ("walking to place", "leaving")
"""States of a frame (recording attribute ``frame_states``) in which people want to move."""
CUT_OFF = CutOff(radius_m=1.0)
"""Nobody takes up more ground than this; about 3 m2."""
ROUNDED_M = 0.01
"""Recorded positions are rounded to a millimetre: a step over a wall of this size is moved back."""


@dataclass(frozen=True, kw_only=True)
class RunSample:
    """What was measured of a run.

    Parameters
    ----------
    density, speed
        Of each person who walks in each frame sampled, people/m2 and m/s, shape (n,).
    grid
        Cells of the profiles, row 0 in the south.
    density_profile, speed_profile
        Means over the frames sampled, people/m2 and m/s (of those who walk; NaN where nobody did), shape of the
        grid.
    times_s
        Of the frames sampled.
    """

    density: Floats
    speed: Floats
    grid: Grid
    density_profile: Floats
    speed_profile: Floats
    times_s: Floats


def sample_run(recording: Recording, *, cell_m: float = 1.0) -> RunSample | None:
    """Measure a run in a sample of its frames; None without ground, or where nobody walks.

    Parameters
    ----------
    recording
        With positions.
    cell_m
        Cell of the profiles; doubled until the grid is small enough.
    """
    polygon = read_ground(recording).polygon
    chosen = _choose_frames(recording)
    if polygon is None or polygon.is_empty or not len(chosen):
        return None
    trajectories, speeds = _read_around(recording, chosen, polygon)
    if not len(trajectories):
        return None
    cells = compute_voronoi_cells(trajectories, polygon, cut_off=CUT_OFF)
    if not speeds.is_defined.any():
        return None
    has_speed = np.flatnonzero(speeds.is_defined[cells.row])
    moving = VoronoiCells(
        row=cells.row[has_speed],
        person=cells.person[has_speed],
        frame=cells.frame[has_speed],
        polygon=cells.polygon[has_speed],
        density=cells.density[has_speed],
        frames=cells.frames,
    )
    while (
        grid := build_profile_grid(polygon.bounds, cell_m=cell_m)
    ).n_rows * grid.n_columns > MOST_GRID_CELLS:
        cell_m *= 2.0
    return RunSample(
        density=moving.density,
        speed=speeds.speed[moving.row],
        grid=grid,
        density_profile=compute_voronoi_density_profile(cells, grid).values,
        speed_profile=compute_voronoi_speed_profile(moving, speeds, grid, over="covered").values,
        times_s=recording.times_s[chosen],
    )


def _choose_frames(recording: Recording) -> np.ndarray:
    """Return indices of frames, each with one before and one after it, that together have `MOST_CELLS` people."""
    counts = recording.counts()
    ticks = recording.ticks
    if len(ticks) < 3 or "inside" not in counts:
        return np.empty(0, np.intp)
    inside = counts["inside"][np.searchsorted(counts["tick"], ticks)]
    busy = 1 + np.flatnonzero(inside[1:-1] > 0)
    n = (
        min(len(busy), MOST_FRAMES, max(1, int(MOST_CELLS / max(inside[busy].mean(), 1.0))))
        if len(busy)
        else 0
    )
    return busy[np.linspace(0, len(busy) - 1, n).round().astype(np.intp)] if n else busy


def _read_around(
    recording: Recording, chosen: np.ndarray, polygon: shapely.Geometry
) -> tuple[Trajectories, Speeds]:
    """Return the people of the chosen frames, numbered from 0, with speeds from the frames beside them."""
    names = json.loads(str(recording.attributes.get("frame_states", "[]")))
    walking = [code for code, name in enumerate(names) if name in WALKING]
    people, frame, x, y, speed = [], [], [], [], []
    for number, index in enumerate(chosen.tolist()):
        beside = [recording.frame_at(k) for k in (index - 1, index, index + 1)]
        around = build_trajectories(
            np.concatenate([f.rows for f in beside]),
            np.repeat([0, 1, 2], [len(f.rows) for f in beside]),
            np.concatenate([f.x for f in beside]),
            np.concatenate([f.y for f in beside]),
            frame_rate=2.0 / (beside[2].t_s - beside[0].t_s),
        )
        now = around.frame == 1
        people.append(around.person[now])
        frame.append(np.full(int(now.sum()), number))
        x.append(around.x[now])
        y.append(around.y[now])
        # rows of a frame ascend, as people do in trajectories
        walks = np.isin(beside[1].state, walking)
        speed.append(np.where(walks, compute_individual_speed(around, frame_step=1).speed[now], np.nan))
    whole = build_trajectories(
        np.concatenate(people), np.concatenate(frame), np.concatenate(x), np.concatenate(y), frame_rate=1.0
    )
    order = np.lexsort((np.concatenate(frame), np.concatenate(people)))
    of_row = np.concatenate(speed)[order]
    moved = whole.move_inside(polygon, within_m=ROUNDED_M)
    kept = np.isin(whole.person + 1j * whole.frame, moved.person + 1j * moved.frame)
    held = of_row[kept]
    nothing = np.zeros(len(held))
    return moved, Speeds(speed=held, vx=nothing, vy=nothing, is_defined=np.isfinite(held))
