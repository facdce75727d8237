"""Density on the links of the walk network, from a recording."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impetus_sim.recording.reader import Recording


@dataclass(frozen=True, kw_only=True)
class LinkDensity:
    """People per area of each link over a run.

    lines: float64 (points, 2), m, of link k from first[k] to first[k + 1]. peak, last: float64 (links,),
    persons/m2, highest of the recorded states and the last of them. n_last: people on links at the end.
    peak_t_s: time of the state with the most people on links.
    """

    points: npt.NDArray[np.float64]
    first: npt.NDArray[np.int64]
    peak: npt.NDArray[np.float64]
    last: npt.NDArray[np.float64]
    n_last: int
    n_most: int
    most_t_s: float

    def line(self, link: int) -> npt.NDArray[np.float64]:
        """Return the points of one link, float64 (n, 2), m."""
        return self.points[self.first[link] : self.first[link + 1]]


def compute_link_density(recording: Recording) -> LinkDensity | None:
    """Return the densities of a run's links; None where the run has none or no state was recorded."""
    if "links" not in recording.static_names:
        return None
    static = recording.static("links")
    area = np.asarray(static["length_m"]) * np.asarray(static["width_m"])
    peak = last = np.zeros(len(area))
    n_last = n_most = 0
    most_t_s = 0.0
    for tick, state in recording.series("links"):
        n_on = np.asarray(state["n_on"], np.int64)
        last = (n_on[0::2] + n_on[1::2]) / area
        peak = np.maximum(peak, last)
        n_last = int(n_on.sum())
        if n_last > n_most:
            n_most, most_t_s = n_last, float(recording.seconds(tick))
    return LinkDensity(
        points=np.column_stack([static["point_x"], static["point_y"]]),
        first=np.asarray(static["first_point"], np.int64),
        peak=peak,
        last=last,
        n_last=n_last,
        n_most=n_most,
        most_t_s=most_t_s,
    )
