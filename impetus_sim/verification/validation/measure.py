"""What is compared: flow across a line, density and speed in a box; the same code for both sides.

Definitions: Steffen and Seyfried (2010), Physica A 389(9), classic measures. Flow: people who cross the line in
the direction in which most do, per second between the first and the last of them inside the interval. Density:
people in the box over its area, mean over frames. Speed: displacement over one second around each frame, of the
people in the box, mean over frames.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impetus_sim.verification.validation.experiments import Experiment, Line
from impetus_sim.verification.validation.trajectories import Trajectories

SPEED_OVER_S = 1.0


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Measured or simulated figures of one run; NaN where there is nothing to measure.

    Parameters
    ----------
    flow
        People per second, both directions together.
    density
        People per m2.
    speed
        m/s.
    n_crossed
        People who crossed the line at all.
    """

    flow: float
    density: float
    speed: float
    n_crossed: int


def measure(tracks: Trajectories, experiment: Experiment) -> Figures:
    """Measure one run."""
    times = crossing_times(tracks, experiment.line)
    window = experiment.window_s or middle_window(times)
    inside = times[(times >= window[0]) & (times <= window[1])]
    flow = (len(inside) - 1) / float(inside[-1] - inside[0]) if len(inside) > 2 else np.nan
    density, speed = box_means(tracks, experiment.box, window) if experiment.box else (np.nan, np.nan)
    return Figures(flow=flow, density=density, speed=speed, n_crossed=len(times))


def middle_window(times_s: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Return the interval of the middle 80 % of the crossings."""
    if len(times_s) < 5:
        return (0.0, 0.0)
    n = len(times_s)
    return float(times_s[int(0.1 * n)]), float(times_s[int(0.9 * n) - 1])


def crossing_times(tracks: Trajectories, line: Line) -> npt.NDArray[np.float64]:
    """Return when each person first crosses the line, s, ascending; within its ends widened by 0.3 m."""
    (ax, ay), (bx, by) = line
    length = float(np.hypot(bx - ax, by - ay))
    ux, uy = (bx - ax) / length, (by - ay) / length
    across = (tracks.x - ax) * uy - (tracks.y - ay) * ux
    along = (tracks.x - ax) * ux + (tracks.y - ay) * uy
    same = tracks.person[1:] == tracks.person[:-1]
    hit = same & (across[1:] * across[:-1] <= 0.0) & (across[1:] != across[:-1])
    hit &= (along[1:] > -0.3) & (along[1:] < length + 0.3)
    rows = np.flatnonzero(hit)
    _, first = np.unique(tracks.person[rows], return_index=True)
    rows = rows[first]
    share = across[rows] / (across[rows] - across[rows + 1])
    step = tracks.frame[rows + 1] - tracks.frame[rows]
    return np.sort((tracks.frame[rows] + share * step) / tracks.fps)


def box_means(
    tracks: Trajectories, area: tuple[float, float, float, float], window_s: tuple[float, float]
) -> tuple[float, float]:
    """Return mean density and speed in the box over the frames of the interval."""
    density, speed = box_series(tracks, area, window_s)
    return float(density.mean()), float(np.nanmean(speed)) if np.isfinite(speed).any() else np.nan


def box_series(
    tracks: Trajectories, area: tuple[float, float, float, float], window_s: tuple[float, float]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return density and mean speed in the box, frame by frame; speed is NaN where nobody is in it."""
    x0, y0, x1, y1 = area
    first, last = int(np.ceil(window_s[0] * tracks.fps)), int(window_s[1] * tracks.fps)
    here = (tracks.x >= x0) & (tracks.x <= x1) & (tracks.y >= y0) & (tracks.y <= y1)
    here &= (tracks.frame >= first) & (tracks.frame <= last)
    n_frames = max(1, last - first + 1)
    count = np.bincount(tracks.frame[here] - first, minlength=n_frames)[:n_frames].astype(np.float64)
    pace = speeds(tracks)
    known = here & np.isfinite(pace)
    total = np.bincount(tracks.frame[known] - first, weights=pace[known], minlength=n_frames)[:n_frames]
    n_known = np.bincount(tracks.frame[known] - first, minlength=n_frames)[:n_frames]
    with np.errstate(invalid="ignore", divide="ignore"):
        speed = np.where(n_known > 0, total / n_known, np.nan)
    return count / ((x1 - x0) * (y1 - y0)), speed


def speeds(tracks: Trajectories) -> npt.NDArray[np.float64]:
    """Return the speed of each row over one second around it, m/s; NaN near the ends of a track."""
    half = max(1, round(0.5 * SPEED_OVER_S * tracks.fps))
    pace = np.full(len(tracks.x), np.nan)
    same = tracks.person[2 * half :] == tracks.person[: -2 * half]
    span = tracks.frame[2 * half :] - tracks.frame[: -2 * half]
    same &= span == 2 * half
    way = np.hypot(tracks.x[2 * half :] - tracks.x[: -2 * half], tracks.y[2 * half :] - tracks.y[: -2 * half])
    pace[half:-half][same] = way[same] * tracks.fps / (2 * half)
    return pace
