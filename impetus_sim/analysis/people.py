"""The people of a recording: when each entered, became aware, moved and left, and how long we watched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.ground import read_static, read_texts
from impetus_sim.recording.reader import Recording

Ticks = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

NEVER = -1
PENDING, INSIDE, LEFT, REMOVED = 0, 1, 2, 3
"""Codes of the crowd table's ``state``."""


@dataclass(frozen=True, kw_only=True)
class People:
    """One row per person, in the order of the crowd table; ticks are -1 where it never happened.

    Parameters
    ----------
    state, enter_tick, aware_tick, aware_cause, move_tick, left_tick, exit, population, profile
        Columns of the crowd table, shape (n,).
    exposure_s
        Seconds within a threat's reach, shape (n,); None when not recorded.
    severity
        Worst `world.injuries.Severity`, 0 for unhurt, shape (n,); None in runs in which nothing can injure.
    population_names, profile_names
        Names by code.
    followed_tick
        Until when the people were followed: the scenario's duration, or the last checkpoint of a run
        that was cut short.
    resolution_s
        Seconds per tick.
    """

    state: npt.NDArray[np.uint8]
    enter_tick: Ticks
    aware_tick: Ticks
    aware_cause: Ticks
    move_tick: Ticks
    left_tick: Ticks
    exit: Ticks
    population: Ticks
    profile: Ticks
    exposure_s: npt.NDArray[np.float64] | None
    population_names: tuple[str, ...]
    profile_names: tuple[str, ...]
    followed_tick: int
    resolution_s: float
    severity: npt.NDArray[np.uint8] | None = None

    def __len__(self) -> int:
        return len(self.state)

    @property
    def followed_s(self) -> float:
        """How long the run was followed, seconds."""
        return self.followed_tick * self.resolution_s

    @property
    def has_entered(self) -> Mask:
        """Who was ever inside."""
        return self.state != PENDING

    @property
    def has_left(self) -> Mask:
        """Who left through an exit."""
        return self.state == LEFT

    @property
    def is_inside(self) -> Mask:
        """Who was still inside at the end."""
        return self.state == INSIDE


def read_resolution_s(recording: Recording) -> float:
    """Return the seconds of one tick."""
    return float(recording.attributes.get("resolution_us", 10_000)) / 1e6


def read_people(recording: Recording) -> People:
    """Return the people of a recording; nobody when no state was recorded (a run cut before a checkpoint)."""
    table: Mapping[str, Any] = recording.tables("crowd") if "crowd" in recording.table_names else {}
    static = read_static(recording, "people")
    n = len(table.get("state", ()))
    exposure = table.get("exposure_s")
    injuries = recording.tables("crowd_injuries") if "crowd_injuries" in recording.table_names else {}
    severity = injuries.get("severity")

    def column(name: str, fill: int) -> Ticks:
        source = table.get(name, static.get(name) if name in ("population", "profile") else None)
        return np.full(n, fill, np.int64) if source is None else np.asarray(source, np.int64)[:n]

    return People(
        state=np.asarray(table.get("state", np.empty(0)), np.uint8),
        enter_tick=column("enter_tick", 0),
        aware_tick=column("aware_tick", NEVER),
        aware_cause=column("aware_cause", NEVER),
        move_tick=column("move_tick", NEVER),
        left_tick=column("left_tick", NEVER),
        exit=column("exit", NEVER),
        population=column("population", 0),
        profile=column("profile", 0),
        exposure_s=None if exposure is None else np.asarray(exposure, np.float64),
        severity=None if severity is None else np.asarray(severity, np.uint8),
        population_names=tuple(read_texts(static.get("population_names"))),
        profile_names=tuple(read_texts(static.get("profile_names"))),
        followed_tick=recording.followed_tick,
        resolution_s=read_resolution_s(recording),
    )
