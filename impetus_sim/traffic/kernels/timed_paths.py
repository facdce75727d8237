"""Least-time ways when links take as long as they did at that time of the day.

Times are given at whole multiples of an interval and are linear between; leaving later never means arriving earlier
(first in, first out), so Dijkstra's algorithm holds (Dreyfus 1969, Operations Research 17). Whoever sets out waits
beside the road for a place on the first link.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from impetus_sim.kernels.compile import event_kernel, kernel, parallel_kernel, prange
from impetus_sim.traffic.kernels.least_paths import ORIGINS_PER_BLOCK, pop_heap, push_heap


class Times(NamedTuple):
    """interval_s: float. link: float64 (links, points), time on it by time of entry. wait: float64 (links, points),
    time beside the road before it by time of departure. Beyond the last point the last value holds.
    """

    interval_s: Any
    link: Any
    wait: Any


@event_kernel
def value_at(values, at_s, interval_s):  # type: ignore[no-untyped-def]
    """Return the value at a time."""
    last = len(values) - 1
    place = at_s / interval_s
    if place >= last:
        return values[last]
    k = int(place)
    return values[k] + (place - k) * (values[k + 1] - values[k])


@event_kernel
def arrival_by(first, beyond, depart_s, links, times):  # type: ignore[no-untyped-def]
    """Return when the end of a path is reached: links[first:beyond]."""
    at_s = depart_s
    for k in range(first, beyond):
        link = links[k]
        if k == first:
            at_s += value_at(times.wait[link], at_s, times.interval_s)
        at_s += value_at(times.link[link], at_s, times.interval_s)
    return at_s


@parallel_kernel
def fill_timed_trees(origin, depart_s, times, graph, out_into):  # type: ignore[no-untyped-def]
    """Fill, per origin and time, the link by which every node is reached first.

    Parameters
    ----------
    origin, depart_s
        int32, float64 (rows,).
    times, graph
        `Times` and `Graph`, links numbered alike.
    out_into
        int32 (rows, nodes), -1 for the origin and where no way leads.
    """
    n_nodes = len(graph.first_out) - 1
    n_blocks = (len(origin) + ORIGINS_PER_BLOCK - 1) // ORIGINS_PER_BLOCK
    for block in prange(n_blocks):
        least = np.empty(n_nodes)
        heap_key = np.empty(len(graph.to_node) + 1)
        heap_node = np.empty(len(graph.to_node) + 1, np.int32)
        for row in range(block * ORIGINS_PER_BLOCK, min(len(origin), (block + 1) * ORIGINS_PER_BLOCK)):
            _fill_tree(origin[row], depart_s[row], times, graph, heap_key, heap_node, least, out_into[row])


@event_kernel
def _fill_tree(origin, depart_s, times, graph, heap_key, heap_node, least, out_into):  # type: ignore[no-untyped-def]
    least[:] = np.inf
    out_into[:] = -1
    least[origin] = depart_s
    heap_key[0], heap_node[0] = depart_s, origin
    n = 1
    while n > 0:
        key, node = heap_key[0], heap_node[0]
        n -= 1
        pop_heap(n, heap_key, heap_node)
        if key > least[node] or (node != origin and not graph.is_through[node]):
            continue
        for k in range(graph.first_out[node], graph.first_out[node + 1]):
            link = graph.out_link[k]
            at_s = key
            if node == origin:
                at_s += value_at(times.wait[link], at_s, times.interval_s)
            at_s += value_at(times.link[link], at_s, times.interval_s)
            after = graph.to_node[link]
            if at_s < least[after]:
                least[after] = at_s
                out_into[after] = link
                push_heap(n, at_s, after, heap_key, heap_node)
                n += 1


@kernel
def count_path_links(row, goal_node, into, graph, out_count):  # type: ignore[no-untyped-def]
    """Fill how many links the way of each trip has in the tree of its row; -1 where there is none."""
    for trip in range(len(row)):
        node, n = goal_node[trip], 0
        while into[row[trip], node] >= 0:
            node = graph.from_node[into[row[trip], node]]
            n += 1
        out_count[trip] = n if n > 0 else -1


@kernel
def fill_paths(row, goal_node, into, graph, first, out_links):  # type: ignore[no-untyped-def]
    """Fill the links of every trip's way, from `first` of the trip up to the next one's."""
    for trip in range(len(row)):
        node = goal_node[trip]
        for k in range(first[trip + 1] - 1, first[trip] - 1, -1):
            out_links[k] = into[row[trip], node]
            node = graph.from_node[out_links[k]]


@kernel
def fill_path_times(depart_s, first, links, times, out_time):  # type: ignore[no-untyped-def]
    """Fill the time that each trip's path takes at its departure."""
    for trip in range(len(depart_s)):
        out_time[trip] = (
            arrival_by(first[trip], first[trip + 1], depart_s[trip], links, times) - depart_s[trip]
        )


@kernel
def choose_who_moves(pair, share, start, out_moves):  # type: ignore[no-untyped-def]
    """Mark trips so that every run of a pair's has the sum of its shares, to within one (systematic sampling).

    Parameters
    ----------
    pair
        int64 (trips,), ascending.
    share
        float64 (trips,), 0 to 1.
    start
        float64 (pairs,), 0 to 1: where the count of each pair begins.
    """
    total, at = 0.0, -1
    for trip in range(len(pair)):
        if pair[trip] != at:
            at = pair[trip]
            total = start[at]
        before = int(total)
        total += share[trip]
        out_moves[trip] = int(total) > before


@kernel
def fill_link_times(entered, left, time_s, free_s, interval_s, out_time):  # type: ignore[no-untyped-def]
    """Fill what each link took at the points of time, from counts at these points.

    Those who left in an interval took their mean time, and entered so long before its middle; while a link is empty
    it takes its free time; whoever is on it at the end takes until then at least. Between these, linear.

    Parameters
    ----------
    entered, left
        int64 (points, links), vehicles up to each point.
    time_s
        float64 (points, links), times on the link of those who left, summed.
    free_s
        float64 (links,).
    out_time
        float64 (links, points).
    """
    n_points, n_links = entered.shape
    end_s = (n_points - 1) * interval_s
    at, took = np.empty(2 * n_points + 3), np.empty(2 * n_points + 3)
    for link in range(n_links):
        n = 0
        for k in range(n_points):
            if entered[k, link] == left[k, link]:
                n = _append(k * interval_s, free_s[link], n, at, took)
            if k + 1 < n_points and left[k + 1, link] > left[k, link]:
                mean_s = (time_s[k + 1, link] - time_s[k, link]) / (left[k + 1, link] - left[k, link])
                n = _append((k + 0.5) * interval_s - mean_s, max(mean_s, free_s[link]), n, at, took)
        if entered[n_points - 1, link] > left[n_points - 1, link]:
            k = 0
            while entered[k, link] <= left[n_points - 1, link]:
                k += 1
            stuck_s = max(k - 1, 0) * interval_s
            while n > 0 and at[n - 1] >= stuck_s:
                n -= 1
            n = _append(stuck_s, max(end_s - stuck_s, free_s[link]), n, at, took)
        _interpolate(at, took, n, interval_s, free_s[link], out_time[link])


@kernel
def fill_waits(into, out_of, interval_s, out_wait):  # type: ignore[no-untyped-def]
    """Fill how long those who came to wait at each point of time waited, from counts in and out at these points.

    Parameters
    ----------
    into, out_of
        int64 (points, links). Who is still waiting at the end waits until then.
    out_wait
        float64 (links, points).
    """
    n_points, n_links = into.shape
    for link in range(n_links):
        k = 0
        for point in range(n_points):
            k = max(k, point)
            if into[point, link] == out_of[point, link]:
                out_wait[link, point] = 0.0
                continue
            while k < n_points and out_of[k, link] < into[point, link]:
                k += 1
            if k == n_points:
                out_wait[link, point] = (n_points - 1 - point) * interval_s
                continue
            over = (into[point, link] - out_of[k - 1, link]) / (out_of[k, link] - out_of[k - 1, link])
            out_wait[link, point] = (k - 1 + over - point) * interval_s
        _keep_order(interval_s, out_wait[link])


@event_kernel
def _append(at_s, value, n, at, took):  # type: ignore[no-untyped-def]
    # later entries only; two at the same time count as their mean would, the newer wins
    if n > 0 and at_s <= at[n - 1]:
        took[n - 1] = max(took[n - 1], value)
        return n
    at[n], took[n] = at_s, value
    return n + 1


@event_kernel
def _interpolate(at, took, n, interval_s, free_s, out):  # type: ignore[no-untyped-def]
    j = 0
    for point in range(len(out)):
        t = point * interval_s
        while j < n and at[j] < t:
            j += 1
        if n == 0:
            out[point] = free_s
        elif j == 0:
            out[point] = took[0]
        elif j == n:
            out[point] = took[n - 1]
        else:
            part = (t - at[j - 1]) / (at[j] - at[j - 1])
            out[point] = took[j - 1] + part * (took[j] - took[j - 1])
    _keep_order(interval_s, out)


@event_kernel
def _keep_order(interval_s, out):  # type: ignore[no-untyped-def]
    # nobody who enters later arrives earlier
    for point in range(1, len(out)):
        out[point] = max(out[point], out[point - 1] - interval_s)
