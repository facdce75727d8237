"""People who cross: delay at a light and in random traffic, and vehicles that stop for them."""

from __future__ import annotations

from functools import cache

import numpy as np

from impetus_sim.crowd.gap_acceptance import accepts_gap, adams_delay_s, critical_gap_s
from impetus_sim.traffic.approaches import find_comers, next_passages_us
from impetus_sim.traffic.kernels.records import NEVER
from impetus_sim.traffic.people_lights import GREEN, light_for_people, people_clear_s
from impetus_sim.traffic.signals import Phase, SignalPlan
from impetus_sim.traffic.stops import drive_on, stop_before
from impetus_sim.traffic.system import TrafficSystem
from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.traffic.setup import (
    CAPACITY,
    SPEED_M_S,
    Floats,
    S,
    Stretch,
    build_routed,
    evenly,
    traffic_case,
    trip_times_s,
)

_ROAD = (Stretch(ends=(0, 1), length_m=1000.0), Stretch(ends=(1, 2), length_m=1000.0))
_PLACE_M = 900.0
_FLOW, _CROSSING_M, _WALKS_M_S = 0.2, 6.5, 1.3
_GAP_S = float(critical_gap_s(np.array(_CROSSING_M), np.array(_WALKS_M_S)))
"""8 s, of which 5 s over two lanes."""
_TICK_S = 0.1
_N_ROADS, _LASTS_S = 40, 3000.0
_GREEN_S, _CLEAR_S, _CYCLE_S = 26.0, 4.0, 60.0
_PEOPLE_S = _GREEN_S + _CLEAR_S - people_clear_s(_CROSSING_M)
_HELD_S, _HELD_FLOW, _FINE = 60.0, 0.3, 10.0


@cache
def _gap_delays() -> tuple[Floats, Floats]:
    # Delays of people who come at random to roads with random traffic, and those that the vehicles' times say.
    generator = np.random.default_rng(3)
    depart = [np.sort(generator.uniform(0.0, _LASTS_S, round(_FLOW * _LASTS_S))) for _ in range(_N_ROADS)]
    roads = [Stretch(ends=(2 * k, 2 * k + 1), length_m=1000.0) for k in range(_N_ROADS)]
    # grains of a hundredth of a car: no least headway to speak of, as the formula has it
    flow = build_routed(roads, [[k] for k in range(_N_ROADS)], depart, fineness=100.0)
    comes = generator.uniform(100.0, _LASTS_S - 200.0, (_N_ROADS, round(_LASTS_S / 4.0)))
    link, place = np.arange(_N_ROADS), np.full(_N_ROADS, _PLACE_M)
    delays = np.full(comes.shape, np.nan)
    for second in range(100, round(_LASTS_S)):
        flow.advance(second * S)
        arrives, leaves = next_passages_us(
            find_comers(flow, link, place, place), _N_ROADS, held_from_us=np.full(_N_ROADS, NEVER)
        )
        for now_s in second + np.arange(0.0, 1.0, _TICK_S):
            goes = accepts_gap(round(now_s * S), np.full(_N_ROADS, _GAP_S), arrives, leaves)
            waits = goes[:, None] & (comes <= now_s) & np.isnan(delays)
            delays[waits] = now_s - comes[waits]
    passes = [times + _PLACE_M / SPEED_M_S for times in depart]
    exact = [[_exact_delay_s(at_s, passes[k]) for at_s in comes[k]] for k in range(_N_ROADS)]
    return delays, np.array(exact)


def _exact_delay_s(comes_s: float, passes_s: Floats) -> float:
    # Who looks every tenth of a second goes at the first look with a gap before the next vehicle.
    looks_s = np.ceil(comes_s / _TICK_S - 1e-9) * _TICK_S
    for at_s in passes_s[np.searchsorted(passes_s, looks_s) :]:
        if at_s - looks_s >= _GAP_S:
            break
        looks_s = np.ceil(at_s / _TICK_S - 1e-9) * _TICK_S
    return float(looks_s - comes_s)


def gap_delay(effort: Effort) -> Measured:
    """Let people come at random to random traffic that does not stop for them: mean delay."""
    del effort
    mean_s = float(_gap_delays()[0].mean()) - _TICK_S / 2.0  # until they look for the first time
    return Measured(value=mean_s, text=f"{mean_s:.2f} s, {_gap_delays()[0].size} people")


def gap_delay_each(effort: Effort) -> Measured:
    """Compare each of those people with one who knows when every vehicle passes and looks as often."""
    del effort
    delays, exact = _gap_delays()
    worst = float(np.abs(delays - exact).max())
    return Measured(value=worst, text=f"at most {worst:.3f} s apart, {delays.size} people")


def light_delay(effort: Effort) -> Measured:
    """Let people come evenly to a light that shows them green for part of 60 s: mean delay."""
    del effort
    plan = SignalPlan(
        node=1,
        phases=[Phase(groups=(k,), green_s=_GREEN_S, clear_s=_CLEAR_S) for k in range(2)],
        group_of_link={0: 0},
    )
    flow = build_routed(_ROAD, [[0, 1]], [evenly(0.1, 500.0)], plans=[plan])
    times = np.arange(0.0, 10.0 * _CYCLE_S, _TICK_S)
    clear = np.array([people_clear_s(_CROSSING_M)])
    is_green = []
    for time_s in times:
        flow.advance(round(time_s * S))
        is_green.append(light_for_people(flow, np.array([0]), np.array([0]), clear)[0] == GREEN)
    green_at = times[np.array(is_green)]
    came = times[times < 9.0 * _CYCLE_S]
    delay = float((green_at[np.searchsorted(green_at, came)] - came).mean())
    share = float(np.mean(is_green)) * _CYCLE_S
    return Measured(value=delay, text=f"{delay:.2f} s; {share:.1f} s of green in {_CYCLE_S:.0f} s")


def held_traffic(effort: Effort) -> Measured:
    """Stop even traffic before a place for a minute: total delay of the vehicles."""
    del effort
    depart = evenly(_HELD_FLOW * _FINE, 900.0)
    flow = build_routed(_ROAD, [[0, 1]], [depart], fineness=_FINE)
    from_s = 300
    for second in range(from_s, from_s + round(_HELD_S)):
        flow.advance(second * S)
        _stop(flow, from_s * S, (second + 1) * S)
    flow.advance((from_s + round(_HELD_S)) * S)
    drive_on(flow)
    flow.advance(2000 * S)
    total = float((trip_times_s(flow) - 100.0).sum()) / _FINE
    return Measured(value=total, text=f"{total:.0f} vehicle seconds")


def _stop(flow: TrafficSystem, from_us: int, until_us: int) -> None:
    place = np.array([_PLACE_M])
    drive_on(flow)
    comers = find_comers(flow, np.array([0]), place, place)
    stop_before(flow, comers, 0, 0, _PLACE_M, from_us=from_us, until_us=until_us)


_HELD_TOTAL = 0.5 * _HELD_FLOW * _HELD_S**2 / (1.0 - _HELD_FLOW / CAPACITY)
_ADAMS = adams_delay_s(_FLOW, _GAP_S)
_UNIFORM = (_CYCLE_S - _PEOPLE_S) ** 2 / (2.0 * _CYCLE_S)

CASES: tuple[Case, ...] = (
    traffic_case(
        "crossing-gap",
        "crossing",
        "people wait for gaps of 8 s in random traffic of 0.2 vehicles/s: mean delay",
        _ADAMS * 0.95,
        _ADAMS * 1.05,
        f"(exp(v tc) - v tc - 1) / v = {_ADAMS:.2f} s, within 5 % (two standard errors of 33 hours of traffic)",
        gap_delay,
        source="Adams (1936), Road traffic considered as a random series, J. Institution of Civil Engineers 4",
    ),
    traffic_case(
        "crossing-gap-each",
        "crossing",
        "the same people, who look every 0.1 s, each against when every vehicle passes",
        0.0,
        0.01,
        "the same delay, within 0.01 s",
        gap_delay_each,
        source="the law itself, vehicle by vehicle",
    ),
    traffic_case(
        "crossing-light",
        "crossing",
        f"people come evenly to a light, {_PEOPLE_S:.1f} s of green in 60 s: mean delay",
        _UNIFORM * 0.99,
        _UNIFORM * 1.01,
        f"(C - g)^2 / (2 C) = {_UNIFORM:.2f} s, within 1 %",
        light_delay,
        source="Transportation Research Board (2010), Highway Capacity Manual, equation 18-71",
    ),
    traffic_case(
        "crossing-held",
        "crossing",
        "0.3 vehicles/s stop for 60 s before people in mid-link: total delay of vehicles",
        _HELD_TOTAL * 0.97,
        _HELD_TOTAL * 1.03,
        f"q T^2 / (2 (1 - q/s)) = {_HELD_TOTAL:.0f} vehicle seconds, within 3 % (stopped second by second)",
        held_traffic,
        source="demand less capacity",
    ),
)
