"""The Voronoi density of the densest place of a run, beside the kernel's.

The kernel finds when and where it was densest; there the people's Voronoi cells are measured in a square of 2 m.
A kernel spreads everybody over some 3 m2, cells follow single people: in a small knot the second is higher.
"""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from impetus_sim.analysis.density import Density
from impetus_sim.analysis.measures.areas import compute_voronoi_density
from impetus_sim.analysis.measures.trajectories import build_trajectories
from impetus_sim.analysis.measures.voronoi import CutOff, compute_voronoi_cells
from impetus_sim.analysis.metric import PER_SQUARE_METRE, Metric
from impetus_sim.recording.reader import Recording

SIDE_M = 2.0
AROUND_M = 6.0
"""People farther from the square's middle than this do not touch cells in it."""
CUT_OFF = CutOff(radius_m=1.0)
ROUNDED_M = 0.01
NOT_KNOWN = "no density is known"


def compute_peak_voronoi_density(
    recording: Recording, density: Density | None, polygon: BaseGeometry | None
) -> Metric:
    """Return the Voronoi density about the densest place, at its moment."""
    value = None
    if density is not None and density.peak and density.peak_s is not None and density.peak_at is not None:
        assert polygon is not None
        value = _measure(recording, density.peak_s, density.peak_at, polygon)
    return Metric(
        name="peak_voronoi_density",
        value=value,
        unit=PER_SQUARE_METRE,
        label=f"Voronoi density of the densest {SIDE_M:g} m square",
        better="lower",
        note="" if value is not None else NOT_KNOWN,
    )


def _measure(
    recording: Recording, t_s: float, at: tuple[float, float], polygon: BaseGeometry
) -> float | None:
    frame = recording.frame(t_s=t_s)
    x, y = at
    near = np.flatnonzero(np.hypot(frame.x - x, frame.y - y) <= AROUND_M)
    ground = shapely.intersection(polygon, shapely.box(x - 8.0, y - 8.0, x + 8.0, y + 8.0))
    people = build_trajectories(
        frame.rows[near], np.zeros(len(near)), frame.x[near], frame.y[near], frame_rate=1.0
    ).move_inside(ground, within_m=ROUNDED_M)
    square = shapely.intersection(
        ground, shapely.box(x - SIDE_M / 2, y - SIDE_M / 2, x + SIDE_M / 2, y + SIDE_M / 2)
    )
    if not len(people) or square.area <= 0.0:
        return None
    cells = compute_voronoi_cells(people, ground, cut_off=CUT_OFF)
    return float(compute_voronoi_density(cells, square).values[0])
