"""From who is there at each frame, and where, to a window of those who are there at any."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.moving.window import NOT_THERE, Floats, Window


def gather(
    times_s: Floats,
    is_there: npt.NDArray[np.bool_],
    x: Floats,
    y: Floats,
    state: npt.NDArray[np.integer[Any]],
) -> Window:
    """Return the window of everything that is there at any frame.

    Parameters
    ----------
    times_s
        float64 (frames,).
    is_there
        bool (frames, rows of the table).
    x, y, state
        Of those that are there, frame by frame, in the order of rows; (n,).
    """
    ids = np.flatnonzero(is_there.any(axis=0))
    there = is_there[:, ids]
    out_x, out_y = np.zeros(there.shape), np.zeros(there.shape)
    out_state = np.full(there.shape, NOT_THERE, np.uint8)
    out_x[there], out_y[there], out_state[there] = x, y, state
    return Window(times_s=times_s, ids=ids.astype(np.int32), x=out_x, y=out_y, state=out_state)
