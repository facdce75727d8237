"""The order of what happens at a tick; ties inside a phase resolve by name."""

from __future__ import annotations

from enum import IntEnum


class Phase(IntEnum):
    """Phases of a tick, in their order.

    People are moved to the tick first; hazards, staff and the commander then act on what they find;
    infrastructure follows what they ordered; couplings carry it to others; what is recorded is the state after
    all of that.
    """

    MOVE = 1
    HAZARDS = 2
    PROCESSES = 3
    DECISIONS = 4
    INTERVENTIONS = 5
    INFRASTRUCTURE = 6
    COUPLINGS = 7
    RECORD = 8
