"""People on links: walking at the link's speed, queueing at its end, passing nodes in the order of events.

Times are integer microseconds. A step goes through its events in the order of (time, waiting since, id), so the
result depends on nothing else. Directed link ``2 k`` is link k from u to v, ``2 k + 1`` the way back.

A queue has a length: it fills the link from its end at jam density, whoever walks joins it where it ends, and
the others walk at the density of the part that is left. Somebody at its head passes when the link's flow
capacity allows (``next_out``), the next link has room and takes people in (``next_in``). A full link wakes those
who wait for it, one for each place that becomes free; two heads that each wait for the other's link change
places.
"""

from __future__ import annotations

import numpy as np

from impetus_sim.kernels.compile import kernel

AT_HOME, WALKING, QUEUED, DONE, LYING = 0, 1, 2, 3, 4
"""Values of `mode`: beside the link (not yet set out, or nowhere to go), walking, in the queue at its end, not on
the network, hurt and beside the link for good."""
NOWHERE, ARRIVED, INTO_AREA = -1, -2, -3
"""Values of a next hop that are no link: unreachable, here, into the two-dimensional ground."""


@kernel
def walk_on(mode, link, offset, since, arrival, speed, share, queue_m, length, t1, out_due):  # type: ignore[no-untyped-def]
    """Let everybody who walks walk until t1; list those who reach the queue or the end of their link by then.

    Parameters
    ----------
    mode, link, offset, since, arrival
        uint8, int32, float64 m, int64 us, int64 us (people,); the last four are overwritten.
    speed
        float64 (people,), free speed, m/s.
    share, length
        float64 (links,): share of the free speed, m.
    queue_m
        float64 (directed links,), length of the queue, m.
    out_due
        int32 (people,), overwritten: rows of those who arrive, ascending. Returns how many.
    """
    n_due = 0
    for i in range(mode.shape[0]):
        if mode[i] != WALKING:
            continue
        d = link[i]
        v = speed[i] * share[d >> 1]
        left = length[d >> 1] - queue_m[d] - offset[i]
        if left <= 0.0:
            arrival[i] = since[i]
        else:
            arrival[i] = since[i] + np.int64(np.ceil(left / v * 1e6))
        if arrival[i] <= t1:
            out_due[n_due] = i
            n_due += 1
        else:
            offset[i] += v * (t1 - since[i]) * 1e-6
            since[i] = t1
    return n_due


@kernel
def _is_before(a, b, time, waiting):  # type: ignore[no-untyped-def]
    if time[a] != time[b]:
        return time[a] < time[b]
    if waiting[a] != waiting[b]:
        return waiting[a] < waiting[b]
    return a < b


@kernel
def _push(event, t, since, time, waiting, heap, n):  # type: ignore[no-untyped-def]
    # Binary heap of event ids; each id is in it at most once, so its time stands beside it.
    time[event] = t
    waiting[event] = since
    k = n
    heap[k] = event
    while k > 0:
        parent = (k - 1) >> 1
        if not _is_before(heap[k], heap[parent], time, waiting):
            break
        heap[k], heap[parent] = heap[parent], heap[k]
        k = parent
    return n + 1


@kernel
def _pop(time, waiting, heap, n):  # type: ignore[no-untyped-def]
    first = heap[0]
    n -= 1
    heap[0] = heap[n]
    k = 0
    while True:
        child = 2 * k + 1
        if child >= n:
            break
        if child + 1 < n and _is_before(heap[child + 1], heap[child], time, waiting):
            child += 1
        if not _is_before(heap[child], heap[k], time, waiting):
            break
        heap[k], heap[child] = heap[child], heap[k]
        k = child
    return first, n


@kernel
def take_head(d, n_on, n_queue, head, tail, behind):  # type: ignore[no-untyped-def]
    """Take the head of the queue of directed link d off the link and return it."""
    i = head[d]
    head[d] = behind[i]
    if head[d] < 0:
        tail[d] = -1
    behind[i] = -1
    n_queue[d] -= 1
    n_on[d] -= 1
    return i


@kernel
def enter_link(  # type: ignore[no-untyped-def]
    i, d, t, t1, mode, link, offset, since, arrival, speed, share, queue_m, length, n_on, n_in, next_in,
    in_headway,
):  # fmt: skip
    """Put person i at the start of directed link d at time t; return their arrival, which may be after t1."""
    mode[i] = WALKING
    link[i] = d
    offset[i] = 0.0
    since[i] = t
    n_on[d] += 1
    n_in[d] += 1
    next_in[d] = max(next_in[d], t) + in_headway[d]
    v = speed[i] * share[d >> 1]
    left = length[d >> 1] - queue_m[d]
    arrival[i] = t if left <= 0.0 else t + np.int64(np.ceil(left / v * 1e6))
    if arrival[i] > t1:
        offset[i] = v * (t1 - t) * 1e-6
        since[i] = t1
    return arrival[i]


@kernel
def pass_nodes(  # type: ignore[no-untyped-def]
    t0, t1, due, n_due, mode, link, offset, since, arrival, behind, destination, shuns, speed,
    n_on, n_queue, head, tail, next_out, next_in, n_in, n_out, n_ended, headway, in_headway, share, queue_m,
    length, width_jam, storage, end_node, hops, time, waiting, heap, wait_next, wait_head, wait_tail, out_done,
):  # fmt: skip
    """Go through the events between t0 and t1: arrivals at ends of links and passages of nodes.

    Parameters
    ----------
    due, n_due
        From `walk_on`.
    behind
        int32 (people,), the next in the queue, -1 for none.
    destination, shuns
        int16, uint8 (people,): table of next hops they follow; 1 for who does not go into an area again.
    n_on, n_queue, head, tail, next_out, next_in, n_in, n_out, n_ended
        State of directed links: int32 x 4, int64 x 5.
    headway, in_headway
        int64 (directed links,), us between two people out of and on to it.
    share, length, storage
        (links,): share of free speed, m, most people.
    queue_m, width_jam
        float64 (directed links,): queue length, m, kept up to date; people per metre of queue.
    end_node
        int32 (directed links,).
    hops
        int32 (2, destinations, nodes): directed link to take next; first for those who may go into areas.
    time, waiting, heap, wait_next, wait_head, wait_tail
        Scratch: int64 x 2 and int32 (people + directed links,), int32 (directed links,), int32 x 2 (links,).
    out_done
        int32 (people,), overwritten: rows of those who reached their destination; `arrival` says when. Returns
        how many.
    """
    n_people, n_done, n = mode.shape[0], 0, 0
    wait_head[:] = -1
    wait_tail[:] = -1
    for k in range(n_due):
        n = _push(due[k], arrival[due[k]], arrival[due[k]], time, waiting, heap, n)
    # wait_next: -2 neither scheduled nor waiting, -3 scheduled, else waiting
    for d in range(n_on.shape[0]):
        wait_next[d] = -2
        if n_queue[d] > 0:
            n = _push(n_people + d, max(t0, next_out[d]), arrival[head[d]], time, waiting, heap, n)
            wait_next[d] = -3
    while n > 0 and time[heap[0]] <= t1:
        event, n = _pop(time, waiting, heap, n)
        t = time[event]
        if event < n_people:
            d = link[event]
            mode[event] = QUEUED
            behind[event] = -1
            if tail[d] < 0:
                head[d] = event
            else:
                behind[tail[d]] = event
            tail[d] = event
            n_queue[d] += 1
            queue_m[d] = min(length[d >> 1], n_queue[d] / width_jam[d])
            if wait_next[d] != -2 or n_queue[d] > 1:
                continue
        else:
            d = event - n_people
            wait_next[d] = -2
        while n_queue[d] > 0:
            if next_out[d] > t:
                n = _push(n_people + d, next_out[d], arrival[head[d]], time, waiting, heap, n)
                wait_next[d] = -3
                break
            i = head[d]
            hop = hops[shuns[i], destination[i], end_node[d]]
            if hop == INTO_AREA:
                break
            if hop >= 0:
                to = hop >> 1
                if next_in[hop] > t:
                    n = _push(n_people + d, next_in[hop], arrival[i], time, waiting, heap, n)
                    wait_next[d] = -3
                    break
                if n_on[hop] + n_on[hop ^ 1] >= storage[to] and to != d >> 1:
                    j = head[hop ^ 1]
                    is_swap = (
                        j >= 0
                        and next_out[hop ^ 1] <= t
                        and hops[shuns[j], destination[j], end_node[d]] == d ^ 1
                    )
                    if not is_swap:
                        wait_next[d] = -1
                        if wait_tail[to] >= 0:
                            wait_next[wait_tail[to]] = d
                        else:
                            wait_head[to] = d
                        wait_tail[to] = d
                        break
                    take_head(hop ^ 1, n_on, n_queue, head, tail, behind)
                    n_out[hop ^ 1] += 1
                    next_out[hop ^ 1] = t + headway[hop ^ 1]
                    queue_m[hop ^ 1] = min(length[to], n_queue[hop ^ 1] / width_jam[hop ^ 1])
                    came = enter_link(
                        j, d ^ 1, t, t1, mode, link, offset, since, arrival, speed, share, queue_m, length, n_on,
                        n_in, next_in, in_headway,
                    )  # fmt: skip
                    if came <= t1:
                        n = _push(j, came, came, time, waiting, heap, n)
            take_head(d, n_on, n_queue, head, tail, behind)
            n_out[d] += 1
            next_out[d] = t + headway[d]
            queue_m[d] = min(length[d >> 1], n_queue[d] / width_jam[d])
            if hop >= 0:
                came = enter_link(
                    i, hop, t, t1, mode, link, offset, since, arrival, speed, share, queue_m, length, n_on, n_in,
                    next_in, in_headway,
                )  # fmt: skip
                if came <= t1:
                    n = _push(i, came, came, time, waiting, heap, n)
            elif hop == ARRIVED:
                n_ended[d] += 1
                mode[i] = DONE
                arrival[i] = t
                out_done[n_done] = i
                n_done += 1
            else:  # nowhere to go: they step aside and set out again when a way opens
                n_ended[d] += 1
                mode[i] = AT_HOME
                offset[i] = length[d >> 1] if d & 1 == 0 else 0.0
                link[i] = d & ~1
            w = wait_head[d >> 1]
            while w >= 0:  # the first who still waits; a queue that has changed places may be gone
                wait_head[d >> 1] = wait_next[w]
                if wait_next[w] < 0:
                    wait_tail[d >> 1] = -1
                if n_queue[w] > 0:
                    wait_next[w] = -3
                    n = _push(n_people + w, t, arrival[head[w]], time, waiting, heap, n)
                    break
                wait_next[w] = -2
                w = wait_head[d >> 1]
    return n_done


@kernel
def set_out(  # type: ignore[no-untyped-def]
    rows, n, t, mode, link, offset, since, arrival, behind, destination, shuns, speed, n_on, n_joined, length,
    room, end_node, times,
):  # fmt: skip
    """Let those of `rows` (first n) who are beside a link walk on to it, where there is room; return how many.

    `link` is the way from u to v and `offset` counts from u; they take the direction of the shorter time.
    room: int32 (links,), people that a link takes up now. times: float64 (2, destinations, nodes), s.
    """
    n_out = 0
    for k in range(n):
        i = rows[k]
        to = link[i] >> 1
        if n_on[2 * to] + n_on[2 * to + 1] >= room[to]:
            continue
        forward = times[shuns[i], destination[i], end_node[2 * to]] + (length[to] - offset[i]) / speed[i]
        back = times[shuns[i], destination[i], end_node[2 * to + 1]] + offset[i] / speed[i]
        if not np.isfinite(min(forward, back)):
            continue
        if back < forward:
            link[i] = 2 * to + 1
            offset[i] = length[to] - offset[i]
        else:
            link[i] = 2 * to
        mode[i] = WALKING
        behind[i] = -1
        since[i] = t
        arrival[i] = t
        n_on[link[i]] += 1
        n_joined[link[i]] += 1
        n_out += 1
    return n_out


@kernel
def line_up(head, behind, length, width_jam, offset):  # type: ignore[no-untyped-def]
    """Move those in queues up: the k-th stands k places from the end of the link; overwrites `offset`."""
    for d in range(head.shape[0]):
        i, k = head[d], 0
        while i >= 0:
            offset[i] = max(offset[i], length[d >> 1] - k / width_jam[d])
            i = behind[i]
            k += 1


@kernel
def find_positions(mode, link, offset, length, first, point_x, point_y, along, skip, x, y):  # type: ignore[no-untyped-def]
    """Write the position of everybody on or beside a link into `x`, `y`, m; `skip` are left as they are."""
    for i in range(mode.shape[0]):
        if mode[i] == DONE or skip[i]:
            continue
        k = link[i] >> 1
        s = offset[i] if link[i] & 1 == 0 else length[k] - offset[i]
        a, b = first[k], first[k + 1] - 1
        while b - a > 1:
            middle = (a + b) >> 1
            if along[middle] <= s:
                a = middle
            else:
                b = middle
        span = along[b] - along[a]
        f = 0.0 if span <= 0.0 else min(1.0, max(0.0, (s - along[a]) / span))
        x[i] = point_x[a] + f * (point_x[b] - point_x[a])
        y[i] = point_y[a] + f * (point_y[b] - point_y[a])
