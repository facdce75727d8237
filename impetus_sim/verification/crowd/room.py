"""Emptying a room through one door: IMO test 4, ISO test 11 / NIST 5.2."""

from __future__ import annotations

import numpy as np

from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.crowd.setup import WALKER, build, middle_flow, run_to_end

N_PEOPLE = 100
DURATION_S = 300.0
MAX_FLOW = 1.33
"""IMO MSC.1/Circ.1533: people per second and metre of clear door width."""
ROOM = {"kind": "room", "width": 8.0, "depth": 5.0, "exits": [{"name": "door", "wall": "east", "width": 1.0}]}


def empty_room(effort: Effort) -> Measured:
    """Count who is still inside after 300 s."""
    times = run_to_end(
        build(ROOM, {WALKER: {"count": N_PEOPLE, "at": "room"}}, model=effort.model, duration_s=DURATION_S)
    )
    last_s = float(times[-1]) if len(times) else np.nan
    return Measured(
        value=float(N_PEOPLE - len(times)), text=f"{len(times)} out, the last after {last_s:.1f} s"
    )


def door_flow(effort: Effort) -> Measured:
    """Return the flow through the 1 m door, middle 60 % of the people."""
    flow = middle_flow(
        run_to_end(
            build(
                ROOM, {WALKER: {"count": N_PEOPLE, "at": "room"}}, model=effort.model, duration_s=DURATION_S
            )
        )
    )
    return Measured(value=flow, text=f"{flow:.2f} /(m s)")


_ROOM = (
    Case(
        id="empty-room",
        standard="IMO MSC.1/Circ.1533, test 4 (set-up)",
        title="100 persons leave a room of 8 x 5 m by a 1 m door: nobody stays behind",
        source="IMO MSC.1/Circ.1533; 300 s is four times the time at the greatest flow",
        low=0.0,
        high=0.0,
        expected="all out within 300 s",
        run=empty_room,
    ),
    Case(
        id="imo-4",
        standard="IMO MSC.1/Circ.1533, test 4",
        title="flow through the 1 m door of that room",
        source="IMO MSC.1/Circ.1533: at most 1.33 /(m s)",
        low=0.1,
        high=MAX_FLOW,
        expected="above 0, at most 1.33 /(m s)",
        run=door_flow,
    ),
)
CASES = (
    *_ROOM,
    _ROOM[1].also("nist-5.2", "NIST TN 1822, 5.2"),
    _ROOM[1].also("iso-11", "ISO 20414, test 11"),
)
