"""Between links and two-dimensional ground: people come in at free spots, or stand near where they were."""

from __future__ import annotations

import math

import numpy as np

from impetus_sim.crowd.kernels.links import INTO_AREA, take_head
from impetus_sim.crowd.kernels.place import is_free, link
from impetus_sim.kernels.compile import kernel
from impetus_sim.kernels.philox import draw_uniforms

TRIES = 8


@kernel
def _first_waiting(first, last, in_dirs, head, arrival, next_out, hops, shuns, destination, end_node, t):  # type: ignore[no-untyped-def]
    # The directed link whose head has waited longest among those that end at an exit and may pass now.
    best = -1
    for k in range(first, last):
        d = in_dirs[k]
        i = head[d]
        if i < 0 or arrival[i] > t or next_out[d] > t:
            continue
        if hops[shuns[i], destination[i], end_node[d]] != INTO_AREA:
            continue
        if best < 0 or arrival[i] < arrival[head[best]]:
            best = d
    return best


@kernel
def admit(  # type: ignore[no-untyped-def]
    key, step, t, exits, in_start, in_dirs, spot_start, spot_x, spot_y, allowance, inside, n_inside, uid, x, y,
    radius, widest, arrival, behind, destination, shuns, n_on, n_queue, head, tail, next_out, n_out, headway, hops,
    end_node, near, out_rows, out_spots,
):  # fmt: skip
    """Let people at the heads of queues before exits come in, each at a free spot; those who find none wait.

    Parameters
    ----------
    exits
        int64, indices of exits through which people may come in now.
    in_start, in_dirs
        Directed links that end at each exit, as one running list.
    spot_start, spot_x, spot_y
        Spots just inside each exit, as one running list, m.
    allowance
        float64 (exits,): people that may come in now; reduced.
    inside, n_inside
        int32 rows of people on the ground, the first n.
    near
        int32 (people,), scratch.
    out_rows, out_spots
        int32 (people,), overwritten: who came in, at which spot. Returns how many; x and y are written.
    """
    n_came = 0
    for k in range(exits.shape[0]):
        e = exits[k]
        first_spot, last_spot = spot_start[e], spot_start[e + 1]
        if allowance[e] < 1.0 - 1e-9 or last_spot == first_spot:
            continue
        d = _first_waiting(
            in_start[e],
            in_start[e + 1],
            in_dirs,
            head,
            arrival,
            next_out,
            hops,
            shuns,
            destination,
            end_node,
            t,
        )
        if d < 0:
            continue
        left, right = spot_x[first_spot], spot_x[first_spot]
        bottom, top = spot_y[first_spot], spot_y[first_spot]
        for s in range(first_spot, last_spot):
            left, right = min(left, spot_x[s]), max(right, spot_x[s])
            bottom, top = min(bottom, spot_y[s]), max(top, spot_y[s])
        reach = 2.0 * widest
        n_near = 0
        for m in range(n_inside):
            j = inside[m]
            if left - reach < x[j] < right + reach and bottom - reach < y[j] < top + reach:
                near[n_near] = j
                n_near += 1
        while d >= 0 and allowance[e] >= 1.0 - 1e-9:
            i = head[d]
            spot = -1
            for attempt in range(TRIES):
                u, _, _, _ = draw_uniforms(key, uid[i], step, attempt)
                s = first_spot + min(last_spot - first_spot - 1, int(u * (last_spot - first_spot)))
                is_clear = True
                for m in range(n_near):
                    j = near[m]
                    contact = radius[i] + radius[j]
                    if (x[j] - spot_x[s]) ** 2 + (y[j] - spot_y[s]) ** 2 < contact * contact:
                        is_clear = False
                        break
                if is_clear:
                    spot = s
                    break
            if spot < 0:
                break
            take_head(d, n_on, n_queue, head, tail, behind)
            n_out[d] += 1
            next_out[d] = t + headway[d]
            allowance[e] -= 1.0
            x[i], y[i] = spot_x[spot], spot_y[spot]
            near[n_near] = i
            n_near += 1
            out_rows[n_came] = i
            out_spots[n_came] = spot
            n_came += 1
            d = _first_waiting(
                in_start[e], in_start[e + 1], in_dirs, head, arrival, next_out, hops, shuns, destination, end_node,
                t,
            )  # fmt: skip
    return n_came


@kernel
def stand_near(  # type: ignore[no-untyped-def]
    key, step, rows, uid, x, y, radius, reach, tries, allowed, wall_distance, x0, y0, cell, head, following, size,
    n_columns, n_rows, out_x, out_y,
):  # fmt: skip
    """Find a free spot on the ground near each person's position; return how many found one before one did not.

    Parameters
    ----------
    rows
        int64 people, in order; those before stand first.
    reach, tries
        m: spots lie at most this far away; the distance tried grows with the tries.
    allowed, wall_distance
        uint8 and float32 (grid rows, grid columns) of the ground.
    head, following
        int32 linked cells of everybody on the ground, on a grid of `size` m.
    out_x, out_y
        float64 (people,): positions of the people standing; written for `rows`.
    """
    for k in range(rows.shape[0]):
        i = rows[k]
        placed = False
        for attempt in range(tries):
            u, a, _, _ = draw_uniforms(key, uid[i], step, attempt)
            distance = math.sqrt(u) * reach * (attempt + 1) / tries
            px = x[i] + distance * math.cos(2.0 * math.pi * a)
            py = y[i] + distance * math.sin(2.0 * math.pi * a)
            row, column = int((py - y0) / cell), int((px - x0) / cell)
            if (
                not (0 <= row < allowed.shape[0] and 0 <= column < allowed.shape[1])
                or allowed[row, column] == 0
            ):
                continue
            # the wall distance is that of the cell's centre
            if wall_distance[row, column] < np.float32(radius[i] + 0.71 * cell):
                continue
            if is_free(
                px, py, radius[i], out_x, out_y, radius, head, following, x0, y0, size, n_columns, n_rows, 0.0
            ):
                out_x[i] = px
                out_y[i] = py
                link(i, out_x, out_y, head, following, x0, y0, size, n_columns)
                placed = True
                break
        if not placed:
            return k
    return rows.shape[0]
