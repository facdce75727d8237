"""What is known of each kind of unit: how soon it sets out, how many are in it, how long it stays."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, kw_only=True)
class KindOfUnit:
    """Figures of one kind.

    turnout_s: from the order to setting out, for a crew at its station. crew: people in it. stay_s: how long it
    stays at a scene where nothing ends its work sooner. source: of the turnout time, in words.
    """

    turnout_s: float
    crew: int
    stay_s: float
    source: str


_NFPA: Final = "NFPA 1710 (2020), 4.1.2.1: 80 s for fire, 60 s for medical calls"
KINDS_OF_UNIT: Final = MappingProxyType(
    {
        "police": KindOfUnit(turnout_s=30.0, crew=2, stay_s=1800.0, source="chosen: crews are in the car"),
        "fire": KindOfUnit(turnout_s=80.0, crew=4, stay_s=1800.0, source=_NFPA),
        "ambulance": KindOfUnit(turnout_s=60.0, crew=2, stay_s=600.0, source=_NFPA),
        "road_crew": KindOfUnit(turnout_s=300.0, crew=2, stay_s=1800.0, source="chosen"),
        "grid_crew": KindOfUnit(turnout_s=300.0, crew=2, stay_s=1800.0, source="chosen"),
    }
)
"""Kind, as of `world.units.UNIT_KINDS`, to its figures. Crews and stays are chosen; scenarios set their own."""
