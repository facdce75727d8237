"""Which exit people choose: estimated time through it, what they fear on the way, and a personal taste."""

from __future__ import annotations

import math

import numpy as np

from impetus_sim.kernels.compile import BLOCK, kernel, parallel_kernel, prange
from impetus_sim.kernels.philox import draw_uniforms

CHOOSERS = 64
"""People who choose in one parallel block: each one looks at every exit."""


@kernel
def cost_at(cost, px, py, x0, y0, cell):  # type: ignore[no-untyped-def]
    """Return the field value at a point: of its cell, or the least of the cells around an unreachable one."""
    n_rows, n_columns = cost.shape
    row = int((py - y0) / cell)
    column = int((px - x0) / cell)
    if 0 <= row < n_rows and 0 <= column < n_columns and math.isfinite(cost[row, column]):
        return float(cost[row, column])
    best = np.inf
    for r in range(max(0, row - 2), min(n_rows, row + 3)):
        for c in range(max(0, column - 2), min(n_columns, column + 3)):
            best = min(best, cost[r, c])
    return best


@kernel
def list_due(rows, n, goal, is_open, turn, is_turn, is_leaving, is_walking, is_led, out_due):  # type: ignore[no-untyped-def]
    """List those who choose now: who leave, walk and are not led, and have no open exit or whose turn it is.

    Parameters
    ----------
    rows, n
        int32 row indices of the people inside; the first n.
    goal, is_open
        int16 (rows,) and uint8 (exits,): a goal that is no exit is not open.
    turn, is_turn
        uint8 (rows,) and uint8 (turns,): each one's turn, and which turns it is.
    is_leaving, is_walking, is_led
        uint8 (rows,).
    out_due
        int32 (>= n,): row indices, ascending.

    Returns
    -------
    How many.
    """
    n_due = 0
    for k in range(n):
        i = rows[k]
        g = goal[i]
        is_lost = g < 0 or g >= is_open.shape[0] or is_open[g] == 0
        if (
            (is_lost or is_turn[turn[i]] == 1)
            and is_leaving[i] == 1
            and is_walking[i] == 1
            and is_led[i] == 0
        ):
            out_due[n_due] = i
            n_due += 1
    return n_due


@kernel
def drop_closed(rows, n, is_open, is_leaving, goal):  # type: ignore[no-untyped-def]
    """Set the goal of those of the first n `rows` who leave, but towards no open exit, to -1."""
    for k in range(n):
        i = rows[k]
        g = goal[i]
        if is_leaving[i] == 1 and (g < 0 or g >= is_open.shape[0] or is_open[g] == 0):
            goal[i] = -1


@parallel_kernel
def _find_metres(rows, n, x, y, goal, is_leaving, costs, n_exits, x0, y0, cell, n_bins, out_metre):  # type: ignore[no-untyped-def]
    # The metre of way left to the exit of each, -1 for those who are not on their way to one.
    n_blocks = (n + BLOCK - 1) // BLOCK
    for block in prange(n_blocks):
        for k in range(block * BLOCK, min(n, (block + 1) * BLOCK)):
            i = rows[k]
            g = goal[i]
            out_metre[k] = -1
            if is_leaving[i] == 1 and 0 <= g < n_exits:
                c = cost_at(costs[g], x[i], y[i], x0, y0, cell)
                if math.isfinite(c):
                    out_metre[k] = min(n_bins - 1, int(c) + 1)


@kernel
def _sum_metres(rows, n, goal, metre, out_ahead):  # type: ignore[no-untyped-def]
    out_ahead[:, :] = 0
    for k in range(n):
        if metre[k] >= 0:
            out_ahead[goal[rows[k]], metre[k]] += 1
    for g in range(out_ahead.shape[0]):
        for b in range(1, out_ahead.shape[1]):
            out_ahead[g, b] += out_ahead[g, b - 1]


def count_ahead(  # type: ignore[no-untyped-def]
    rows, n, x, y, goal, is_leaving, costs, n_exits, x0, y0, cell, scratch_metre, out_ahead
):
    """Count the people on their way to each exit by metre of way left, as running sums.

    Overwrites `out_ahead`, int64 (exits, metres): people nearer to the exit than that metre; the last metre
    holds everybody farther. `scratch_metre` is int32 (>= n,).
    """
    n_bins = out_ahead.shape[1]
    _find_metres(rows, n, x, y, goal, is_leaving, costs, n_exits, x0, y0, cell, n_bins, scratch_metre)
    _sum_metres(rows, n, goal, scratch_metre, out_ahead)


@kernel
def _choose_some(  # type: ignore[no-untyped-def]
    due, first, last, uid, x, y, speed, population, allowed, is_open, exit_hash, widths, middles, beyond_s, extra_s,
    costs, x0, y0, cell, ahead, capacity, taste_s, gain_s, gain_share, threats, n_threats, threat_penalty_s, key,
    goal,
):  # fmt: skip
    # Of the people due, those from `first` to before `last`; see `choose_exits`.
    n_bins = ahead.shape[1]
    for k in range(first, last):
        i = due[k]
        best, best_time, held_time = -1, np.inf, np.inf
        for g in range(is_open.shape[0]):
            if is_open[g] == 0 or allowed[population[i], g] == 0:
                continue
            way = cost_at(costs[g], x[i], y[i], x0, y0, cell)
            if not math.isfinite(way):
                continue
            walking = way / max(0.1, speed[i])
            waiting = ahead[g, min(n_bins - 1, int(way))] / (capacity * widths[g])
            time = max(walking, waiting) + beyond_s[population[i], g]
            if extra_s.shape[0] > 0:
                time += extra_s[k, g]
            for t in range(n_threats):
                tx, ty, avoid, strength = threats[t, 0], threats[t, 1], threats[t, 2], threats[t, 3]
                to_exit = math.sqrt((middles[g, 0] - tx) ** 2 + (middles[g, 1] - ty) ** 2)
                detour = (
                    math.sqrt((x[i] - tx) ** 2 + (y[i] - ty) ** 2)
                    + cost_at(costs[g], tx, ty, x0, y0, cell)
                    - way
                )
                nearness = max(1.0 - to_exit / avoid, 1.0 - detour / avoid)
                if nearness > 0.0:
                    time += threat_penalty_s * strength * min(1.0, nearness)
            u, _, _, _ = draw_uniforms(key, uid[i], 0, exit_hash[g])
            time -= taste_s * -math.log(-math.log(u))
            if g == goal[i]:
                held_time = time
            if time < best_time:
                best, best_time = g, time
        if math.isfinite(held_time) and best_time > held_time - max(gain_s, gain_share * abs(held_time)):
            continue
        goal[i] = best


@parallel_kernel
def choose_exits(  # type: ignore[no-untyped-def]
    due, n_due, uid, x, y, speed, population, allowed, is_open, exit_hash, widths, middles, beyond_s, extra_s,
    costs, x0, y0, cell, ahead, capacity, taste_s, gain_s, gain_share, threats, n_threats, threat_penalty_s, key,
    goal,
):  # fmt: skip
    """Choose an exit for each person who is due; -1 where none is open and reachable.

    The estimated time is the longer of walking there and waiting for those nearer to it. It rises where a
    threat lies on the way. Each person adds a fixed personal taste per exit (Gumbel: a logit choice), and
    changes an exit chosen before only for a clear gain.

    Parameters
    ----------
    due, n_due
        int32 person rows, ascending; the first n_due.
    allowed
        uint8 (populations, exits).
    is_open, exit_hash, widths, middles
        uint8, uint32, float64 m, float64 (exits, 2) m.
    beyond_s
        float64 (populations, exits): s that the way beyond the exit takes, or that knowing it is worth.
    extra_s
        float64 (>= n_due, exits): what else counts for each person due, s; no rows where nothing does.
    ahead, capacity
        From `count_ahead`; people per second and metre of width.
    taste_s, gain_s, gain_share
        Scale of the taste, s; least gain to change: s and share of the present time.
    threats, threat_penalty_s
        float64 (>= n_threats, 4): x, y, avoid distance m, strength; s per unit strength.
    goal
        int16 (rows,), overwritten for the people due.
    """
    n_blocks = (n_due + CHOOSERS - 1) // CHOOSERS
    for block in prange(n_blocks):
        first, last = block * CHOOSERS, min(n_due, (block + 1) * CHOOSERS)
        _choose_some(
            due, first, last, uid, x, y, speed, population, allowed, is_open, exit_hash, widths, middles,
            beyond_s, extra_s, costs, x0, y0, cell, ahead, capacity, taste_s, gain_s, gain_share, threats,
            n_threats, threat_penalty_s, key, goal,
        )  # fmt: skip
