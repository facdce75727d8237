"""Islands of a network: which buses hang together, who feeds whom, and which branches hold an island alone."""

from __future__ import annotations

import numpy as np

from impetus_sim.kernels.compile import kernel


@kernel
def find_islands(from_bus, to_bus, is_in, out_island):  # type: ignore[no-untyped-def]
    """Fill the island of each bus: the highest number of a bus in it.

    Parameters
    ----------
    from_bus, to_bus, is_in
        int32, int32, bool (branches,).
    out_island
        int32 (buses,).
    """
    for k in range(len(out_island)):
        out_island[k] = k
    for b in range(len(from_bus)):
        if is_in[b]:
            i, j = from_bus[b], to_bus[b]
            while out_island[i] != i:
                out_island[i] = out_island[out_island[i]]
                i = out_island[i]
            while out_island[j] != j:
                out_island[j] = out_island[out_island[j]]
                j = out_island[j]
            if i < j:
                out_island[i] = j
            elif j < i:
                out_island[j] = i
    for k in range(len(out_island) - 1, -1, -1):
        out_island[k] = out_island[out_island[k]]  # the root, higher, already knows itself


@kernel
def balance_islands(island, injection, fed, drawn):  # type: ignore[no-untyped-def]
    """Scale down the larger of what is fed in and what is drawn in each island, so that they are equal.

    Parameters
    ----------
    island
        int32 (buses,), from `find_islands`.
    injection
        float64 (buses,), overwritten. An island that lacks one of the two loses the other.
    fed, drawn
        float64 (buses,), overwritten: sums by island, at its number.
    """
    n = len(injection)
    for k in range(n):
        fed[k], drawn[k] = 0.0, 0.0
    for k in range(n):
        if injection[k] > 0.0:
            fed[island[k]] += injection[k]
        else:
            drawn[island[k]] -= injection[k]
    for k in range(n):
        up, down = fed[island[k]], drawn[island[k]]
        if injection[k] > 0.0 and up > down:
            injection[k] *= down / up
        elif injection[k] < 0.0 and down > up:
            injection[k] *= up / down


@kernel
def find_bridges(from_bus, to_bus, is_in, first, arc_branch, out_is_bridge, out_enter, out_last):  # type: ignore[no-untyped-def]
    """Mark branches without which their island falls in two, and number the buses so that each part is a range.

    Parameters
    ----------
    first, arc_branch
        int32 (buses + 1,) and (2 branches,), branches at each bus.
    out_is_bridge
        bool (branches,).
    out_enter, out_last
        int32 (buses,): number of a bus in a depth-first search, and the highest number below it in the tree. The
        part behind a bridge, seen from the root, is the range of its end that was entered later.

    Source: Tarjan (1974), A note on finding the bridges of a graph, Information Processing Letters 2.
    """
    n = len(first) - 1
    low = np.empty(n, np.int32)
    at = first[:-1].copy()
    by = np.full(n, -1, np.int32)
    stack = np.empty(n, np.int32)
    out_enter[:] = -1
    out_is_bridge[:] = False
    number = 0
    for root in range(n):
        if out_enter[root] >= 0:
            continue
        depth, stack[0] = 1, root
        out_enter[root], low[root] = number, number
        number += 1
        while depth:
            bus = stack[depth - 1]
            if at[bus] < first[bus + 1]:
                branch = arc_branch[at[bus]]
                at[bus] += 1
                if not is_in[branch] or branch == by[bus]:
                    continue
                other = to_bus[branch] if from_bus[branch] == bus else from_bus[branch]
                if out_enter[other] >= 0:
                    low[bus] = min(low[bus], out_enter[other])
                    continue
                by[other] = branch
                out_enter[other], low[other] = number, number
                number += 1
                stack[depth] = other
                depth += 1
                continue
            depth -= 1
            out_last[bus] = number - 1
            if depth:
                above = stack[depth - 1]
                low[above] = min(low[above], low[bus])
                if low[bus] > out_enter[above]:
                    out_is_bridge[by[bus]] = True
