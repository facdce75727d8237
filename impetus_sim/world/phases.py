"""The order of what happens at a tick; ties inside a phase resolve by name."""

from __future__ import annotations

from enum import IntEnum


class Phase(IntEnum):
    """Phases of a tick, in their order.

    People are moved to the tick first; hazards act on what they find; sensors see what there is now, and
    detectors what sensors have said; staff and the commander then act on what they know; infrastructure follows
    what they ordered; couplings carry it to others; what is recorded is the state after all of that.
    """

    MOVE = 1
    HAZARDS = 2
    SENSING = 3
    DETECTION = 4
    PROCESSES = 5
    DECISIONS = 6
    INTERVENTIONS = 7
    INFRASTRUCTURE = 8
    COUPLINGS = 9
    RECORD = 10
