"""Passes over the rows of the table of people: who is there, who starts walking, who arrives."""

from __future__ import annotations

import math

from impetus_sim.kernels.compile import kernel

_INSIDE, _LEFT, _ON_LINK = 1, 2, 4  # as in crowd.population


@kernel
def list_present(state, beyond_tick, tick, out_inside, out_present, out_is_present):  # type: ignore[no-untyped-def]
    """List the people inside, and the people present: those inside and those who still stand beyond an exit.

    Parameters
    ----------
    state, beyond_tick
        uint8 and int64 (rows,), as in the table of people.
    out_inside, out_present
        int32 (rows,): row indices, ascending.
    out_is_present
        uint8 (rows,).

    Returns
    -------
    The number of people inside, and of people present.
    """
    n_inside, n_present = 0, 0
    for i in range(state.shape[0]):
        s = state[i]
        is_inside = s == _INSIDE
        is_present = is_inside | (((s == _LEFT) | (s == _ON_LINK)) & (beyond_tick[i] > tick))
        out_is_present[i] = is_present
        if is_inside:
            out_inside[n_inside] = i
            n_inside += 1
        if is_present:
            out_present[n_present] = i
            n_present += 1
    return n_inside, n_present


@kernel
def start_walking(rows, n, tick, move_tick, held_by, is_leaving, is_walking, is_in_goal, goal):  # type: ignore[no-untyped-def]
    """Let those walk whose time has come and whom nobody holds.

    Parameters
    ----------
    rows, n
        int32 row indices of the people inside; the first n.
    is_leaving, is_walking, is_in_goal, goal
        Overwritten. Whoever sets out to leave loses the goal they had; whoever was held on the way to a place
        and is let go again walks on (who stands for good has no goal).
    """
    for k in range(n):
        i = rows[k]
        if held_by[i] > 0:
            is_walking[i] = 0
            continue
        if 0 <= move_tick[i] <= tick:
            if is_leaving[i] == 0:
                is_leaving[i] = 1
                goal[i] = -1
                is_in_goal[i] = 0
            is_walking[i] = 1
        elif goal[i] >= 0:
            is_walking[i] = 1


@kernel
def note_arrivals(rows, n, x, y, goal, is_walking, is_leaving, in_area, x0, y0, cell, is_in_goal):  # type: ignore[no-untyped-def]
    """Note who is inside the gathering area they walk to.

    Parameters
    ----------
    in_area
        uint8 (goals, grid rows, grid columns) on the grid (x0, y0, cell).
    is_in_goal
        uint8 (rows,), overwritten for those of the first n `rows` who walk to a place.
    """
    for k in range(n):
        i = rows[k]
        if is_walking[i] == 1 and is_leaving[i] == 0 and goal[i] >= 0:
            is_in_goal[i] = in_area[goal[i], int((y[i] - y0) / cell), int((x[i] - x0) / cell)]


@kernel
def settle_people(  # type: ignore[no-untyped-def]
    rows, n, step_s, close_m, progress_m, patience_s, x, y, spot_x, spot_y, is_leaving, is_walking, is_in_goal,
    goal, nearest_m, blocked_s,
):  # fmt: skip
    """Stop those who have reached their spot, or have got no nearer by `progress_m` for `patience_s`.

    Overwrites `is_walking`, `is_in_goal`, `goal`, `nearest_m` and `blocked_s` of the first n `rows`.
    """
    for k in range(n):
        i = rows[k]
        if is_in_goal[i] == 0 or is_walking[i] == 0 or is_leaving[i] == 1:
            continue
        left = math.sqrt((spot_x[i] - x[i]) ** 2 + (spot_y[i] - y[i]) ** 2)
        if left < nearest_m[i] - progress_m:
            nearest_m[i] = left
            blocked_s[i] = 0.0
        else:
            blocked_s[i] += step_s
        if left < close_m or blocked_s[i] >= patience_s:
            is_walking[i] = 0
            goal[i] = -1
            is_in_goal[i] = 0
            blocked_s[i] = 0.0


@kernel
def list_crossed(rows, n, crossed, out_rows, out_is_refused):  # type: ignore[no-untyped-def]
    """List those of the first n `rows` who crossed the line of an exit; return how many.

    Parameters
    ----------
    crossed
        int16 (rows,), as `move.move_people` writes it.
    out_rows
        int32 (>= n,): rows of those who crossed, in the order of `rows`.
    out_is_refused
        uint8 (exits,), overwritten: 1 where somebody was kept before the line.
    """
    out_is_refused[:] = 0
    n_crossed = 0
    for k in range(n):
        if crossed[rows[k]] >= 0:
            out_rows[n_crossed] = rows[k]
            n_crossed += 1
        elif crossed[rows[k]] < -1:
            out_is_refused[-2 - crossed[rows[k]]] = 1
    return n_crossed
