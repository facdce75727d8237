"""Lane changes on a followed link: who gains by it and harms nobody (MOBIL), and who must for its next turn.

A driver changes when what it gains, and by politeness what others gain or lose, exceeds a threshold, and the new
follower need not brake harder than is safe. Towards a lane that leads to its next turn it counts a gain besides,
the greater the nearer the line.

Source: Kesting, Treiber, Helbing (2007), General lane-changing model MOBIL for car-following models,
Transportation Research Record 1999, 86-94.
"""

from __future__ import annotations

import numpy as np

from impetus_sim.kernels.compile import event_kernel
from impetus_sim.traffic.kernels.car_following import follow_m_s2
from impetus_sim.traffic.kernels.line_ahead import (
    at_line_m_s2,
    length_m,
    light_of,
    time_gap_of,
    wanted_m_s,
)
from impetus_sim.traffic.kernels.records import NEVER, NONE, ON_LINK

_LOOKS_US = 1_000_000
"""Time between two looks of a driver at the lanes beside it."""
_STAYS_US = 5_000_000
"""It stays in a lane at least so long."""
_TURN_SIGHT_M = 200.0
"""Before the line the lane of the next turn begins to matter."""
_AT_LINE_M, _STANDS_M_S = 5.0, 1.0
"""Nobody who drives changes lanes so near the line."""
_LEAST_GAP_M = 1.0


@event_kernel
def change_lanes(link, now_us, road, signals, phases, vehicles, following):  # type: ignore[no-untyped-def]
    """Move vehicles of a link to lanes beside theirs, one after another from the front."""
    first, n = road.first_lane[link], road.most_lanes[link]
    looks = max(1, _LOOKS_US // following.step_us)
    turn = now_us // following.step_us
    for k in range(first, first + n):
        before, vehicle = NONE, road.queues[k].head
        while vehicle != NONE:
            v, f = vehicles[vehicle], following.followers[vehicle]
            after = v.behind
            target = NONE
            looks_now = (turn + vehicle) % looks == 0 and v.state == ON_LINK
            if looks_now:
                f.wish = _lane_for_turn(vehicle, k, road, vehicles, following)
            if (
                looks_now
                and now_us - f.changed_us >= _STAYS_US
                and (following.length_m[link] - f.place_m > _AT_LINE_M or f.speed_m_s < _STANDS_M_S)
            ):
                target = _better_lane(
                    k, vehicle, before, after, now_us, road, signals, phases, vehicles, following
                )
            if target == NONE:
                before = vehicle
            else:
                _move(vehicle, before, k, target, road, vehicles, following)
                f.changed_us, f.wish = now_us, NONE
            vehicle = after


@event_kernel
def _better_lane(  # type: ignore[no-untyped-def]
    k, vehicle, before, after, now_us, road, signals, phases, vehicles, following
):
    # What everybody does in its own lane is known from the step before.
    law, link, followers = following.law, road.queues[k].link, following.followers
    others = 0.0
    if min(after, before) != NONE:  # who is behind closes up when this one is gone
        others = _behind(before, after, link, road, vehicles, following) - followers[after].acceleration
    best, best_gain = NONE, law.threshold
    for side in range(2):
        target = k - 1 + 2 * side
        if target < road.first_lane[link] or target >= road.first_lane[link] + road.n_lanes[link]:
            continue
        ahead, behind = _neighbours(vehicle, target, road, vehicles, following)
        if not _fits(vehicle, ahead, behind, target, road, vehicles, following):
            continue
        gain = law.politeness * others - followers[vehicle].acceleration
        if behind != NONE:
            after_change = _behind(vehicle, behind, link, road, vehicles, following)
            if after_change < -law.safe_braking:
                continue
            gain += law.politeness * (after_change - followers[behind].acceleration)
        if ahead != NONE:
            gain += _behind(ahead, vehicle, link, road, vehicles, following)
        else:
            is_green, ends_us = light_of(target, now_us, road, signals, phases, vehicles)
            gain += at_line_m_s2(
                target, vehicle, is_green, ends_us, now_us, road, signals, phases, vehicles, following
            )[0]
        gain += _turn_gain(vehicles[vehicle], vehicle, k, target, road, following)
        if gain > best_gain:
            best, best_gain = target, gain
    return best


@event_kernel
def _behind(ahead, vehicle, link, road, vehicles, following):  # type: ignore[no-untyped-def]
    # Acceleration of a vehicle if `ahead` were ahead of it.
    v, f, first = vehicles[vehicle], following.followers[vehicle], following.followers[ahead]
    gap = first.place_m - length_m(vehicles[ahead], link, following) - f.place_m
    return follow_m_s2(
        f.speed_m_s,
        wanted_m_s(v, link, road),
        gap,
        first.speed_m_s,
        time_gap_of(v, link, following),
        following.law,
    )


@event_kernel
def _neighbours(vehicle, target, road, vehicles, following):  # type: ignore[no-untyped-def]
    place = following.followers[vehicle].place_m
    ahead, behind = NONE, road.queues[target].head
    while behind != NONE and following.followers[behind].place_m >= place:
        ahead, behind = behind, vehicles[behind].behind
    return ahead, behind


@event_kernel
def _fits(vehicle, ahead, behind, target, road, vehicles, following):  # type: ignore[no-untyped-def]
    queue, v = road.queues[target], vehicles[vehicle]
    place = following.followers[vehicle].place_m
    inside_mm, other = 0, queue.head
    while other != NONE:
        inside_mm += vehicles[other].size_mm
        other = vehicles[other].behind
    if inside_mm + v.size_mm > queue.length_mm:
        return False
    if ahead != NONE:
        rear = following.followers[ahead].place_m - length_m(vehicles[ahead], queue.link, following)
        if rear - place < _LEAST_GAP_M:
            return False
    if behind == NONE:
        return True
    return place - length_m(v, queue.link, following) - following.followers[behind].place_m >= _LEAST_GAP_M


@event_kernel
def _lane_for_turn(vehicle, k, road, vehicles, following):  # type: ignore[no-untyped-def]
    # The lane beside lane k that is nearer to one which leads to the next turn.
    link = road.queues[k].link
    for side in range(2):
        target = k - 1 + 2 * side
        if road.first_lane[link] <= target < road.first_lane[link] + road.n_lanes[link]:
            if _turn_gain(vehicles[vehicle], vehicle, k, target, road, following) > 0.0:
                return target
    return NONE


@event_kernel
def beside_m_s2(vehicle, road, vehicles, following):  # type: ignore[no-untyped-def]
    """Return the acceleration of a driver who falls in behind the one ahead in the lane that it needs.

    It brakes no harder for that than is comfortable.
    """
    lane, law = following.followers[vehicle].wish, following.law
    ahead, _ = _neighbours(vehicle, lane, road, vehicles, following)
    if ahead == NONE:
        return law.acceleration
    return max(_behind(ahead, vehicle, road.queues[lane].link, road, vehicles, following), -law.braking)


@event_kernel
def _turn_gain(v, vehicle, k, target, road, following):  # type: ignore[no-untyped-def]
    # Lanes between here and the nearest that leads to the next turn, less those from the target.
    if v.want < 0 or road.slot_of_link[v.want] >= 32:
        return 0.0
    link, slot = road.queues[k].link, road.slot_of_link[v.want]
    to_go = following.length_m[link] - following.followers[vehicle].place_m
    nearness = 1.0 - to_go / _TURN_SIGHT_M
    if nearness <= 0.0:
        return 0.0
    here, there = road.n_lanes[link], road.n_lanes[link]
    for lane in range(road.first_lane[link], road.first_lane[link] + road.n_lanes[link]):
        if (following.turn_lanes[lane] >> np.uint32(slot)) & np.uint32(1) == 1:
            here, there = min(here, abs(lane - k)), min(there, abs(lane - target))
    return following.law.turn_gain * nearness * (here - there)


@event_kernel
def _move(vehicle, before, k, target, road, vehicles, following):  # type: ignore[no-untyped-def]
    # From lane k, where it follows `before`, to its place in the other lane.
    ahead, behind = _neighbours(vehicle, target, road, vehicles, following)
    v, old, new = vehicles[vehicle], road.queues[k], road.queues[target]
    if before == NONE:
        old.head = v.behind
        old.ready_us = NEVER
        road.look_us[k] = NEVER
    else:
        vehicles[before].behind = v.behind
    if v.behind == NONE:
        old.tail = before
    v.behind = behind
    v.queue = target
    if ahead == NONE:
        new.head = vehicle
        new.ready_us = NEVER
        road.look_us[target] = NEVER
    else:
        vehicles[ahead].behind = vehicle
    if behind == NONE:
        new.tail = vehicle
    old.n_inside -= 1
    old.entered_mm -= v.size_mm
    new.n_inside += 1
    new.entered_mm += v.size_mm
