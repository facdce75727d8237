"""Where vehicles are on their links between events."""

from __future__ import annotations

from impetus_sim.kernels.compile import kernel
from impetus_sim.traffic.kernels.records import NONE


@kernel
def fill_offsets(now_us, road, vehicles, out_mm):  # type: ignore[no-untyped-def]
    """Fill how far along its link every vehicle on a link is, millimetres; others keep what `out_mm` holds.

    Newell's trajectories: the free path, or that of whoever is ahead, shifted back by the length between them and
    later by the time the wave needs for it. Ahead are those on the lane and those that have left it: who left
    after the wave that now reaches a place still holds it at its distance from the stop line; who left before lets
    it move.
    """
    for k in range(len(road.queues)):
        queue = road.queues[k]
        if queue.is_source == 1 or queue.is_followed == 1 or queue.head == NONE:
            continue
        link = queue.link
        length = road.length_mm[link]
        per_room = length / queue.length_mm  # metres of road for a metre of vehicle, 1 where cars take 7.5 m
        wave = queue.wave_us / queue.length_mm
        left_mm = 0
        if queue.n_left > 0:
            left_mm = road.exits[queue.ring_first + (queue.n_left - 1) % queue.ring_size].left_mm
        ahead_mm, before_mm = 0, 2.0 * length
        vehicle = queue.head
        while vehicle != NONE:
            v = vehicles[vehicle]
            speed = min(road.speed_mm_s[link], v.speed_mm_s)
            place = min(speed * (now_us - v.entered_us) * 1e-6, length - ahead_mm * per_room)
            place = min(
                place,
                _behind_those_who_left(
                    now_us, left_mm + ahead_mm, speed, wave, length, per_room, queue, road
                ),
            )
            place = max(0.0, min(place, before_mm))
            out_mm[vehicle] = place
            before_mm = max(0.0, place - v.size_mm * per_room)
            ahead_mm += v.size_mm
            vehicle = v.behind


@kernel
def _behind_those_who_left(now_us, front_mm, speed, wave, length, per_room, queue, road):  # type: ignore[no-untyped-def]
    # front_mm: length of all vehicles that entered before this one.
    bound = 2.0 * length
    first, size = queue.ring_first, queue.ring_size
    oldest = max(0, queue.n_left - size + 1)
    for k in range(queue.n_left - 1, oldest - 1, -1):
        start_mm = road.exits[first + (k - 1) % size].left_mm if k > oldest else 0
        if k == oldest and k > 0:
            return bound
        behind_mm = front_mm - start_mm
        since_us = now_us - behind_mm * wave - road.exits[first + k % size].at_us
        held = length - behind_mm * per_room
        if since_us >= 0.0:
            return min(bound, held + speed * since_us * 1e-6)
        bound = min(bound, held)
    return bound
