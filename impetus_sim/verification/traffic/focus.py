"""Car following against the links around it: queues at a signal, and the way over the border."""

from __future__ import annotations

from functools import cache

import numpy as np

from impetus_sim.traffic.following import FollowedLinks
from impetus_sim.traffic.signals import Phase, SignalPlan
from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.traffic.setup import (
    CAPACITY,
    SPEED_M_S,
    Floats,
    S,
    Stretch,
    build_routed,
    evenly,
    lanes_of,
    traffic_case,
    trip_times_s,
)

_RED_S, _GREEN_S = 120.0, 90.0
_HEADWAY_S = 1.0 / CAPACITY
_FIRST = 4
"""Vehicles that count for the start-up; the headways after them are those of saturation."""
_N_QUEUED = 44
_HANDBOOK = "Transportation Research Board (2010), Highway Capacity Manual, chapter 31: field measurement"


@cache
def _crossings_s(*, is_followed: bool) -> Floats:
    # When vehicles of a standing queue cross the line, from the start of green on.
    plan = SignalPlan(
        node=1,
        phases=[Phase(groups=(0,), green_s=_GREEN_S, clear_s=_RED_S)],
        group_of_link={0: 0},
        offset_s=_RED_S,
    )
    traffic = build_routed(
        [Stretch(ends=(0, 1)), Stretch(ends=(1, 2))],
        [[0, 1]],
        [evenly(0.6, _N_QUEUED / 0.6)],
        plans=[plan],
        followed=FollowedLinks(links=np.array([0, 1])) if is_followed else None,
    )
    traffic.advance(round((_RED_S + _GREEN_S) * S))
    queue = traffic.road.queues[lanes_of(traffic, 0)[0]]
    exits = traffic.road.exits["at_us"][queue["ring_first"] : queue["ring_first"] + queue["n_left"]]
    return np.asarray(exits / S - _RED_S)


def saturation_headway(effort: Effort) -> Measured:
    """Measure the mean headway over the line from the fifth vehicle of a standing queue on."""
    del effort
    headway = _saturation_s()
    return Measured(value=headway, text=f"{headway:.3f} s, {3600 / headway:.0f} vehicles/h")


def _saturation_s() -> float:
    return float(np.diff(_crossings_s(is_followed=True))[_FIRST - 1 : _N_QUEUED - 1].mean())


def start_up(effort: Effort) -> Measured:
    """Measure the time that the first four vehicles take more than so many headways of saturation."""
    del effort
    lost = float(_crossings_s(is_followed=True)[_FIRST - 1]) - (_FIRST - 1) * _saturation_s()
    return Measured(value=lost, text=f"{lost:.2f} s; on other links none")


def discharge(effort: Effort) -> Measured:
    """Measure when forty vehicles have crossed the line."""
    del effort
    followed, other = (float(_crossings_s(is_followed=is_followed)[39]) for is_followed in (True, False))
    return Measured(value=followed, text=f"{followed:.1f} s; on other links {other:.1f} s")


def over_the_border(effort: Effort) -> Measured:
    """Drive freely from a link without car following on to one with it, and back."""
    del effort
    traffic = build_routed(
        [Stretch(ends=(k, k + 1)) for k in range(3)],
        [[0, 1, 2]],
        [evenly(0.5, 600.0)],
        followed=FollowedLinks(links=np.array([1])),
    )
    traffic.advance(1200 * S)
    time_s = float(trip_times_s(traffic).mean())
    return Measured(value=time_s, text=f"{time_s:.2f} s")


def _case(
    id: str, title: str, low: float, high: float, expected: str, run: object, source: str = _HANDBOOK
) -> Case:
    return traffic_case(f"focus-{id}", "car following", title, low, high, expected, run, source=source)  # type: ignore[arg-type]


CASES = (
    _case(
        "saturation",
        "a queue crosses a green line: headway from the fifth vehicle on",
        _HEADWAY_S * 0.97,
        _HEADWAY_S * 1.03,
        f"1 / q_max = {_HEADWAY_S:.3f} s, that of the other links, within 3 %",
        saturation_headway,
    ),
    _case(
        "start-up",
        "the same queue: time lost by the first four vehicles",
        1.0,
        3.0,
        "about 2 s, 1 to 3 s (default of the handbook: 2 s)",
        start_up,
    ),
    _case(
        "discharge",
        "the same queue: forty vehicles have crossed",
        39.0 * _HEADWAY_S + 1.0,
        39.0 * _HEADWAY_S * 1.03 + 3.0,
        f"39 headways and the start: {39 * _HEADWAY_S:.1f} s within 3 %, and 1 to 3 s",
        discharge,
    ),
    _case(
        "border",
        "0.5 vehicles/s drive freely into a focus and out of it, 1000 m each",
        3000.0 / SPEED_M_S * 0.998,
        3000.0 / SPEED_M_S * 1.002,
        f"{3000.0 / SPEED_M_S:.1f} s, within 0.2 %",
        over_the_border,
        "length over speed",
    ),
)
