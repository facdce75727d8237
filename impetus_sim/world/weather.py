"""Wind and stability of the air: steady, or changing at stated times."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass

STABILITIES = "ABCDEF"
"""Pasquill's classes: A very unstable (sunny, light wind) to F stable (clear night, light wind); D neutral."""


@dataclass(frozen=True, kw_only=True)
class Wind:
    """Wind at one moment.

    Parameters
    ----------
    speed_m_s
        At 10 m, taken for the height of release too.
    from_deg
        Where it comes from, degrees clockwise from north (y).
    stability
        Of `STABILITIES`.
    """

    speed_m_s: float
    from_deg: float
    stability: str

    @property
    def velocity(self) -> tuple[float, float]:
        """East and north components, m/s."""
        angle = math.radians(self.from_deg)
        return -self.speed_m_s * math.sin(angle), -self.speed_m_s * math.cos(angle)


@dataclass(frozen=True, kw_only=True)
class Weather:
    """The wind of a run, steady between changes.

    Parameters
    ----------
    is_urban
        Whether the surroundings are built up.
    times_s
        From when each wind holds, ascending from 0.
    winds
        One for each time.
    """

    is_urban: bool
    times_s: tuple[float, ...]
    winds: tuple[Wind, ...]

    def at(self, time_s: float) -> Wind:
        """Return the wind at a time, s from the start of the run."""
        return self.winds[max(0, bisect_right(self.times_s, time_s) - 1)]
