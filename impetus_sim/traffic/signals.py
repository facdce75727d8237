"""Signal plans: phases per junction, how they follow one another, and what can go wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impetus_sim.errors import InvalidInputError
from impetus_sim.traffic.kernels.records import NEVER
from impetus_sim.traffic.kernels.road import Road
from impetus_sim.traffic.kernels.signals import (
    ACTUATED,
    ALL_RED,
    DARK,
    FIXED,
    FLASHING,
    MAX_PRESSURE,
    PHASE,
    SIGNAL,
    STUCK,
    WORKS,
)
from impetus_sim.world.tables import SIGNAL_FAULTS

CONTROLS: Mapping[str, int] = {"fixed": FIXED, "actuated": ACTUATED, "max_pressure": MAX_PRESSURE}
FAULTS: Mapping[str, int] = dict(zip(SIGNAL_FAULTS, (WORKS, DARK, FLASHING, ALL_RED, STUCK), strict=True))
MOST_GROUPS = 32

ALL_WAY_STOP = 1.0 / 1.8
"""Vehicles per second that a junction passes when everybody stops and goes in turn: about 2 000 an hour for one
lane each way of four arms, a headway of 1.8 s over all arms (HCM 2016, chapter 21: saturation headways of 3.9 to
7 s on each arm, two arms moving at a time)."""
FLASHING_FACTOR = 1.5
"""With amber flashing the main road need not stop: between an all-way stop and a working signal."""


@dataclass(frozen=True, kw_only=True)
class Phase:
    """A stage of a plan.

    groups: that have green. green_s: least green, and the whole of it under fixed control. most_s: greatest green
    where traffic decides. clear_s: red for all afterwards. extend_s: how far ahead an actuated signal looks.
    """

    groups: tuple[int, ...]
    green_s: float
    most_s: float = 60.0
    clear_s: float = 0.0
    extend_s: float = 3.0


@dataclass(frozen=True, kw_only=True)
class SignalPlan:
    """A junction's signal.

    group_of_link: group of each incoming link, or of some of its lanes as (link, lane).
    offset_s: when the first phase begins; the plan runs backwards from there too.
    """

    node: int
    phases: Sequence[Phase]
    group_of_link: Mapping[int | tuple[int, int], int]
    control: str = "fixed"
    offset_s: float = 0.0
    is_guessed: bool = False


def build_signals(
    plans: Sequence[SignalPlan], road: Road
) -> tuple[npt.NDArray[np.void], npt.NDArray[np.void]]:
    """Return SIGNAL and PHASE records, and set the junctions' signals and the lanes' groups in `road`.

    Raises
    ------
    InvalidInputError
        When a plan has no phase, a group that never gets green, or a link that does not end at the junction.
    """
    signals = np.zeros(len(plans), SIGNAL)
    phases = np.zeros(sum(len(plan.phases) for plan in plans), PHASE)
    first = 0
    for k, plan in enumerate(plans):
        _require_sound(plan, road)
        signal = signals[k]
        signal["node"], signal["control"] = plan.node, CONTROLS[plan.control]
        signal["first_phase"], signal["n_phases"] = first, len(plan.phases)
        write_phases(plan, signal, phases)
        _start_at_zero(signal, phases, _us(plan.offset_s))
        road.signal_of[plan.node] = k
        for target, group in plan.group_of_link.items():
            link, lane = target if isinstance(target, tuple) else (target, None)
            lanes = np.arange(road.first_lane[link], road.first_lane[link] + road.most_lanes[link])
            road.queues["group"][lanes if lane is None else lanes[lane]] = group
        first += len(plan.phases)
    return signals, phases


def write_phases(plan: SignalPlan, signal: np.void, phases: npt.NDArray[np.void]) -> None:
    """Overwrite the PHASE records of a signal with those of a plan of as many phases."""
    first = int(signal["first_phase"])
    for record, phase in zip(phases[first : first + int(signal["n_phases"])], plan.phases, strict=True):
        record["least_us"], record["most_us"] = _us(phase.green_s), _us(max(phase.green_s, phase.most_s))
        record["clear_us"], record["extend_us"] = _us(phase.clear_s), _us(phase.extend_s)
        record["green"] = _mask(phase.groups)


def set_plan(
    number: int, plan: SignalPlan, now_us: int, signals: npt.NDArray[np.void], phases: npt.NDArray[np.void]
) -> None:
    """Let a signal whose state is up to date go on by another plan with the same phases.

    The present phase keeps its green until the new plan's least green is over, or ends now if that has passed; red
    for all goes on as it is. A signal that fails takes the plan up when it works again.
    """
    signal = signals[number]
    write_phases(plan, signal, phases)
    signal["control"] = CONTROLS[plan.control]
    if signal["fault"] != WORKS or signal["is_clearing"]:
        return
    present = phases[int(signal["first_phase"]) + int(signal["phase"])]
    is_always_green = signal["n_phases"] == 1 and not present["clear_us"]
    ends_us = max(now_us, int(signal["since_us"]) + int(present["least_us"]))
    signal["switch_us"] = NEVER if is_always_green else ends_us


def _start_at_zero(signal: np.void, phases: npt.NDArray[np.void], offset_us: int) -> None:
    # The state at time 0 of a plan whose first phase begins at the offset.
    own = phases[signal["first_phase"] : signal["first_phase"] + signal["n_phases"]]
    cycle_us = int((own["least_us"] + own["clear_us"]).sum())
    at_us = -offset_us % cycle_us
    began_us = -at_us
    k = green_ends_us = ends_us = 0
    for k, phase in enumerate(own):  # noqa: B007 - the phase at time 0
        green_ends_us = began_us + int(phase["least_us"])
        ends_us = green_ends_us + int(phase["clear_us"])
        if ends_us > 0:
            break
        began_us = ends_us
    if green_ends_us > 0 or len(own) == 1:
        signal["phase"], signal["green"], signal["since_us"] = k, own[k]["green"], began_us
        signal["switch_us"] = NEVER if len(own) == 1 and not own[0]["clear_us"] else green_ends_us
    else:
        signal["phase"], signal["is_clearing"], signal["switch_us"] = (k + 1) % len(own), 1, ends_us


def _require_sound(plan: SignalPlan, road: Road) -> None:
    where = f"signal at junction {plan.node}"
    if not plan.phases:
        raise InvalidInputError(f"{where}: it has no phase")
    if plan.control not in CONTROLS:
        raise InvalidInputError(f"{where}: control '{plan.control}'", hint=f"one of {', '.join(CONTROLS)}")
    served = {group for phase in plan.phases for group in phase.groups}
    for target, group in plan.group_of_link.items():
        link = target[0] if isinstance(target, tuple) else target
        if road.to_node[link] != plan.node:
            raise InvalidInputError(f"{where}: link {link} does not end there")
        if group not in served:
            raise InvalidInputError(f"{where}: group {group} never gets green")
    if any(not 0 <= group < MOST_GROUPS for group in served):
        raise InvalidInputError(f"{where}: groups are numbered 0 to {MOST_GROUPS - 1}")
    if any(phase.green_s <= 0.0 for phase in plan.phases):
        raise InvalidInputError(f"{where}: a phase has no green time")


def _mask(groups: Sequence[int]) -> int:
    return int(sum(1 << group for group in set(groups)))


def _us(seconds: float) -> int:
    return round(seconds * 1e6)


def set_fault(number: int, fault: str, now_us: int, road: Road, signals: npt.NDArray[np.void]) -> None:
    """Put a signal into a faulty state, or back to work.

    A dark or flashing signal lets every group go, one vehicle after another; a signal that works again begins
    with red for all for one second, then its present phase.

    Raises
    ------
    InvalidInputError
        When there is no such fault.
    """
    if fault not in FAULTS:
        raise InvalidInputError(f"there is no signal fault '{fault}'", hint=f"one of {', '.join(FAULTS)}")
    signal, code = signals[number], FAULTS[fault]
    node = int(signal["node"])
    signal["fault"] = code
    flow = {DARK: ALL_WAY_STOP, FLASHING: ALL_WAY_STOP * FLASHING_FACTOR}.get(code, 0.0)
    road.node_pace[node] = 1e6 / (flow * 7500.0) if flow else 0.0
    if code == ALL_RED:
        signal["green"] = 0
    elif code == WORKS:
        signal["green"], signal["is_clearing"], signal["switch_us"] = 0, 1, now_us + 1_000_000
