"""Turning the wished directions of people who stand in each other's way."""

from __future__ import annotations

import math

from impetus_sim.kernels.compile import kernel
from impetus_sim.kernels.philox import draw_uniforms


@kernel
def turn_wishes(rows, uid, key, turn, widest, x, y):  # type: ignore[no-untyped-def]
    """Turn the unit vectors of some people by an angle drawn for each, uniform within `widest` to either side.

    Parameters
    ----------
    rows
        int32 (n,): who; overwrites `x` and `y` there.
    uid, key
        uint64 (people,) and the stream's key.
    turn
        Number of the attempt: another angle each time.
    widest
        Radians.
    x, y
        float64 (people,).
    """
    for k in range(rows.shape[0]):
        i = rows[k]
        u, _, _, _ = draw_uniforms(key, uid[i], turn, 0)
        angle = widest * (2.0 * u - 1.0)
        c, s = math.cos(angle), math.sin(angle)
        x[i], y[i] = c * x[i] - s * y[i], s * x[i] + c * y[i]
