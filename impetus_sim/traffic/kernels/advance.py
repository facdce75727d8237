"""The event loop of traffic: departures and junctions in the order of time."""

from __future__ import annotations

from impetus_sim.kernels.compile import event_kernel
from impetus_sim.traffic.kernels.choose_way import next_link
from impetus_sim.traffic.kernels.junction import serve
from impetus_sim.traffic.kernels.queues import enter
from impetus_sim.traffic.kernels.records import ARRIVED, HELD, NEVER, NO_WAY, WAITING
from impetus_sim.traffic.kernels.winner import set_time


@event_kernel
def advance(until_us, road, ways, signals, phases, vehicles, planned, next_planned, out_counts):  # type: ignore[no-untyped-def]
    """Process every event up to and including a time.

    Parameters
    ----------
    until_us
        Time, microseconds.
    road, ways
        `Road` and `Ways`; state overwritten.
    signals, phases
        SIGNAL (state overwritten) and PHASE records.
    vehicles
        VEHICLE records, overwritten.
    planned
        int32, vehicles in the order in which they set out.
    next_planned
        int64 (1,), how many of them have; overwritten.
    out_counts
        int64 (3,): arrived, taken off the road for want of a way, events; added to.
    """
    while True:
        node = road.winners[1]
        at_us = road.times[node]
        k = next_planned[0]
        if k < len(planned) and vehicles[planned[k]].sets_out_us <= at_us:
            if vehicles[planned[k]].sets_out_us > until_us:
                return
            next_planned[0] = k + 1
            _depart(planned[k], road, ways, vehicles, out_counts)
            continue
        if at_us > until_us or at_us == NEVER:
            return
        out_counts[2] += 1
        serve(node, at_us, road, ways, signals, phases, vehicles, out_counts)


@event_kernel
def _depart(vehicle, road, ways, vehicles, out_counts):  # type: ignore[no-untyped-def]
    v = vehicles[vehicle]
    link = next_link(v, v.origin, ways, road)
    if link < 0:
        v.left_us = v.sets_out_us
        if link == NO_WAY:
            v.state = HELD
            out_counts[1] += 1
        else:
            v.state = ARRIVED
            out_counts[0] += 1
        return
    v.want = link
    v.state = WAITING
    source = road.source[link]
    v.queue = source
    queue = road.queues[source]
    enter(vehicle, v.sets_out_us, 0, queue, vehicles)
    if queue.ready_us < road.times[queue.node]:
        set_time(queue.node, queue.ready_us, road.times, road.winners)
