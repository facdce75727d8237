"""Who there is: units, the stations that they start from, hospitals, and what the scenario sets for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Station:
    """Where units wait. x, y: local metres."""

    name: str
    x: float
    y: float


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One vehicle with its crew.

    kind: of `world.units.UNIT_KINDS`. home: row of its station. added_by: intervention that brings it; empty for
    those that are there from the start. shift_begins_h, shift_h: hour of the day, and hours for which it takes
    missions from then on.
    """

    name: str
    kind: str
    home: int
    crew: int
    turnout_s: float
    stay_s: float
    added_by: str = ""
    shift_begins_h: float = 0.0
    shift_h: float = 24.0


@dataclass(frozen=True, kw_only=True)
class Hospital:
    """Where the injured are taken. beds: for them, in all. asset: its row among the city's assets; -1 for none."""

    name: str
    x: float
    y: float
    beds: int
    asset: int = -1


@dataclass(frozen=True, kw_only=True)
class Move:
    """Units that an intervention moves: how many free ones of a kind, and to where."""

    kind: str
    count: int
    x: float
    y: float


@dataclass(frozen=True, kw_only=True)
class CareRules:
    """Times of care, s, and how crews judge; see `scenario.units.Care`."""

    triage: str = "START"
    triage_s: float = 30.0
    immediate_s: float = 600.0
    delayed_s: float = 300.0
    loading_s: float = 180.0
    handover_s: float = 900.0
    scene_radius_m: float = 150.0
    under_triage: float = 0.0
    over_triage: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Roster:
    """All of it; units in the order of their names.

    targets: kind of unit to the hazards that it goes for at a scene. moves: what interventions move, by their
    names.
    """

    units: tuple[Unit, ...]
    stations: tuple[Station, ...]
    hospitals: tuple[Hospital, ...] = ()
    moves: Mapping[str, Move] = field(default_factory=dict)
    targets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rule: str = "nearest_by_time"
    redeploys: bool = True
    care: CareRules = field(default_factory=CareRules)
    day_begins_h: float = 0.0

    @property
    def hospital_places(self) -> Floats:
        """Where hospitals are, float64 (hospitals, 2)."""
        return np.array([(h.x, h.y) for h in self.hospitals], np.float64).reshape(-1, 2)

    def is_on_duty(self, unit: int, time_s: float) -> bool:
        """Return whether a unit takes missions at a time of the run, s."""
        one = self.units[unit]
        hour = self.day_begins_h + time_s / 3600.0
        return one.shift_h >= 24.0 or (hour - one.shift_begins_h) % 24.0 < one.shift_h

    def next_shift_s(self, unit: int, after_s: float) -> float:
        """Return when the next shift of a unit begins, s of the run."""
        one = self.units[unit]
        hour = self.day_begins_h + after_s / 3600.0
        return after_s + 3600.0 * (24.0 - (hour - one.shift_begins_h) % 24.0)
