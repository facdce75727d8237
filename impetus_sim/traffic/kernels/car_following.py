"""Car following: the acceleration of a driver from the gap ahead (Intelligent Driver Model, form IDM+).

The model of Treiber, Hennecke and Helbing (2000) in the form of Schakel, van Arem and Netten (2010), where the
lesser of the free and the following term counts: its equilibrium gap is exactly s0 + v T up to the free speed, so a
lane has the triangular diagram of Newell's law with the same free speed, jam spacing and capacity. Above the free
speed, and for closing in, it is the improved form of Treiber and Kesting (2013).

With a gap greater than wanted the following term is g a (1 - z^2), with g = 1 in the papers. There a driver behind
one who speeds up needs an infinite gap to speed up as well, and a queue at a signal crosses the line at nine tenths
of the lane's capacity. With g = 2 it does so at 0.986 of it from the fifth vehicle on, and loses 2.2 s at the
start. Symbols:

    v, v0   speed and wanted speed, m/s             s     gap to the rear of the one ahead, m
    a, b    acceleration and comfortable braking    s0    gap at a standstill, m
    T       time gap, s                             delta exponent of free acceleration
    z       wanted gap over gap                     g     catching up

Sources: Treiber, Hennecke, Helbing (2000), Congested traffic states in empirical observations and microscopic
simulations, Physical Review E 62, 1805-1824; Schakel, van Arem, Netten (2010), Effects of cooperative adaptive
cruise control on traffic flow stability, IEEE ITSC 2010; Treiber, Kesting (2013), Traffic Flow Dynamics, section
11.3.7; safe speed: Krauss (1998), Microscopic modeling of traffic flow, equation 2.4.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from impetus_sim.kernels.compile import event_kernel

FAR_M = 1e6
"""Gap to nobody."""
_LEAST_GAP_M = 0.01


class Law(NamedTuple):
    """Parameters of the driver: m, m/s, m/s2.

    acceleration, braking: a and b. gap_m: s0. exponent: delta. hardest: braking that tyres allow.
    catch_up: g. politeness, threshold, safe_braking, turn_gain: of lane changes, see `lane_changes`.
    """

    acceleration: float
    braking: float
    gap_m: float
    exponent: float
    hardest: float
    catch_up: float
    politeness: float
    threshold: float
    safe_braking: float
    turn_gain: float


@event_kernel
def follow_m_s2(speed, wanted, gap, ahead_speed, time_gap, law):  # type: ignore[no-untyped-def]
    """Return the acceleration behind somebody, at least minus the hardest braking; gap `FAR_M` for nobody."""
    a, b = law.acceleration, law.braking
    if speed <= wanted:
        free = a * (1.0 - (speed / wanted) ** law.exponent)
    else:
        free = -b * (1.0 - (wanted / speed) ** (a * law.exponent / b))
    if gap >= FAR_M:
        return max(free, -law.hardest)
    approach = speed * (speed - ahead_speed) / (2.0 * math.sqrt(a * b))
    z = (law.gap_m + max(0.0, speed * time_gap + approach)) / max(gap, _LEAST_GAP_M)
    if z >= 1.0:
        held = a * (1.0 - z * z) + min(free, 0.0)
    else:
        held = min(free, law.catch_up * a * (1.0 - z * z))
    return max(held, -law.hardest)


@event_kernel
def safe_speed_m_s(gap, ahead_speed, time_gap, law):  # type: ignore[no-untyped-def]
    """Return the speed from which a driver who reacts after the time gap stops behind somebody who brakes."""
    b = law.braking
    reach = b * time_gap
    return max(0.0, -reach + math.sqrt(reach * reach + ahead_speed**2 + 2.0 * b * max(gap - law.gap_m, 0.0)))


@event_kernel
def arrival_s(distance, speed, wanted, acceleration):  # type: ignore[no-untyped-def]
    """Return the least time over a distance: speeding up evenly to the wanted speed, then driving at it."""
    if distance <= 0.0:
        return 0.0
    if speed >= wanted:
        return distance / speed
    until_wanted = (wanted**2 - speed**2) / (2.0 * acceleration)
    if distance <= until_wanted:
        return (math.sqrt(speed**2 + 2.0 * acceleration * distance) - speed) / acceleration
    return (wanted - speed) / acceleration + (distance - until_wanted) / wanted


@event_kernel
def time_to_reach_s(distance, speed, acceleration, within_s):  # type: ignore[no-untyped-def]
    """Return when a distance is covered at an even acceleration; more than `within_s` where it is not by then."""
    if distance <= 0.0:
        return 0.0
    root = speed**2 + 2.0 * acceleration * distance
    if root < 0.0:
        return 2.0 * within_s
    after = speed + math.sqrt(root)  # 2 d / (v + sqrt(v^2 + 2 a d)): sound for small accelerations too
    return 2.0 * distance / after if after > 0.0 else 2.0 * within_s
