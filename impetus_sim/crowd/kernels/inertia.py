"""One linearly implicit step of a velocity under stiff forces (for models of second order).

Where people touch, force laws are so stiff that an explicit step of 0.05 s blows up. Here

    (e^(dt/tau) I + 2 dt^2 sum_j s_j n_j n_j' + 2 dt sum_j c_j t_j t_j') (v' - v)
        = (e^(dt/tau) - 1) (v0 e0 - v) + dt sum_j (f_j + dt s_j n_j n_j' (v_j - v))

with forces f_j per mass, stiffness s_j = -df/dd >= 0 along the line n_j to a neighbour and damping c_j along t_j
(or n_j). The right side is the acceleration with the neighbours moved on by one step, so that fixed points and
people who walk together are exact; a lonely walker relaxes exactly as e^(-t/tau). The factor 2 bounds the coupling
of neighbours, which are not solved for together (Gershgorin), so no mode can grow, however stiff the force. Towards
walls, which do not move, the factor is 1. As dt -> 0 this is the published equation of motion.
"""

from __future__ import annotations

import math

from impetus_sim.crowd.kernels.lanes import ROW, sum_row
from impetus_sim.kernels.compile import event_kernel


@event_kernel
def change_velocity(vx, vy, ax, ay, mxx, mxy, myy, most_speed):  # type: ignore[no-untyped-def]
    """Return the new velocity: v + M^-1 a, no faster than `most_speed`.

    Parameters
    ----------
    ax, ay
        Right side above, m/s.
    mxx, mxy, myy
        Symmetric, positive definite matrix M above.
    """
    det = mxx * myy - mxy * mxy
    vx += (myy * ax - mxy * ay) / det
    vy += (mxx * ay - mxy * ax) / det
    v = math.sqrt(vx * vx + vy * vy)
    if v > most_speed:
        vx *= most_speed / v
        vy *= most_speed / v
    return vx, vy


@event_kernel
def sum_shares(n, first, near):  # type: ignore[no-untyped-def]
    """Return the sums over n neighbours of five rows of a scratch (`lanes`) from `first`: ax, ay, mxx, mxy, myy."""
    return (
        sum_row(first, n, near),
        sum_row(first + ROW, n, near),
        sum_row(first + 2 * ROW, n, near),
        sum_row(first + 3 * ROW, n, near),
        sum_row(first + 4 * ROW, n, near),
    )
