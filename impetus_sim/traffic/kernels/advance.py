"""The event loop of traffic: departures and junctions in the order of time."""

from __future__ import annotations

from impetus_sim.kernels.compile import event_kernel
from impetus_sim.traffic.kernels.agenda import first_junction
from impetus_sim.traffic.kernels.choose_way import next_link
from impetus_sim.traffic.kernels.junction import serve
from impetus_sim.traffic.kernels.queues import enter
from impetus_sim.traffic.kernels.records import ALL_TURNS, ARRIVED, CANCELLED, HELD, NEVER, NO_WAY, WAITING


@event_kernel
def advance(  # type: ignore[no-untyped-def]
    times_us, road, ways, signals, phases, vehicles, planned, next_planned, out_counts, out_curves
):
    """Process every event up to and including each of some times; at the same time departures come first.

    Parameters
    ----------
    times_us
        int64 (times,), microseconds, ascending.
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
    out_curves
        int32 (times, 2, links), vehicles that had entered and left each link by each time; or without rows.
    """
    for k in range(len(times_us)):
        _advance_to(times_us[k], road, ways, signals, phases, vehicles, planned, next_planned, out_counts)
        if k < len(out_curves):
            for link in range(len(road.n_entered)):
                out_curves[k, 0, link] = road.n_entered[link]
                out_curves[k, 1, link] = road.n_left[link]


@event_kernel
def _advance_to(until_us, road, ways, signals, phases, vehicles, planned, next_planned, out_counts):  # type: ignore[no-untyped-def]
    k = next_planned[0]
    departs_us = vehicles[planned[k]].sets_out_us if k < len(planned) else NEVER
    while True:
        at_us = road.agenda[1]
        if min(at_us, departs_us) > until_us or min(at_us, departs_us) == NEVER:
            break
        if departs_us <= at_us:
            _depart(planned[k], road, ways, vehicles, out_counts)
            k += 1
            departs_us = vehicles[planned[k]].sets_out_us if k < len(planned) else NEVER
            continue
        out_counts[2] += 1
        serve(first_junction(road.agenda), at_us, road, ways, signals, phases, vehicles, out_counts)
    next_planned[0] = k


@event_kernel
def _depart(vehicle, road, ways, vehicles, out_counts):  # type: ignore[no-untyped-def]
    v = vehicles[vehicle]
    if v.state == CANCELLED:
        return
    node, row, turns = v.origin, v.origin, ALL_TURNS
    if v.origin >= len(road.signal_of):  # taken off the road at the end of a link from which turns are banned
        before = v.origin - len(road.signal_of)
        node, row = road.to_node[before], ways.row_at_end[before]
        turns = road.queues[road.first_lane[before]].turns
    link = next_link(v, node, row, turns, ways, road)
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
    enter(vehicle, v.sets_out_us, 0, road.source[link], road, vehicles)
