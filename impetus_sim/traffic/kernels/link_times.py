"""What a link would take now, as drivers and their navigation see it."""

from __future__ import annotations

from impetus_sim.kernels.compile import event_kernel
from impetus_sim.traffic.kernels.records import ABANDONED, CLOSED, NEVER, NONE

COST_PER_S = 10
_KEPT = 0.5
"""Share of what was seen before that still counts at the next look."""


@event_kernel
def measure_link_costs(now_us, road, vehicles, seen, out_cost):  # type: ignore[no-untyped-def]
    """Fill the cost of each link, tenths of a second: what a vehicle that enters now has to expect.

    Free time, and for everybody who stands before it, and for itself, the mean time that heads of the link's
    queues lately spent at its end: red, spillback and headway alike. Closed links get -1.

    Parameters
    ----------
    seen
        float64 (links, 4), state: time at the end and vehicles that left, up to the last call; both of late.
    """
    for link in range(len(road.to_node)):
        busy_us, n_left, n_standing, held_us = 0, 0, 0, 0
        for lane in range(road.first_lane[link], road.first_lane[link] + road.most_lanes[link]):
            queue = road.queues[lane]
            busy_us += queue.busy_us
            n_left += queue.n_left
            vehicle = queue.head
            if vehicle != NONE:
                held_us += _held_us(vehicles[vehicle], queue, now_us)
            while vehicle != NONE and (
                vehicles[vehicle].ready_us < now_us or vehicles[vehicle].state == ABANDONED
            ):
                n_standing += 1
                vehicle = vehicles[vehicle].behind
        n_lanes = road.n_lanes[link]
        lately_busy_us = _KEPT * seen[link, 2] + busy_us - seen[link, 0]
        lately_left = _KEPT * seen[link, 3] + n_left - seen[link, 1]
        seen[link, 0], seen[link, 1], seen[link, 2], seen[link, 3] = (
            busy_us,
            n_left,
            lately_busy_us,
            lately_left,
        )
        if road.is_closed[link] == CLOSED:
            out_cost[link] = -1
            continue
        each_us = (lately_busy_us + held_us) / max(lately_left + (n_lanes if held_us > 0 else 0), 1.0)
        free_us = 1e6 * road.length_mm[link] / road.speed_mm_s[link]
        out_cost[link] = max(
            1, int(1e-6 * COST_PER_S * (free_us + each_us * (1 + n_standing / n_lanes)) + 0.5)
        )


@event_kernel
def _held_us(head, queue, now_us):  # type: ignore[no-untyped-def]
    # For how long the head of a lane has been held up: since it was left, in a lane that is stopped since it came.
    if head.state == ABANDONED:
        return now_us - head.left_us
    since_us = queue.ready_us if queue.exit_us < NEVER // 2 else head.ready_us
    return max(now_us - since_us, 0)
