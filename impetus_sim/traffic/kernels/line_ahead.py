"""What the first driver of a lane sees at the end of the link: may it pass, and when.

The junction decides who crosses (see `junction`). A driver who comes near sees what the junction would say: a red
light, or no room beyond the line, is somebody who stands at the line; a lane, a junction or an entry that is free
only from some time on is approached so slowly that it is reached just then.
"""

from __future__ import annotations

from impetus_sim.kernels.compile import event_kernel
from impetus_sim.traffic.kernels.car_following import FAR_M, arrival_s, follow_m_s2
from impetus_sim.traffic.kernels.junction import lane_with_room
from impetus_sim.traffic.kernels.records import CLOSED, NEVER, NONE
from impetus_sim.traffic.kernels.signals import (
    ACTUATED,
    WORKS,
    green_groups,
    has_green,
    serve_signal,
)

LEAST_GAP_M = 0.5
"""Behind the last vehicle of a link, for one to come in."""
AMBER_US = 3_000_000
"""For so long before red drivers see that it is coming."""
_ROLLS_S, _ADAPTS_S = 10.0, 1.0
"""A driver rolls to a line that will be free within the first, and takes on the speed for it within the second."""
_TO_US = 1e6
_CAR_MM = 7500.0


@event_kernel
def length_m(v, link, following):  # type: ignore[no-untyped-def]
    """Return a vehicle's length without the gap before it, m."""
    return max(v.size_mm * following.per_size[link] - following.law.gap_m, 0.5)


@event_kernel
def wanted_m_s(v, link, road):  # type: ignore[no-untyped-def]
    """Return the speed that a driver wants on a link, m/s."""
    return min(road.speed_mm_s[link], v.speed_mm_s) / 1000.0


@event_kernel
def time_gap_of(v, link, following):  # type: ignore[no-untyped-def]
    """Return a driver's time gap, s: of a car, and longer for vehicles that count as several."""
    return following.time_gap_s[link] * v.size_mm / _CAR_MM


@event_kernel
def turns_red_us(node, now_us, road, signals, phases):  # type: ignore[no-untyped-def]
    """Return when the green of a junction's signal ends at the latest, as far as drivers see that coming."""
    number = road.signal_of[node]
    if number == NONE or signals[number].fault != WORKS:
        return NEVER
    signal = signals[number]
    ends_us = signal.switch_us
    if signal.control == ACTUATED:
        ends_us = max(ends_us, signal.since_us + phases[signal.first_phase + signal.phase].most_us)
    return ends_us if ends_us - now_us <= AMBER_US else NEVER


@event_kernel
def light_of(k, now_us, road, signals, phases, vehicles):  # type: ignore[no-untyped-def]
    """Return whether a lane has green, and when that is seen to end."""
    node = road.queues[k].node
    serve_signal(road.signal_of[node], now_us, road, signals, phases, vehicles)
    is_green = has_green(road.queues[k].group, green_groups(road.signal_of[node], signals))
    ends_us = NEVER
    if is_green and road.queues[k].group >= 0:
        ends_us = turns_red_us(node, now_us, road, signals, phases)
    return is_green, ends_us


@event_kernel
def at_line_m_s2(  # type: ignore[no-untyped-def]
    k, vehicle, is_green, ends_us, now_us, road, signals, phases, vehicles, following
):
    """Return the acceleration of the first of a lane, and when it may pass: NEVER as things stand."""
    v, f = vehicles[vehicle], following.followers[vehicle]
    queue, law = road.queues[k], following.law
    link = queue.link
    wanted, gap_s = wanted_m_s(v, link, road), time_gap_of(v, link, following)
    distance = max(following.length_m[link] - f.place_m, 0.0)
    stopping = follow_m_s2(f.speed_m_s, wanted, distance + law.gap_m, 0.0, gap_s, law)
    arrives_us = now_us + int(_TO_US * arrival_s(distance, f.speed_m_s, wanted, law.acceleration))
    if not is_green or arrives_us > ends_us:
        return stopping, NEVER
    free_us = max(queue.exit_us, v.ready_us - following.step_us)
    lane = NONE
    if v.want >= 0:
        if road.is_closed[v.want] == CLOSED:
            if v.path >= 0:
                return stopping, NEVER
        else:
            lane, room_us = lane_with_room(v.want, v.size_mm, now_us, road)
            if room_us == NEVER and following.is_followed[v.want] == 1:
                lane = _lane_that_opens(v.want, road, vehicles, following)
                room_us = now_us if lane != NONE else NEVER
            free_us = max(free_us, room_us)
    free_us = max(free_us, road.node_open_us[queue.node])
    free_us = _after_rivals(k, v, arrives_us, free_us, now_us, road, signals, vehicles)
    if free_us >= NEVER // 2:
        return stopping, NEVER
    ahead_m, ahead_speed = FAR_M, 0.0
    if lane != NONE and following.is_followed[v.want] == 1:
        ahead_m, ahead_speed = _beyond(k, lane, now_us, road, signals, phases, vehicles, following)
    if ahead_m < FAR_M:
        ahead_m += distance
    going = follow_m_s2(f.speed_m_s, wanted, ahead_m, ahead_speed, gap_s, law)
    wait_s = (free_us - now_us) / _TO_US
    if free_us > arrives_us:
        if wait_s > _ROLLS_S:
            return min(going, stopping), free_us
        spare_m = distance - f.speed_m_s * wait_s
        if spare_m > 0.0:  # speeding up evenly it gets there just then
            even = 2.0 * spare_m / wait_s**2
        else:  # it slows down to the speed that gets it there just then
            even = spare_m / wait_s / _ADAPTS_S
        going = min(going, max(even, -law.hardest))
    return going, free_us


@event_kernel
def _lane_that_opens(link, road, vehicles, following):  # type: ignore[no-untyped-def]
    # The lane of a followed link whose last vehicle is still so near the start that nobody can enter behind it; it
    # is followed like any other. NONE where all lanes hold as many as they can.
    best, best_m = NONE, -1.0
    for lane in range(road.first_lane[link], road.first_lane[link] + road.n_lanes[link]):
        tail = road.queues[lane].tail
        if tail == NONE:
            continue
        f = following.followers[tail]
        place = f.place_m
        if best_m < place < length_m(vehicles[tail], link, following) + LEAST_GAP_M:
            best, best_m = lane, place
    return best


@event_kernel
def _after_rivals(k, v, arrives_us, free_us, now_us, road, signals, vehicles):  # type: ignore[no-untyped-def]
    # When the line is free for one who arrives then: those of other lanes who are there before it go first. As many
    # as the wanted link has lanes may go at once.
    node = road.queues[k].node
    if v.want < 0:
        return free_us
    green = green_groups(road.signal_of[node], signals)
    pace, n_same = road.queues[road.first_lane[v.want]].pace, 1
    for other in range(road.first_queue[node], road.first_queue[node + 1]):
        queue = road.queues[other]
        if other == k or queue.head == NONE or queue.ready_us > arrives_us or queue.exit_us > arrives_us:
            continue
        if queue.ready_us <= now_us and road.look_us[other] > arrives_us:
            continue  # it waits for something else
        if (queue.ready_us == arrives_us and other > k) or not has_green(queue.group, green):
            continue
        rival = vehicles[queue.head]
        each = road.node_pace[node]
        if rival.want == v.want:
            n_same += 1
            if n_same > road.n_lanes[v.want]:
                each = max(each, pace)
        if each > 0.0:
            free_us = max(free_us, queue.ready_us) + int(rival.size_mm * each)
    return free_us


@event_kernel
def _beyond(k, lane, now_us, road, signals, phases, vehicles, following):  # type: ignore[no-untyped-def]
    # Way from the line to the rear of the last vehicle of the lane beyond it, or to a red light at its end.
    # Who came from another lane is not in the way before the line, whatever its length.
    queue = road.queues[lane]
    tail = queue.tail
    if tail != NONE:
        f = following.followers[tail]
        rear_m = f.place_m - length_m(vehicles[tail], queue.link, following)
        return (rear_m if f.came_from == k else max(rear_m, 0.0)), f.speed_m_s
    if not light_of(lane, now_us, road, signals, phases, vehicles)[0]:
        return following.length_m[queue.link] + following.law.gap_m, 0.0
    return FAR_M, 0.0
