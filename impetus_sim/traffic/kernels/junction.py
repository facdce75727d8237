"""One junction at one moment: who may cross, in which order, and when something can happen again.

Every queue's head wants one outgoing link. It may cross when it has arrived, its signal group has green, the link
has a lane with room, and the junction itself is free. Where several compete for one link, service is shared by
weight and an unused share goes to the others (start-time fair queueing): in the limit of small vehicles this is
Daganzo's priority merge, and first-in-first-out queues give the diverge and the conditions of Tampere's node.

A queue is looked at when its `look_us` has come: when its head is ready, or, where it found no room, when there
will be room, when its driver loses patience, or when somebody leaves the lane that it waits for (`wake_upstream`).

Sources: Daganzo (1995), The cell transmission model, part II, Transportation Research B 29; Tampere, Corthout,
Cattrysse, Immers (2011), A generic class of first order node models, Transportation Research B 45; Goyal, Vin,
Cheng (1996), Start-time fair queueing, SIGCOMM.
"""

from __future__ import annotations

from impetus_sim.kernels.compile import event_kernel
from impetus_sim.traffic.kernels.agenda import set_time
from impetus_sim.traffic.kernels.choose_way import link_of_tree, may_take, next_link, row_of_queue
from impetus_sim.traffic.kernels.queues import call, enter, leave, place_free_us
from impetus_sim.traffic.kernels.records import ARRIVED, HELD, NEVER, NO_WAY, NONE, ON_LINK
from impetus_sim.traffic.kernels.signals import green_groups, has_green, next_switch_us, serve_signal

_CAR_MM = 7000


@event_kernel
def serve(node, now_us, road, ways, signals, phases, vehicles, out_counts):  # type: ignore[no-untyped-def]
    """Let everybody cross who may at this moment, and set the junction's next event."""
    serve_signal(road.signal_of[node], now_us, road, signals, phases, vehicles)
    green = green_groups(road.signal_of[node], signals)
    while True:
        next_us, best, best_lane, best_claim, best_ready = NEVER, NONE, NONE, 0.0, NEVER
        is_waiting = False
        for k in range(road.first_queue[node], road.first_queue[node + 1]):
            if road.look_us[k] > now_us:
                next_us = min(next_us, road.look_us[k])
                continue
            queue = road.queues[k]
            if not has_green(queue.group, green):
                is_waiting = True
                continue
            v = vehicles[queue.head]
            if v.want >= 0 and not may_take(v.want, v.goal, queue.turns, ways, road):
                # closed or banned since: another way, if there is one
                v.want = next_link(v, node, row_of_queue(k, node, ways, road), queue.turns, ways, road)
                if v.want >= 0 and not may_take(v.want, v.goal, queue.turns, ways, road):
                    road.look_us[k] = NEVER  # a fixed route: it waits until its link opens
                    continue
            if v.want < 0:
                best, best_lane = k, NONE
                break
            lane, free_us = _lane_to_enter(v, k, node, now_us, road, ways)
            if free_us > now_us:
                road.look_us[k] = free_us
                next_us = min(next_us, free_us)
                continue
            if road.node_open_us[node] > now_us:
                is_waiting = True
                next_us = min(next_us, road.node_open_us[node])
                continue
            turn = queue.first_turn + road.slot_of_link[v.want]
            claim = max(road.link_served[v.want], road.turn_finish[turn])
            if best == NONE or claim < best_claim or (claim == best_claim and queue.ready_us < best_ready):
                best, best_lane, best_claim, best_ready = k, lane, claim, queue.ready_us
        if best == NONE:
            break
        _cross(best, best_lane, best_claim, node, now_us, road, ways, vehicles, out_counts)
        if best_lane != NONE and ways.patience_us[0] > 0:
            _call_rivals(node, road.queues[best_lane].link, now_us, road, vehicles)
    next_us = min(next_us, next_switch_us(road.signal_of[node], is_waiting, next_us, signals))
    set_time(node, next_us, road.agenda)


@event_kernel
def _call_rivals(node, link, now_us, road, vehicles):  # type: ignore[no-untyped-def]
    # The room that others at the junction were waiting for may be gone: they look again, and may lose patience.
    for k in range(road.first_queue[node], road.first_queue[node + 1]):
        if now_us < road.look_us[k] < NEVER and road.queues[k].ready_us <= now_us:
            if vehicles[road.queues[k].head].want == link:
                road.look_us[k] = now_us


@event_kernel
def _lane_to_enter(v, k, node, now_us, road, ways):  # type: ignore[no-untyped-def]
    # The lane for the head of queue k, and when it may enter or else should be looked at again. Held up by a full
    # link for longer than drivers bear, it may come to want another link.
    lane, free_us = lane_with_room(v.want, v.size_mm, now_us, road)
    patience_us = ways.patience_us[0]
    if free_us < NEVER or patience_us == 0:
        return lane, free_us
    asks_us = max(v.asks_us, road.queues[k].ready_us + patience_us)
    if now_us < asks_us:
        return NONE, asks_us
    return _take_another_way(v, k, node, now_us, road, ways)


@event_kernel
def lane_with_room(link, size_mm, now_us, road):  # type: ignore[no-untyped-def]
    """Return the lane where a vehicle can enter soonest, the emptiest of several, and when; NONE for none."""
    queues = road.queues
    best, best_us = NONE, NEVER
    for lane in range(road.first_lane[link], road.first_lane[link] + road.n_lanes[link]):
        free = place_free_us(size_mm, now_us, lane, road)
        if free == NEVER:
            queues[lane].is_wanted = 1
            continue
        free = max(free, queues[lane].entry_us, now_us)
        if free < best_us or (free == best_us and queues[lane].n_inside < queues[best].n_inside):
            best, best_us = lane, free
    return best, best_us


@event_kernel
def _take_another_way(v, k, node, now_us, road, ways):  # type: ignore[no-untyped-def]
    # An earlier tree's way, if it has room; the newest that differs is taken. If none has, the driver looks round
    # again after as long a wait again.
    row, turns = row_of_queue(k, node, ways, road), road.queues[k].turns
    for age in range(min(ways.next_slot.shape[0] - 1, ways.newest[1])):
        link = link_of_tree(age, v.goal, node, row, ways, road)
        if link < 0 or link == v.want or not may_take(link, v.goal, turns, ways, road):
            continue
        lane, free_us = lane_with_room(link, v.size_mm, now_us, road)
        if free_us <= now_us:
            v.want = link
            return lane, free_us
    v.asks_us = now_us + ways.patience_us[0]
    return NONE, v.asks_us


@event_kernel
def _cross(k, lane, claim, node, now_us, road, ways, vehicles, out_counts):  # type: ignore[no-untyped-def]
    queue = road.queues[k]
    vehicle = queue.head
    v = vehicles[vehicle]
    leave(now_us, k, road, vehicles)
    if queue.is_source == 0:
        link = queue.link
        road.n_left[link] += 1
        road.time_us[link] += now_us - v.entered_us
        v.travelled_mm += road.length_mm[link]
        v.n_links += 1
        if queue.is_wanted == 1:
            wake_upstream(k, now_us, road)
    if lane == NONE:
        v.queue = NONE
        v.left_us = now_us
        if v.want == NO_WAY:
            v.state = HELD
            v.origin = node
            if row_of_queue(k, node, ways, road) != node:
                v.origin = len(road.signal_of) + queue.link
            out_counts[1] += 1
        else:
            v.state = ARRIVED
            out_counts[0] += 1
        return
    link = v.want
    road.link_served[link] = claim
    road.turn_finish[queue.first_turn + road.slot_of_link[link]] = claim + v.size_mm / queue.weight
    if road.node_pace[node] > 0.0:
        road.node_open_us[node] = now_us + int(v.size_mm * road.node_pace[node] + 0.5)
    _enter_link(vehicle, link, lane, now_us, road, ways, vehicles)


@event_kernel
def _enter_link(vehicle, link, lane, now_us, road, ways, vehicles):  # type: ignore[no-untyped-def]
    v = vehicles[vehicle]
    free_us = int(1e6 * road.length_mm[link] / min(road.speed_mm_s[link], v.speed_mm_s) + 0.5)
    if v.path >= 0:
        free_us += ways.dwell_us[v.path]
        v.path += 1
    node, turns = road.to_node[link], road.queues[lane].turns
    v.want = next_link(v, node, ways.row_at_end[link], turns, ways, road)
    v.state = ON_LINK
    road.n_entered[link] += 1
    enter(vehicle, now_us, free_us, lane, road, vehicles)


@event_kernel
def wake_upstream(k, now_us, road):  # type: ignore[no-untyped-def]
    """Have heads that wait for a place on a lane, where one has become free, look again when they can."""
    queue = road.queues[k]
    free = place_free_us(min(_CAR_MM, queue.length_mm), now_us, k, road)
    if free == NEVER:
        return
    queue.is_wanted = 0
    node = road.queues[road.source[queue.link]].node
    at_us = max(now_us, free)
    for other in range(road.first_queue[node], road.first_queue[node + 1]):
        if road.look_us[other] > at_us and road.queues[other].ready_us < road.look_us[other]:
            road.look_us[other] = max(at_us, road.queues[other].ready_us)
    call(node, at_us, road)
