"""Numbers by which the EPANET 2.2 toolkit names what is read and written (its header ``epanet2_enums.h``)."""

from __future__ import annotations

from enum import IntEnum


class Count(IntEnum):
    """What is counted."""

    NODES = 0
    TANKS = 1
    LINKS = 2
    PATTERNS = 3
    CURVES = 4
    CONTROLS = 5
    RULES = 6


class NodeKind(IntEnum):
    """Kind of a node."""

    JUNCTION = 0
    RESERVOIR = 1
    TANK = 2


class LinkKind(IntEnum):
    """Kind of a link; all above PUMP are valves."""

    CHECK_VALVE_PIPE = 0
    PIPE = 1
    PUMP = 2


class Node(IntEnum):
    """Values of a node, in units of the file."""

    ELEVATION = 0
    EMITTER = 3
    INITIAL_QUALITY = 4
    SOURCE_QUALITY = 5
    SOURCE_KIND = 7
    DEMAND = 9
    HEAD = 10
    PRESSURE = 11
    QUALITY = 12
    TANK_DIAMETER = 17
    MIN_VOLUME = 18
    VOLUME_CURVE = 19
    MIN_LEVEL = 20
    MAX_LEVEL = 21
    TANK_VOLUME = 24
    DEMAND_DEFICIT = 27


class Link(IntEnum):
    """Values of a link, in units of the file."""

    BULK_RATE = 6
    WALL_RATE = 7
    FLOW = 8
    STATUS = 11
    SETTING = 12
    ENERGY = 13
    PATTERN = 15


class Time(IntEnum):
    """Times, s."""

    DURATION = 0
    HYDRAULIC_STEP = 1
    QUALITY_STEP = 2
    PATTERN_STEP = 3
    PATTERN_START = 4
    REPORT_STEP = 5
    REPORT_START = 6
    RULE_STEP = 7
    CLOCK_START = 10
    NEXT_EVENT = 14


class Option(IntEnum):
    """Options."""

    EMITTER_EXPONENT = 3
    DEMAND_MULTIPLIER = 4
    EXTRA_TRIALS = 14
    """Of a solution that does not balance; below 0: the run ends there."""


class ControlKind(IntEnum):
    """When a simple control acts."""

    LOW_LEVEL = 0
    HIGH_LEVEL = 1
    TIMER = 2
    TIME_OF_DAY = 3


FOOT_M = 0.3048
FLOW_M3_S = (
    FOOT_M**3,  # cubic feet per second
    0.003785411784 / 60.0,  # US gallons per minute
    3785.411784 / 86400.0,  # million US gallons per day
    4546.09 / 86400.0,  # million imperial gallons per day
    43560.0 * FOOT_M**3 / 86400.0,  # acre-feet per day
    1e-3,  # litres per second
    1e-3 / 60.0,  # litres per minute
    1e3 / 86400.0,  # megalitres per day
    1.0 / 3600.0,  # cubic metres per hour
    1.0 / 86400.0,  # cubic metres per day
)
"""One unit of flow in m3/s, by the toolkit's number of the unit."""
LAST_US_UNIT = 4
"""Files in this unit of flow or a lower one give lengths in feet."""
