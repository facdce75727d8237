"""One step of car following on all followed links: newcomers, lane changes, accelerations, then everybody moves.

Accelerations are computed for everybody from the state at the start of the step before anybody moves, so the order
of links does not matter. A lane's first vehicle that comes to the line asks the junction for passage then; the
junction's events between two steps then carry it over (`junction`). Whether a vehicle may come in at the start of a
lane is noted in the lane's queue.

Source of the step: Treiber, Kanagaraj (2015), Comparing numerical integration schemes for time-continuous
car-following models, Physica A 419, 183-195 (ballistic update).
"""

from __future__ import annotations

import math

from impetus_sim.kernels.compile import event_kernel, kernel
from impetus_sim.traffic.kernels.car_following import (
    arrival_s,
    follow_m_s2,
    safe_speed_m_s,
    time_to_reach_s,
)
from impetus_sim.traffic.kernels.junction import wake_upstream
from impetus_sim.traffic.kernels.lane_changes import beside_m_s2, change_lanes
from impetus_sim.traffic.kernels.line_ahead import (
    LEAST_GAP_M,
    at_line_m_s2,
    length_m,
    light_of,
    time_gap_of,
    wanted_m_s,
)
from impetus_sim.traffic.kernels.queues import call
from impetus_sim.traffic.kernels.records import ABANDONED, NEVER, NONE

AT_LINE_M = 1.0
"""Who stands so near the line stands at it."""
_STANDS_M_S = 1.0
_S = 1e-6


@kernel
def follow_step(now_us, road, signals, phases, vehicles, following, out_counts):  # type: ignore[no-untyped-def]
    """Move every vehicle on followed links from now to the end of the step.

    Parameters
    ----------
    now_us
        Time, up to which all events have been processed.
    road, signals, phases, vehicles
        As for `advance`; state overwritten.
    following
        `Following`; followers overwritten.
    out_counts
        int64 (2,): steps of vehicles, and those in which one had to be kept off the one ahead; added to.
    """
    for link in following.links:
        for k in range(road.first_lane[link], road.first_lane[link] + road.most_lanes[link]):
            _take_in(k, link, now_us, road, vehicles, following)
    for link in following.links:
        if road.most_lanes[link] > 1:
            change_lanes(link, now_us, road, signals, phases, vehicles, following)
    for link in following.links:
        for k in range(road.first_lane[link], road.first_lane[link] + road.most_lanes[link]):
            _open_start(k, link, now_us, road, vehicles, following)
    for link in following.links:
        for k in range(road.first_lane[link], road.first_lane[link] + road.most_lanes[link]):
            if road.queues[k].head != NONE:
                _accelerate(k, link, now_us, road, signals, phases, vehicles, following)
    for link in following.links:
        for k in range(road.first_lane[link], road.first_lane[link] + road.most_lanes[link]):
            if road.queues[k].head != NONE:
                _move(k, link, now_us, road, vehicles, following, out_counts)


@event_kernel
def _take_in(k, link, now_us, road, vehicles, following):  # type: ignore[no-untyped-def]
    # Vehicles that came on to the lane since the last step: with the speed that they had on a followed link, or
    # else freely, but never faster than is safe behind the one ahead.
    ahead, vehicle = NONE, road.queues[k].head
    while vehicle != NONE:
        v, f = vehicles[vehicle], following.followers[vehicle]
        if f.link != link or f.at_us != now_us:
            speed = wanted_m_s(v, link, road)
            f.came_from = f.wish = NONE
            if f.at_us == now_us:
                f.came_from = f.lane
                speed = min(speed, max(f.speed_m_s, following.launch_m_s))
            place = min(speed * (now_us - v.entered_us) * _S, following.length_m[link])
            if ahead != NONE:
                first = following.followers[ahead]
                rear = first.place_m - length_m(vehicles[ahead], link, following)
                place = max(0.0, min(place, rear - LEAST_GAP_M))
                gap_s = time_gap_of(v, link, following)
                speed = min(speed, safe_speed_m_s(rear - place, first.speed_m_s, gap_s, following.law))
            f.place_m, f.speed_m_s, f.link = place, speed, link
            f.at_us, f.acceleration = now_us, 0.0
        elif f.place_m >= following.length_m[link]:
            f.place_m = following.length_m[link]  # asked for passage and was not let across
        ahead, vehicle = vehicle, v.behind


@event_kernel
def _accelerate(k, link, now_us, road, signals, phases, vehicles, following):  # type: ignore[no-untyped-def]
    law = following.law
    is_green, ends_us = light_of(k, now_us, road, signals, phases, vehicles)
    ahead, vehicle = NONE, road.queues[k].head
    while vehicle != NONE:
        v, f = vehicles[vehicle], following.followers[vehicle]
        if v.state == ABANDONED:
            f.speed_m_s, f.acceleration = 0.0, 0.0
        elif ahead == NONE:
            f.acceleration = _first(
                k, vehicle, is_green, ends_us, now_us, road, signals, phases, vehicles, following
            )
        else:
            first = following.followers[ahead]
            gap = first.place_m - length_m(vehicles[ahead], link, following) - f.place_m
            wanted, gap_s = wanted_m_s(v, link, road), time_gap_of(v, link, following)
            f.acceleration = follow_m_s2(f.speed_m_s, wanted, gap, first.speed_m_s, gap_s, law)
            if ends_us < NEVER:  # amber: who will not be across in time stops, whoever is ahead
                to_go = following.length_m[link] - f.place_m
                arrives_us = now_us + int(1e6 * arrival_s(to_go, f.speed_m_s, wanted, law.acceleration))
                if arrives_us > ends_us:
                    stopping = follow_m_s2(f.speed_m_s, wanted, to_go + law.gap_m, 0.0, gap_s, law)
                    f.acceleration = min(f.acceleration, stopping)
        if f.place_m <= following.stop_m[link] < math.inf and v.state != ABANDONED:
            f.acceleration = min(f.acceleration, _before_stop_m_s2(v, f, link, road, following))
        if f.wish != NONE and v.state != ABANDONED:
            f.acceleration = min(f.acceleration, beside_m_s2(vehicle, road, vehicles, following))
        ahead, vehicle = vehicle, v.behind


@event_kernel
def _before_stop_m_s2(v, f, link, road, following):  # type: ignore[no-untyped-def]
    # Before a place on the link that drivers stop at: who could only do so by braking hard drives on.
    law = following.law
    to_go = max(following.stop_m[link] - f.place_m, LEAST_GAP_M)
    if f.speed_m_s**2 > 2.0 * law.safe_braking * to_go:
        return math.inf
    gap_s = time_gap_of(v, link, following)
    return follow_m_s2(f.speed_m_s, wanted_m_s(v, link, road), to_go, 0.0, gap_s, law)


@event_kernel
def _first(k, vehicle, is_green, ends_us, now_us, road, signals, phases, vehicles, following):  # type: ignore[no-untyped-def]
    # The first of a lane; it asks for passage where it stands at the line.
    f, queue = following.followers[vehicle], road.queues[k]
    if queue.ready_us <= now_us:  # it has asked and waits, or is let across at once
        if road.look_us[k] > now_us + following.step_us:
            f.speed_m_s = 0.0
        return 0.0
    acceleration, passes_us = at_line_m_s2(
        k, vehicle, is_green, ends_us, now_us, road, signals, phases, vehicles, following
    )
    is_there = following.length_m[queue.link] - f.place_m <= AT_LINE_M
    if is_there and (f.speed_m_s < _STANDS_M_S or passes_us == NEVER):
        f.speed_m_s = 0.0
        acceleration = 0.0
        queue.ready_us = now_us + 1
        road.look_us[k] = max(now_us + 1, queue.exit_us)
        call(queue.node, road.look_us[k], road)
    return acceleration


@event_kernel
def _open_start(k, link, now_us, road, vehicles, following):  # type: ignore[no-untyped-def]
    # There is room for one more when the last has moved up by its own length.
    queue = road.queues[k]
    inside_mm, vehicle = 0, queue.head
    while vehicle != NONE:
        inside_mm += vehicles[vehicle].size_mm
        vehicle = vehicles[vehicle].behind
    has_room = queue.tail == NONE
    if not has_room:
        taken_m = length_m(vehicles[queue.tail], link, following) + LEAST_GAP_M
        has_room = following.followers[queue.tail].place_m >= taken_m
    queue.freed_mm = queue.entered_mm - (inside_mm if has_room else queue.length_mm + 1)
    if has_room and queue.is_wanted == 1:
        wake_upstream(k, now_us + 1, road)


@event_kernel
def _move(k, link, now_us, road, vehicles, following, out_counts):  # type: ignore[no-untyped-def]
    queue = road.queues[k]
    step_s = following.step_us * _S
    limit, limit_speed = math.inf, 0.0
    vehicle = queue.head
    while vehicle != NONE:
        v, f = vehicles[vehicle], following.followers[vehicle]
        out_counts[0] += 1
        if vehicle == queue.head and v.state != ABANDONED and queue.ready_us > now_us + 1:
            _ask_passage(k, v, f, now_us, road, following)
        speed = f.speed_m_s + f.acceleration * step_s
        if speed >= 0.0:
            place = f.place_m + 0.5 * (f.speed_m_s + speed) * step_s
        else:
            place = f.place_m + 0.5 * f.speed_m_s**2 / -f.acceleration
            speed = 0.0
        if vehicle == queue.head and queue.ready_us <= now_us + 1:
            place = f.place_m
        elif place > limit:
            place, speed = max(f.place_m, limit), min(speed, limit_speed)
            out_counts[1] += 1
        f.place_m, f.speed_m_s = place, speed
        f.at_us, f.lane = now_us + following.step_us, k
        limit, limit_speed = place - length_m(v, link, following), speed
        vehicle = v.behind


@event_kernel
def _ask_passage(k, v, f, now_us, road, following):  # type: ignore[no-untyped-def]
    # Ask the junction for the moment at which it comes to the line in this step, or note when it will be.
    queue = road.queues[k]
    step_s = following.step_us * _S
    to_go = following.length_m[queue.link] - f.place_m
    reach_s = time_to_reach_s(to_go, f.speed_m_s, f.acceleration, step_s)
    road.look_us[k] = NEVER
    if reach_s <= step_s:
        queue.ready_us = max(now_us + 2 + int(1e6 * reach_s), queue.exit_us)
        road.look_us[k] = queue.ready_us
        call(queue.node, queue.ready_us, road)
    else:
        wanted = wanted_m_s(v, queue.link, road)
        comes_s = arrival_s(to_go, f.speed_m_s, wanted, following.law.acceleration)
        queue.ready_us = now_us + max(int(1e6 * comes_s), following.step_us + 2)  # not before the next step
