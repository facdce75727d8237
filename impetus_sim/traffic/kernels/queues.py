"""A queue by itself: when it has room, who enters, who leaves.

Newell's car following in Lagrangian form: a vehicle leaves a lane no earlier than it could have driven it freely,
no earlier than one headway after the one before it, and enters no earlier than one wave time after the place it
needs was freed at the other end. With lengths instead of counts a fraction of a vehicle can free a place: inside
one headway vehicles count as flowing out evenly, so that lanes of any length, also shorter than a car, keep their
capacity.

Source: Newell (2002), A simplified car-following theory: a lower order model, Transportation Research B 36.
"""

from __future__ import annotations

from impetus_sim.kernels.compile import event_kernel
from impetus_sim.traffic.kernels.agenda import set_time
from impetus_sim.traffic.kernels.records import NEVER, NONE


@event_kernel
def place_free_us(size_mm, now_us, k, road):  # type: ignore[no-untyped-def]
    """Return when there is room at the upstream end of queue k for a vehicle, NEVER while that waits for an exit.

    0 stands for now and before. Takes note of the exits whose wave has arrived by now, so that they are read once.
    """
    queue = road.queues[k]
    if queue.is_source == 1:
        return 0
    needed = queue.entered_mm + min(size_mm, queue.length_mm) - queue.length_mm  # length that must have left
    if needed <= queue.freed_mm:
        return 0
    if queue.is_followed == 1:
        return NEVER  # car following makes room, step by step
    exits, first, last, freed = road.exits, queue.ring_first, queue.ring_size - 1, queue.freed
    while freed < queue.n_left and exits[first + (freed & last)].at_us + queue.wave_us <= now_us:
        queue.freed_mm = exits[first + (freed & last)].left_mm
        freed += 1
    queue.freed = freed
    if needed <= queue.freed_mm:
        return 0
    while freed < queue.n_left and exits[first + (freed & last)].left_mm < needed:
        freed += 1
    if freed == queue.n_left:
        return NEVER
    out = exits[first + (freed & last)]
    return out.at_us + queue.wave_us - int((out.left_mm - needed) * queue.pace)


@event_kernel
def enter(vehicle, now_us, free_us, k, road, vehicles):  # type: ignore[no-untyped-def]
    """Put a vehicle behind the last one of queue k; `free_us` is its time to the other end with nobody ahead."""
    queue = road.queues[k]
    v = vehicles[vehicle]
    v.queue = k
    v.entered_us = now_us
    v.ready_us = now_us + free_us
    v.behind = NONE
    if queue.tail == NONE:
        queue.head = vehicle
        queue.ready_us = max(v.ready_us, queue.exit_us)
        road.look_us[k] = queue.ready_us
        call(queue.node, queue.ready_us, road)
    else:
        vehicles[queue.tail].behind = vehicle
    queue.tail = vehicle
    queue.n_inside += 1
    queue.entered_mm += v.size_mm
    if queue.is_source == 0:
        queue.entry_us = now_us + int(v.size_mm * queue.pace + 0.5)


@event_kernel
def leave(now_us, k, road, vehicles):  # type: ignore[no-untyped-def]
    """Take the head out of queue k."""
    queue = road.queues[k]
    v = vehicles[queue.head]
    queue.head = v.behind
    queue.n_inside -= 1
    queue.exit_us = now_us + int(v.size_mm * queue.exit_pace + 0.5)
    if queue.is_source == 0:
        exits, first, last, n_left = road.exits, queue.ring_first, queue.ring_size - 1, queue.n_left
        before_mm, before_us = 0, 0
        if n_left > 0:
            before = exits[first + ((n_left - 1) & last)]
            before_mm, before_us = before.left_mm, before.at_us
        queue.busy_us += now_us - max(v.ready_us, before_us)
        out = exits[first + (n_left & last)]
        out.at_us = now_us
        out.left_mm = before_mm + v.size_mm
    queue.n_left += 1
    if queue.head == NONE:
        queue.tail = NONE
        queue.ready_us = NEVER
    else:
        queue.ready_us = max(vehicles[queue.head].ready_us, queue.exit_us)
    road.look_us[k] = queue.ready_us


@event_kernel
def call(node, at_us, road):  # type: ignore[no-untyped-def]
    """Have a junction look at its queues at a time, if it would not do so sooner anyway."""
    if at_us < road.times[node]:
        set_time(node, at_us, road.agenda)
