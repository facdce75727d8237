"""Shifting flow inside bushes: the inner part of Dial's Algorithm B.

A bush is the set of links, without cycles, that the trips of one origin may use. Inside it least and greatest costs
to every node are one pass in topological order, and flow is shifted from the dearest used way to the cheapest one,
between the node where they part and the node where they meet, by Newton's step. A bush then gives up links without
flow and takes in every link that leads on from the greatest cost of its start to less than that of its end:
greatest costs grow along every link, so no cycle can arise.

Sources: Dial (2006), A path-based user-equilibrium traffic assignment algorithm that obviates path storage and
enumeration, Transportation Research B 40; Nie (2010), A class of bush-based algorithms for the traffic assignment
problem, Transportation Research B 44.

Links are numbered by the node that they lead to, so that a node's incoming links are neighbours in memory.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from impetus_sim.kernels.compile import event_kernel, kernel
from impetus_sim.traffic.kernels.least_paths import fill_least_tree
from impetus_sim.traffic.kernels.volume_delay import slope_of, time_of

LEAST_SHARE = 1e-14
"""Flow below this share of an origin's trips counts as none (rounding)."""
_HALVINGS = 30
"""A step that went too far is halved so often at most."""


class Bushes(NamedTuple):
    """One row per origin: flow float64 (origins, links), is_in bool (origins, links), order int32 (origins, nodes):
    the nodes of the bush in topological order, the origin first; n_order int32 (origins,).
    origins int32; first_pair int32 (origins + 1,), pair_node int32, pair_volume float64; trips float64 (origins,).
    """

    flow: Any
    is_in: Any
    order: Any
    n_order: Any
    origins: Any
    first_pair: Any
    pair_node: Any
    pair_volume: Any
    trips: Any


@kernel
def start_bushes(graph, bushes, delay, volume, time, slope):  # type: ignore[no-untyped-def]
    """Give every origin its least-cost tree and its trips on it, one after the other at rising costs.

    Overwrites all of `bushes`' state and volume, time and slope of the links.
    """
    n_nodes, n_links = len(graph.first_in) - 1, len(graph.from_node)
    least, into = np.empty(n_nodes), np.empty(n_nodes, np.int32)
    heap_key, heap_node = np.empty(n_links + 1), np.empty(n_links + 1, np.int32)
    through = np.empty(n_nodes)
    for k in range(len(bushes.origins)):
        origin = bushes.origins[k]
        fill_least_tree(origin, time, graph, heap_key, heap_node, least, into)
        for node in range(n_nodes):
            if into[node] >= 0:
                bushes.is_in[k, into[node]] = True
        _sort(k, graph, bushes)
        through[:] = 0.0
        for pair in range(bushes.first_pair[k], bushes.first_pair[k + 1]):
            through[bushes.pair_node[pair]] += bushes.pair_volume[pair]
        for place in range(bushes.n_order[k] - 1, 0, -1):
            node = bushes.order[k, place]
            if through[node] > 0.0:
                link = into[node]
                bushes.flow[k, link] = through[node]
                through[graph.from_node[link]] += through[node]
                _add(link, through[node], delay, volume, time, slope)


@kernel
def sweep(graph, bushes, delay, least_excess, volume, time, slope):  # type: ignore[no-untyped-def]
    """Shift flow once in every bush whose dearest used way costs more than the cheapest by some share.

    Returns the greatest share found.
    """
    n_nodes = len(graph.first_in) - 1
    low, high = np.empty(n_nodes), np.empty(n_nodes)
    by_low, by_high = np.empty(n_nodes, np.int32), np.empty(n_nodes, np.int32)
    place_of = np.empty(n_nodes, np.int32)
    worst = 0.0
    for k in range(len(bushes.origins)):
        _label(k, True, graph, bushes, time, low, high, by_low, by_high)
        for place in range(bushes.n_order[k]):
            place_of[bushes.order[k, place]] = place
        for place in range(bushes.n_order[k] - 1, 0, -1):
            node = bushes.order[k, place]
            if by_high[node] < 0 or by_high[node] == by_low[node]:
                continue
            excess = high[node] - low[node]
            if excess <= least_excess * high[node]:
                continue
            worst = max(worst, excess / high[node])
            _shift(k, node, by_low, by_high, place_of, graph, bushes, delay, volume, time, slope)
    return worst


@kernel
def renew_bushes(graph, bushes, time):  # type: ignore[no-untyped-def]
    """Let bushes give up links without flow and take in those that lead on for less; return how many came in."""
    n_nodes = len(graph.first_in) - 1
    low, high = np.empty(n_nodes), np.empty(n_nodes)
    by_low, by_high = np.empty(n_nodes, np.int32), np.empty(n_nodes, np.int32)
    n_added = 0
    for k in range(len(bushes.origins)):
        _label(k, False, graph, bushes, time, low, high, by_low, by_high)
        for link in range(len(graph.from_node)):
            if bushes.is_in[k, link] and bushes.flow[k, link] == 0.0 and by_low[graph.to_node[link]] != link:
                bushes.is_in[k, link] = False
        _label(k, False, graph, bushes, time, low, high, by_low, by_high)
        n_new = _take_in(k, True, graph, bushes, time, low, high)
        if n_new == 0:
            n_new = _take_in(k, False, graph, bushes, time, low, high)
        if n_new > 0:
            _sort(k, graph, bushes)
        n_added += n_new
    return n_added


@kernel
def sum_flows(bushes, delay, out_volume, out_time, out_slope):  # type: ignore[no-untyped-def]
    """Add up the flows of all origins anew, in their order, with the times they make."""
    out_volume[:] = 0.0
    for k in range(len(bushes.origins)):
        for link in range(len(out_volume)):
            out_volume[link] += bushes.flow[k, link]
    for link in range(len(out_volume)):
        out_time[link] = time_of(link, out_volume[link], delay)
        out_slope[link] = slope_of(link, out_volume[link], delay)


@event_kernel
def _add(link, change, delay, volume, time, slope):  # type: ignore[no-untyped-def]
    volume[link] = max(0.0, volume[link] + change)
    time[link] = time_of(link, volume[link], delay)
    slope[link] = slope_of(link, volume[link], delay)


@event_kernel
def _label(k, only_used, graph, bushes, time, low, high, by_low, by_high):  # type: ignore[no-untyped-def]
    # Least cost to each node of the bush, and the greatest over all of its links or over those with flow.
    origin = bushes.origins[k]
    low[:] = np.inf
    high[:] = -np.inf
    by_low[:] = -1
    by_high[:] = -1
    low[origin] = high[origin] = 0.0
    for place in range(1, bushes.n_order[k]):
        node = bushes.order[k, place]
        for link in range(graph.first_in[node], graph.first_in[node + 1]):
            if not bushes.is_in[k, link]:
                continue
            before = graph.from_node[link]
            if low[before] + time[link] < low[node]:
                low[node] = low[before] + time[link]
                by_low[node] = link
            if only_used and bushes.flow[k, link] == 0.0:
                continue
            if high[before] + time[link] > high[node]:
                high[node] = high[before] + time[link]
                by_high[node] = link


@event_kernel
def _shift(k, node, by_low, by_high, place_of, graph, bushes, delay, volume, time, slope):  # type: ignore[no-untyped-def]
    # From the dearest used way to the cheapest, both ending at `node`, back to where they part.
    a, b = node, node
    a_cost, b_cost, curve = 0.0, 0.0, 0.0
    room = np.inf
    while True:
        if a == b and a != node:
            break
        # at `node` itself both step; afterwards the one further on
        if a == node or place_of[a] > place_of[b]:
            link = by_low[a]
            a_cost += time[link]
            curve += slope[link]
            a = graph.from_node[link]
        if b == node or place_of[b] > place_of[a]:
            link = by_high[b]
            if link < 0:
                return  # all flow of this way was shifted away before
            room = min(room, bushes.flow[k, link])
            b_cost += time[link]
            curve += slope[link]
            b = graph.from_node[link]
    excess = b_cost - a_cost
    if excess <= 0.0 or room <= 0.0:
        return
    step = room if curve * room <= excess else excess / curve
    parting = a
    done = 0.0
    for _ in range(_HALVINGS):
        change = step - done
        a, b = node, node
        a_cost, b_cost = 0.0, 0.0
        while a != parting:
            link = by_low[a]
            _add(link, change, delay, volume, time, slope)
            a_cost += time[link]
            a = graph.from_node[link]
        while b != parting:
            link = by_high[b]
            _add(link, -change, delay, volume, time, slope)
            b_cost += time[link]
            b = graph.from_node[link]
        done = step
        if a_cost - b_cost <= 0.5 * excess:
            break
        step *= 0.5
    floor = LEAST_SHARE * bushes.trips[k]
    a, b = node, node
    while a != parting:
        bushes.flow[k, by_low[a]] += done
        a = graph.from_node[by_low[a]]
    while b != parting:
        link = by_high[b]
        left = bushes.flow[k, link] - done
        bushes.flow[k, link] = left if left > floor else 0.0
        b = graph.from_node[link]


@event_kernel
def _take_in(k, is_strict, graph, bushes, time, low, high):  # type: ignore[no-untyped-def]
    # Links that shorten the greatest cost to their end; when strict, only those that shorten the least cost too.
    origin = bushes.origins[k]
    n = 0
    for link in range(len(graph.from_node)):
        before, after = graph.from_node[link], graph.to_node[link]
        if bushes.is_in[k, link] or low[before] == np.inf or after == origin:
            continue
        if before != origin and not graph.is_through[before]:
            continue
        if high[before] + time[link] >= high[after]:
            continue
        if is_strict and low[before] + time[link] >= low[after]:
            continue
        bushes.is_in[k, link] = True
        n += 1
    return n


@kernel
def _sort(k, graph, bushes):  # type: ignore[no-untyped-def]
    # Topological order of the bush's nodes (Kahn 1962).
    n_nodes = len(graph.first_in) - 1
    n_before = np.zeros(n_nodes, np.int32)
    for link in range(len(graph.from_node)):
        if bushes.is_in[k, link]:
            n_before[graph.to_node[link]] += 1
    order = bushes.order[k]
    order[0] = bushes.origins[k]
    n, at = 1, 0
    while at < n:
        node = order[at]
        at += 1
        for j in range(graph.first_out[node], graph.first_out[node + 1]):
            link = graph.out_link[j]
            if not bushes.is_in[k, link]:
                continue
            after = graph.to_node[link]
            n_before[after] -= 1
            if n_before[after] == 0:
                order[n] = after
                n += 1
    bushes.n_order[k] = n
