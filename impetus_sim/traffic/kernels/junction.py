"""One junction at one moment: who may cross, in which order, and when something can happen again.

Every queue's head wants one outgoing link. It may cross when it has arrived, its signal group has green, the link
has a lane with room, and the junction itself is free. Where several compete for one link, service is shared by
weight and an unused share goes to the others (start-time fair queueing): in the limit of small vehicles this is
Daganzo's priority merge, and first-in-first-out queues give the diverge and the conditions of Tampere's node.

Sources: Daganzo (1995), The cell transmission model, part II, Transportation Research B 29; Tampere, Corthout,
Cattrysse, Immers (2011), A generic class of first order node models, Transportation Research B 45; Goyal, Vin,
Cheng (1996), Start-time fair queueing, SIGCOMM.
"""

from __future__ import annotations

from impetus_sim.kernels.compile import event_kernel
from impetus_sim.traffic.kernels.choose_way import link_of_tree, next_link, slot_of
from impetus_sim.traffic.kernels.queues import enter, leave, place_free_us
from impetus_sim.traffic.kernels.records import ARRIVED, HELD, NEVER, NO_WAY, NONE, ON_LINK
from impetus_sim.traffic.kernels.signals import WORKS, is_green, serve_signal
from impetus_sim.traffic.kernels.winner import set_time

_CAR_MM = 7000


@event_kernel
def serve(node, now_us, road, ways, signals, phases, vehicles, out_counts):  # type: ignore[no-untyped-def]
    """Let everybody cross who may at this moment, and set the junction's next event."""
    queues = road.queues
    signal = road.signal_of[node]
    if signal != NONE:
        serve_signal(signal, now_us, road, signals, phases, vehicles)
    first, last = road.first_queue[node], road.first_queue[node + 1]
    while True:
        next_us, best, best_lane, best_claim, best_ready = NEVER, NONE, NONE, 0.0, NEVER
        is_waiting = False
        for k in range(first, last):
            ready = queues[k].ready_us
            if ready > now_us:
                next_us = min(next_us, ready)
                continue
            is_waiting = True
            if signal != NONE and not is_green(signals[signal], queues[k].group):
                continue
            v = vehicles[queues[k].head]
            if v.want >= 0 and road.is_closed[v.want] == 1:
                v.want = next_link(v, node, ways, road)  # closed since: another way, if there is one
            if v.want < 0:
                best, best_lane = k, NONE
                break
            lane, free_us = _lane_with_room(v.want, v.size_mm, now_us, road)
            if free_us == NEVER and ways.patience_us[0] > 0:
                if now_us < ready + ways.patience_us[0]:
                    next_us = min(next_us, ready + ways.patience_us[0])
                else:
                    lane, free_us = _take_another_way(v, node, now_us, road, ways)
            if free_us > now_us:
                next_us = min(next_us, free_us)
                continue
            if road.node_open_us[node] > now_us:
                next_us = min(next_us, road.node_open_us[node])
                continue
            turn = queues[k].first_turn + slot_of(v.want, node, road)
            claim = max(road.link_served[v.want], road.turn_finish[turn])
            if best == NONE or claim < best_claim or (claim == best_claim and ready < best_ready):
                best, best_lane, best_claim, best_ready = k, lane, claim, ready
        if best == NONE:
            break
        _cross(best, best_lane, best_claim, node, now_us, road, ways, vehicles, out_counts)
    if signal != NONE and signals[signal].fault == WORKS and (is_waiting or next_us < NEVER):
        next_us = min(next_us, signals[signal].switch_us)
    set_time(node, next_us, road.times, road.winners)


@event_kernel
def _lane_with_room(link, size_mm, now_us, road):  # type: ignore[no-untyped-def]
    # The lane where the vehicle can enter soonest; of several at once the one with the fewest vehicles.
    queues = road.queues
    best, best_us = NONE, NEVER
    for lane in range(road.first_lane[link], road.first_lane[link] + road.n_lanes[link]):
        free = place_free_us(size_mm, queues[lane], road.exits)
        if free == NEVER:
            queues[lane].is_wanted = 1
            continue
        free = max(free, queues[lane].entry_us, now_us)
        if free < best_us or (free == best_us and queues[lane].n_inside < queues[best].n_inside):
            best, best_us = lane, free
    return best, best_us


@event_kernel
def _take_another_way(v, node, now_us, road, ways):  # type: ignore[no-untyped-def]
    # Held up for longer than drivers bear: an earlier tree's way, if it has room. The newest that differs is taken.
    for age in range(min(ways.next_slot.shape[0] - 1, ways.newest[1])):
        link = link_of_tree(age, v.goal, node, ways, road)
        if link < 0 or link == v.want or road.is_closed[link] == 1:
            continue
        lane, free_us = _lane_with_room(link, v.size_mm, now_us, road)
        if free_us <= now_us:
            v.want = link
            return lane, free_us
    return NONE, NEVER


@event_kernel
def _cross(k, lane, claim, node, now_us, road, ways, vehicles, out_counts):  # type: ignore[no-untyped-def]
    queues = road.queues
    vehicle = queues[k].head
    v = vehicles[vehicle]
    leave(now_us, queues[k], road.exits, vehicles)
    if queues[k].is_source == 0:
        link = queues[k].link
        road.n_left[link] += 1
        road.time_us[link] += now_us - v.entered_us
        v.travelled_mm += road.length_mm[link]
        v.n_links += 1
        if queues[k].is_wanted == 1:
            _wake_upstream(k, now_us, road)
    if lane == NONE:
        v.queue = NONE
        v.left_us = now_us
        if v.want == NO_WAY:
            v.state = HELD
            v.origin = node
            out_counts[1] += 1
        else:
            v.state = ARRIVED
            out_counts[0] += 1
        return
    link = v.want
    turn = queues[k].first_turn + slot_of(link, node, road)
    road.link_served[link] = claim
    road.turn_finish[turn] = claim + v.size_mm / queues[k].weight
    if road.node_pace[node] > 0.0:
        road.node_open_us[node] = now_us + int(v.size_mm * road.node_pace[node] + 0.5)
    _enter_link(vehicle, link, lane, now_us, road, ways, vehicles)


@event_kernel
def _enter_link(vehicle, link, lane, now_us, road, ways, vehicles):  # type: ignore[no-untyped-def]
    v = vehicles[vehicle]
    queue = road.queues[lane]
    to_node = road.to_node[link]
    free_us = int(1e6 * road.length_mm[link] / min(road.speed_mm_s[link], v.speed_mm_s) + 0.5)
    if v.path >= 0:
        free_us += ways.dwell_us[v.path]
        v.path += 1
    v.want = next_link(v, to_node, ways, road)
    v.queue = lane
    v.state = ON_LINK
    road.n_entered[link] += 1
    enter(vehicle, now_us, free_us, queue, vehicles)
    if queue.ready_us < road.times[to_node]:
        set_time(to_node, queue.ready_us, road.times, road.winners)


@event_kernel
def _wake_upstream(k, now_us, road):  # type: ignore[no-untyped-def]
    # A place has become free: the junction where vehicles enter this lane looks again when they can.
    queue = road.queues[k]
    free = place_free_us(min(_CAR_MM, queue.length_mm), queue, road.exits)
    if free == NEVER:
        return
    queue.is_wanted = 0
    upstream = road.queues[road.source[queue.link]].node
    at_us = max(now_us, free)
    if at_us < road.times[upstream]:
        set_time(upstream, at_us, road.times, road.winners)
