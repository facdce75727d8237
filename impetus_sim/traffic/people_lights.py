"""Lights for people on foot who cross an arm of a signalled junction.

A group of vehicles and the people who cross its arm never have green together. People may start while the group has
red and as long as it stays red for the time they need to the other side: their green ends a clearance time before
the group's green can begin. Turning vehicles of other groups are not held back by it.

Times of people: at least 7 s of green, clearance at 1.07 m/s (3.5 ft/s). Source: Federal Highway Administration
(2009), Manual on Uniform Traffic Control Devices, section 4E.06.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.maps.highway_classes import LANE_WIDTH_M
from impetus_sim.traffic.kernels.records import NEVER
from impetus_sim.traffic.kernels.signals import ALL_RED, DARK, FIXED, FLASHING, STUCK
from impetus_sim.traffic.road import lanes_both_ways

if TYPE_CHECKING:
    from impetus_sim.traffic.road import Links
    from impetus_sim.traffic.system import TrafficSystem

NO_LIGHT, GREEN, RED = range(3)
"""What people see: nothing to obey, may start, may not."""
PEOPLE_GREEN_S = 7.0
CLEARANCE_M_S = 1.07

Ints = npt.NDArray[np.int64]


def crossing_widths_m(links: Links) -> npt.NDArray[np.float64]:
    """Return the way across the street of each link, both directions, float64 (links,), m."""
    return np.asarray(LANE_WIDTH_M * lanes_both_ways(links), np.float64)


def people_clear_s(crossing_m: float) -> float:
    """Return the time from the end of people's green to the earliest green of the vehicles they cross."""
    return crossing_m / CLEARANCE_M_S


def light_for_people(
    flow: TrafficSystem, signal: Ints, group: Ints, clear_s: npt.NDArray[np.float64]
) -> npt.NDArray[np.uint8]:
    """Return what people see now who cross arms of signals.

    A dark or flashing signal shows nothing; one that is red for all is red for people too; one that is stuck shows
    what it shows for good. While a signal changes between phases people have red.

    Parameters
    ----------
    signal, group
        int64 (crossings,), row of the signal and the group of vehicles on the arm.
    clear_s
        float64 (crossings,), time that people need, s.

    Returns
    -------
    uint8 (crossings,): NO_LIGHT, GREEN or RED.
    """
    records = flow.signals_now()
    out = np.empty(len(signal), np.uint8)
    for k, (row, own, needed_s) in enumerate(zip(signal, group, clear_s, strict=True)):
        out[k] = _light(records[row], int(own), round(float(needed_s) * 1e6), flow)
    return out


def _light(signal: np.void, group: int, needed_us: int, flow: TrafficSystem) -> int:
    if signal["fault"] in (DARK, FLASHING):
        return NO_LIGHT
    if signal["fault"] == ALL_RED or signal["is_clearing"] or (int(signal["green"]) >> group) & 1:
        return RED
    if signal["fault"] == STUCK:
        return GREEN
    return GREEN if _red_until_us(signal, group, flow) - flow.now_us >= needed_us else RED


def _red_until_us(signal: np.void, group: int, flow: TrafficSystem) -> int:
    # Earliest time at which a group that has red now may get green. Where traffic decides any phase may be next.
    first, n, k = int(signal["first_phase"]), int(signal["n_phases"]), int(signal["phase"])
    phases = flow.phases[first : first + n]
    at_us = int(signal["switch_us"]) + int(phases["clear_us"][k])
    if signal["control"] != FIXED:
        return at_us
    for step in range(1, n + 1):
        after = phases[(k + step) % n]
        if (int(after["green"]) >> group) & 1:
            return at_us
        at_us += int(after["least_us"]) + int(after["clear_us"])
    return int(NEVER)
