"""Outages of one branch each: flows after it, and the overload cascade that it starts."""

from __future__ import annotations

import numpy as np

from impetus_sim.infrastructure.kernels.flow import add_shifts, fill_flows, make_scratch, solve_state
from impetus_sim.infrastructure.kernels.ldl import solve
from impetus_sim.kernels.compile import kernel, parallel_kernel, prange

OUTAGES_PER_BLOCK = 8
ABOVE = 1.0 + 1e-6
"""A branch counts as above its rating from a millionth on: less is decided by rounding in files and sums."""


@parallel_kernel
def run_cascades(grid, start_in, outages, injection, out_stages, out_trips, out_served, out_is_in):  # type: ignore[no-untyped-def]
    """Take out one branch at a time and let overloaded branches trip until none is overloaded.

    In each stage islands are balanced, flows solved, and every branch above its rating trips at once.

    Parameters
    ----------
    start_in
        bool (branches,), in service before.
    outages
        int32 (outages,), first branch out of each cascade.
    injection
        float64 (buses,), at the start.
    out_stages, out_trips
        int32 (outages,), flow solutions, and branches that tripped after the first.
    out_served
        float64 (outages,), MW drawn at the end.
    out_is_in
        bool (outages, branches), in service at the end; or without columns.
    """
    n_blocks = (len(outages) + OUTAGES_PER_BLOCK - 1) // OUTAGES_PER_BLOCK
    for block in prange(n_blocks):
        scratch = make_scratch(grid)
        is_in, flow = np.empty(len(grid.from_bus), np.bool_), np.empty(len(grid.from_bus))
        net = np.empty(len(injection))
        for k in range(block * OUTAGES_PER_BLOCK, min(len(outages), (block + 1) * OUTAGES_PER_BLOCK)):
            is_in[:] = start_in
            is_in[outages[k]] = False
            net[:] = injection
            out_stages[k], out_trips[k] = _run_cascade(grid, is_in, net, scratch, flow)
            drawn = 0.0
            for bus in range(len(net)):
                drawn -= min(net[bus], 0.0)
            out_served[k] = drawn
            if out_is_in.shape[1]:
                out_is_in[k] = is_in


@kernel
def _run_cascade(grid, is_in, net, scratch, flow):  # type: ignore[no-untyped-def]
    stages, trips = 0, 0
    while True:
        solve_state(grid, is_in, net, scratch, flow)
        stages += 1
        n_over = 0
        for b in range(len(flow)):
            if abs(flow[b]) > ABOVE * grid.rating[b]:
                is_in[b] = False
                n_over += 1
        trips += n_over
        if n_over == 0:
            return stages, trips


@parallel_kernel
def run_outages(grid, start_in, outages, base, split, l_values, inverse_d, out_flow, out_served):  # type: ignore[no-untyped-def]
    """Fill the flows after the outage of one branch at a time, from the factor of the whole network.

    A branch on a ring: the angles change by one solution for a unit at its ends (Sherman and Morrison). A branch
    that holds a part alone: both parts are balanced, after which nothing would flow over it anyway.

    Parameters
    ----------
    start_in
        bool (branches,), in service before.
    outages
        int32 (outages,).
    base
        float64 (2, buses), injections and angles of the base case.
    split
        is_bridge bool (branches,), enter and last int32 (buses,), from `find_bridges`.
    l_values, inverse_d
        The factor of the base case.
    out_flow
        float64 (outages, branches), MW.
    out_served
        float64 (outages,), MW drawn.
    """
    n_blocks = (len(outages) + OUTAGES_PER_BLOCK - 1) // OUTAGES_PER_BLOCK
    for block in prange(n_blocks):
        angle, is_in = np.empty(base.shape[1]), start_in.copy()
        for k in range(block * OUTAGES_PER_BLOCK, min(len(outages), (block + 1) * OUTAGES_PER_BLOCK)):
            b = outages[k]
            i, j = grid.from_bus[b], grid.to_bus[b]
            if split.is_bridge[b]:
                _balance_parts(base[0], split, i, j, angle)
                served = 0.0
                for bus in range(len(angle)):
                    served -= min(angle[bus], 0.0)
                is_in[b] = False
                add_shifts(grid, is_in, angle)
                solve(grid, l_values, inverse_d, angle)
            else:
                served = 0.0
                for bus in range(len(angle)):
                    served -= min(base[0, bus], 0.0)
                if not start_in[b]:
                    fill_flows(grid, is_in, base[1], out_flow[k])
                    out_served[k] = served
                    continue
                angle[:] = 0.0
                angle[i], angle[j] = 1.0, -1.0
                solve(grid, l_values, inverse_d, angle)
                flow = grid.susceptance[b] * (base[1, i] - base[1, j]) - grid.pushed[b]
                moved = flow / (1.0 - grid.susceptance[b] * (angle[i] - angle[j]))
                for bus in range(len(angle)):
                    angle[bus] = base[1, bus] + moved * angle[bus]
            is_in[b] = False
            fill_flows(grid, is_in, angle, out_flow[k])
            is_in[b] = start_in[b]
            out_served[k] = served


@kernel
def _balance_parts(injection, split, i, j, out_injection):  # type: ignore[no-untyped-def]
    below = j if split.enter[j] > split.enter[i] else i
    first, last = split.enter[below], split.last[below]
    fed = np.zeros(2)
    drawn = np.zeros(2)
    for bus in range(len(injection)):
        part = int(first <= split.enter[bus] <= last)
        if injection[bus] > 0.0:
            fed[part] += injection[bus]
        else:
            drawn[part] -= injection[bus]
    for bus in range(len(injection)):
        part = int(first <= split.enter[bus] <= last)
        out_injection[bus] = injection[bus]
        if injection[bus] > 0.0 and fed[part] > drawn[part]:
            out_injection[bus] *= drawn[part] / fed[part]
        elif injection[bus] < 0.0 and drawn[part] > fed[part]:
            out_injection[bus] *= fed[part] / drawn[part]
