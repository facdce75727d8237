"""What is compared: flow across a line, density and speed in a box; the same functions for both sides.

Definitions: Steffen and Seyfried (2010), Physica A 389(9), classic measures, from `impetus_sim.analysis.measures`.
Flow: people who cross the line, per second between the first and the last of them inside the interval. Density:
people in the box over its area, mean over frames. Speed: displacement over one second around each frame, of the
people in the box, mean over frames.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from impetus_sim.analysis.measures.areas import compute_classic_density, compute_mean_speed
from impetus_sim.analysis.measures.lines import find_crossings
from impetus_sim.analysis.measures.speed import compute_individual_speed

if TYPE_CHECKING:
    from impetus_sim.analysis.measures.trajectories import Trajectories
    from impetus_sim.verification.trajectories.experiments import Experiment

SPEED_OVER_S = 1.0
LONGER_M = 0.3
"""Lines reach this far into the walls: heads sway over them."""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Figures of one run, measured or simulated; NaN where there is nothing to measure.

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
    crossings_s
        When people crossed the line, s, ascending.
    densities, speeds
        Frame by frame in the box, float64 (frames,), for pictures.
    """

    flow: float
    density: float
    speed: float
    n_crossed: int
    crossings_s: npt.NDArray[np.float64]
    densities: npt.NDArray[np.float64]
    speeds: npt.NDArray[np.float64]


def measure(tracks: Trajectories, experiment: Experiment) -> Figures:
    """Measure one run."""
    times = crossing_times(tracks, experiment)
    first, last = experiment.window_s or middle_window(times)
    inside = times[(times >= first) & (times <= last)]
    flow = (len(inside) - 1) / float(inside[-1] - inside[0]) if len(inside) > 2 else np.nan
    area = shapely.box(*experiment.box)
    density = compute_classic_density(tracks, area)
    step = round(0.5 * SPEED_OVER_S * tracks.frame_rate)
    speed = compute_mean_speed(tracks, compute_individual_speed(tracks, frame_step=step), area)
    is_steady = (density.frames >= first * tracks.frame_rate) & (density.frames <= last * tracks.frame_rate)
    densities, speeds = density.values[is_steady], speed.values[is_steady]
    known = speeds[np.isfinite(speeds)]
    return Figures(
        flow=flow,
        density=float(densities.mean()) if len(densities) else np.nan,
        speed=float(known.mean()) if len(known) else np.nan,
        n_crossed=len(times),
        crossings_s=times,
        densities=densities,
        speeds=speeds,
    )


def middle_window(times_s: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Return the interval of the middle 80 % of the crossings."""
    n = len(times_s)
    return (float(times_s[int(0.1 * n)]), float(times_s[int(0.9 * n) - 1])) if n >= 5 else (0.0, 0.0)


def crossing_times(tracks: Trajectories, experiment: Experiment) -> npt.NDArray[np.float64]:
    """Return when each person first crosses the experiment's line, s, ascending."""
    (ax, ay), (bx, by) = experiment.line
    length = float(np.hypot(bx - ax, by - ay))
    ux, uy = LONGER_M * (bx - ax) / length, LONGER_M * (by - ay) / length
    line = shapely.LineString([(ax - ux, ay - uy), (bx + ux, by + uy)])
    return np.sort(find_crossings(tracks, line).first_of_each().frame / tracks.frame_rate)
