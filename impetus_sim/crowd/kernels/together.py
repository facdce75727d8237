"""Members of a group walk at the pace of the slowest, wait for those behind, and keep close to each other."""

from __future__ import annotations

import math

import numpy as np

from impetus_sim.crowd.kernels.choose import cost_at
from impetus_sim.crowd.kernels.look import is_clear
from impetus_sim.kernels.compile import kernel

PULL = 0.5
"""Weight of the pull to the middle of the group, relative to the way to the goal."""


@kernel
def find_deciders(group_start, members, is_inside, is_leaving, is_lost, out_decider):  # type: ignore[no-untyped-def]
    """Write for each group who decides: the first member inside who is leaving, else the first inside, else -1.

    Lost members do not count. `out_decider` is int32 (groups,).
    """
    for g in range(group_start.shape[0] - 1):
        decider, first = -1, -1
        for m in range(group_start[g], group_start[g + 1]):
            i = members[m]
            if is_inside[i] == 0 or is_lost[i] == 1:
                continue
            if first < 0:
                first = i
            if is_leaving[i] == 1:
                decider = i
                break
        out_decider[g] = decider if decider >= 0 else first


@kernel
def walk_together(  # type: ignore[no-untyped-def]
    group_start, members, gap, decider, is_inside, is_leaving, is_walking, is_lost, goal, x, y, own_speed, costs,
    inside, x0, y0, cell, speed, desired_x, desired_y, out_last, out_last_cost, out_is_stopped,
):  # fmt: skip
    """Fit speeds and directions of the walking members of each group to those of the others.

    All members present walk at most as fast as the slowest of them. Who is ahead of the last by more than the gap
    slows down in proportion and stops at twice the gap; the last never waits, so that no group blocks itself.
    Whoever is farther than the gap from the middle of the group, and sees it, is drawn there.

    Parameters
    ----------
    group_start, members, gap, decider
        Groups as one running list; float64 (groups,) m of way; from `find_deciders`.
    own_speed
        float64 (people,): free speed of each person, m/s.
    costs
        float32 (goals, rows, columns): m of way to each goal.
    speed, desired_x, desired_y
        float64 (people,), changed for walking members.
    out_last, out_last_cost, out_is_stopped
        int32, float64, uint8 (groups,), overwritten: the last member (-1: nobody walks), their way left, and
        whether anybody has stopped to wait for them.
    """
    for g in range(group_start.shape[0] - 1):
        out_last[g], out_last_cost[g], out_is_stopped[g] = -1, 0.0, 0
        lead = decider[g]
        if lead < 0 or goal[lead] < 0 or is_walking[lead] == 0:
            continue
        leaves, aim = is_leaving[lead], goal[lead]
        slowest, last, far, n = np.inf, -1, -1.0, 0
        mx, my = 0.0, 0.0
        for m in range(group_start[g], group_start[g + 1]):
            i = members[m]
            if not _is_present(i, leaves, is_inside, is_walking, is_lost):
                continue
            c = cost_at(costs[aim], x[i], y[i], x0, y0, cell)
            if not math.isfinite(c):
                continue
            n += 1
            mx += x[i]
            my += y[i]
            slowest = min(slowest, own_speed[i])
            if c > far:
                last, far = i, c
        if n < 2:
            continue
        mx, my = mx / n, my / n
        out_last[g], out_last_cost[g] = last, far
        for m in range(group_start[g], group_start[g + 1]):
            i = members[m]
            if not _is_present(i, leaves, is_inside, is_walking, is_lost) or is_walking[i] == 0:
                continue
            c = cost_at(costs[aim], x[i], y[i], x0, y0, cell)
            if not math.isfinite(c) or goal[i] != aim:
                continue
            share = min(1.0, max(0.0, 1.0 - (far - c - gap[g]) / gap[g]))
            if share == 0.0:
                out_is_stopped[g] = 1
            speed[i] = min(speed[i], slowest) * share
            dx, dy = mx - x[i], my - y[i]
            d = math.sqrt(dx * dx + dy * dy)
            if d > gap[g] and (desired_x[i] != 0.0 or desired_y[i] != 0.0):
                if is_clear(x[i], y[i], mx, my, inside, x0, y0, cell):
                    pull = PULL * min(1.0, (d - gap[g]) / gap[g])
                    ex, ey = desired_x[i] + pull * dx / d, desired_y[i] + pull * dy / d
                    norm = math.sqrt(ex * ex + ey * ey)
                    if norm > 1e-9:
                        desired_x[i], desired_y[i] = ex / norm, ey / norm


@kernel
def _is_present(i, leaves, is_inside, is_walking, is_lost):  # type: ignore[no-untyped-def]
    # On the way out everybody inside belongs to the group, also who still stands; on the way in, who walks.
    return is_inside[i] == 1 and is_lost[i] == 0 and (leaves == 1 or is_walking[i] == 1)


@kernel
def find_told(  # type: ignore[no-untyped-def]
    group_start, members, reach, is_inside, is_aware, x, y, out_told, out_by
):
    """List members who do not know yet and are within reach of one who does; return how many.

    `reach`: float64 (groups,), m. `out_told`, `out_by`: int32 (people,), overwritten from 0: who is told, by whom
    (the nearest).
    """
    n = 0
    for g in range(group_start.shape[0] - 1):
        for m in range(group_start[g], group_start[g + 1]):
            i = members[m]
            if is_inside[i] == 0 or is_aware[i] == 1:
                continue
            nearest, least = -1, reach[g] * reach[g]
            for k in range(group_start[g], group_start[g + 1]):
                j = members[k]
                if is_inside[j] == 1 and is_aware[j] == 1:
                    d2 = (x[j] - x[i]) ** 2 + (y[j] - y[i]) ** 2
                    if d2 <= least:
                        nearest, least = j, d2
            if nearest >= 0:
                out_told[n], out_by[n] = i, nearest
                n += 1
    return n
