"""What a street with blocked lanes still passes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

SHARE_LEFT = (
    (0.95, 0.0),
    (0.95, 0.35, 0.0),
    (0.99, 0.49, 0.17, 0.0),
    (0.99, 0.58, 0.25, 0.13, 0.0),
    (0.99, 0.65, 0.40, 0.20, 0.0),
    (0.99, 0.71, 0.50, 0.26, 0.0),
    (0.99, 0.75, 0.57, 0.36, 0.0),
    (0.99, 0.78, 0.63, 0.41, 0.0),
)
"""Share of the capacity of 1 to 8 lanes that is left with the shoulder, 1, 2 or 3 lanes blocked, and 0 beyond that.
Less than the share of lanes, since drivers look. Source: Highway Capacity Manual 2010, exhibit 10-17, freeways; one
lane alone passes nothing while it is blocked, and with its shoulder blocked as much as two lanes would."""


def share_left(n_lanes: npt.NDArray[np.int64], blocked: float) -> npt.NDArray[np.float64]:
    """Return the share of their capacity that streets have left.

    Parameters
    ----------
    n_lanes
        Lanes of each in its direction, (links,).
    blocked
        Lanes blocked on each; 0.5 for the shoulder, 0 for none.
    """
    if blocked <= 0.0:
        return np.ones(len(n_lanes))
    column = int(blocked)  # the shoulder is column 0
    rows = [SHARE_LEFT[min(int(n), len(SHARE_LEFT)) - 1] for n in n_lanes]
    return np.array([row[min(column, len(row) - 1)] for row in rows], np.float64)
