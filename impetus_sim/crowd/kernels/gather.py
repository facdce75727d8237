"""Bringing the members of a group together at the start: each stands beside the head, or takes a place near."""

from __future__ import annotations

import math

from impetus_sim.crowd.kernels.look import is_clear
from impetus_sim.crowd.kernels.place import is_free, link
from impetus_sim.kernels.compile import kernel
from impetus_sim.kernels.philox import draw_uniforms

TRIES = 60
NEAREST_M = 0.05
FARTHEST_M = 2.5


@kernel
def unlink(i, x, y, head, following, x0, y0, cell, n_columns):  # type: ignore[no-untyped-def]
    """Take person i out of the linked cells (`place.link`)."""
    k = int((y[i] - y0) / cell) * n_columns + int((x[i] - x0) / cell)
    j = head[k]
    if j == i:
        head[k] = following[i]
        return
    while j >= 0:
        if following[j] == i:
            following[j] = following[i]
            return
        j = following[j]


@kernel
def gather_groups(  # type: ignore[no-untyped-def]
    key, uid, group_start, members, population, is_settled, allowed, wall_distance, inside, grid_x0, grid_y0,
    grid_cell, radius, head, following, x0, y0, cell, n_columns, n_rows, x, y,
):  # fmt: skip
    """Move the members of each group near its head.

    A member takes the first free point of `TRIES` drawn around the head (the farther out, the later the try), in
    free sight of it and on the population's ground. Where none is free, they change places with the nearest person
    of the same population and radius within `FARTHEST_M` of the head who is not settled; else they stay.

    Parameters
    ----------
    group_start, members
        int32: groups as one running list, heads first.
    is_settled
        uint8 (people,), overwritten: 1 for those whose place is final; 0 on entry.
    allowed
        uint8 (populations, grid rows, grid columns): ground of each population.
    wall_distance, inside
        float32 and uint8 ground grids (grid_x0, grid_y0, grid_cell).
    head, following
        int32 linked cells of everybody, on the grid (x0, y0, cell, n_columns, n_rows).
    x, y
        float64 (people,), places, changed.
    """
    grid_rows, grid_columns = inside.shape
    for g in range(group_start.shape[0] - 1):
        lead = members[group_start[g]]
        is_settled[lead] = 1
        for m in range(group_start[g] + 1, group_start[g + 1]):
            i = members[m]
            p = population[i]
            unlink(i, x, y, head, following, x0, y0, cell, n_columns)
            found = False
            for attempt in range(TRIES):
                u, v, _, _ = draw_uniforms(key, uid[i], attempt, 0)
                contact = radius[i] + radius[lead] + NEAREST_M
                reach = contact + (FARTHEST_M - contact) * (attempt + 1) / TRIES
                d = contact + v * max(0.0, reach - contact)
                px = x[lead] + d * math.cos(2.0 * math.pi * u)
                py = y[lead] + d * math.sin(2.0 * math.pi * u)
                row, column = int((py - grid_y0) / grid_cell), int((px - grid_x0) / grid_cell)
                if row < 0 or row >= grid_rows or column < 0 or column >= grid_columns:
                    continue
                if allowed[p, row, column] == 0 or wall_distance[row, column] - 0.71 * grid_cell < radius[i]:
                    continue
                if not is_free(
                    px,
                    py,
                    radius[i],
                    x,
                    y,
                    radius,
                    head,
                    following,
                    x0,
                    y0,
                    cell,
                    n_columns,
                    n_rows,
                    NEAREST_M,
                ):
                    continue
                if is_clear(x[lead], y[lead], px, py, inside, grid_x0, grid_y0, grid_cell):
                    x[i], y[i] = px, py
                    found = True
                    break
            link(i, x, y, head, following, x0, y0, cell, n_columns)
            if not found:
                _change_places(
                    i,
                    lead,
                    population,
                    is_settled,
                    radius,
                    head,
                    following,
                    x0,
                    y0,
                    cell,
                    n_columns,
                    n_rows,
                    x,
                    y,
                )
            is_settled[i] = 1


@kernel
def _change_places(  # type: ignore[no-untyped-def]
    i, lead, population, is_settled, radius, head, following, x0, y0, cell, n_columns, n_rows, x, y
):
    best, least = -1, FARTHEST_M * FARTHEST_M
    own = (x[i] - x[lead]) ** 2 + (y[i] - y[lead]) ** 2
    least = min(least, own)
    reach = int(FARTHEST_M / cell) + 1
    row, column = int((y[lead] - y0) / cell), int((x[lead] - x0) / cell)
    for r in range(max(0, row - reach), min(n_rows, row + reach + 1)):
        for c in range(max(0, column - reach), min(n_columns, column + reach + 1)):
            j = head[r * n_columns + c]
            while j >= 0:
                if is_settled[j] == 0 and population[j] == population[i] and radius[j] == radius[i]:
                    d2 = (x[j] - x[lead]) ** 2 + (y[j] - y[lead]) ** 2
                    if d2 < least:
                        best, least = j, d2
                j = following[j]
    if best >= 0:
        unlink(i, x, y, head, following, x0, y0, cell, n_columns)
        unlink(best, x, y, head, following, x0, y0, cell, n_columns)
        x[i], y[i], x[best], y[best] = x[best], y[best], x[i], y[i]
        link(i, x, y, head, following, x0, y0, cell, n_columns)
        link(best, x, y, head, following, x0, y0, cell, n_columns)
