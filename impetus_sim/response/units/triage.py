"""Triage: START and SALT as decision trees over vital signs, and how often crews miss.

START (Benson, Koenig, Schultz 1996, Prehospital and Disaster Medicine 11: 117-124): who walks is minor; who does
not breathe with an open airway is dead; more than 30 breaths a minute, no radial pulse, or commands not followed is
immediate; all others are delayed. SALT (Lerner et al. 2008, Disaster Medicine and Public Health Preparedness 2:
S25-S34): not breathing is dead; follows commands, has a pulse, no distress: minor if injuries are, else delayed;
all others immediate when likely to survive, else expectant. Bleeding counts as stopped in both.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from types import MappingProxyType
from typing import Final

from impetus_sim.response.units.survival import survival_at
from impetus_sim.response.units.vitals import OBEYS, Vitals, rpm_score

START_BREATHS_MIN: Final = 30
"""More breaths a minute than this are immediate in START."""
DISTRESS_BREATHS_MIN: Final = (10, 30)
"""Breaths a minute outside of these count as respiratory distress in SALT, which names no figure (chosen)."""
LIKELY: Final = 0.5
"""Chance of survival from which somebody is likely to survive in SALT, which names no figure (chosen)."""


class Tag(IntEnum):
    """What a triage tag says; numbers as of `world.injuries.Severity`, and expectant."""

    NONE = 0
    MINOR = 1
    DELAYED = 2
    IMMEDIATE = 3
    DEAD = 4
    EXPECTANT = 5


TREATED_IN_ORDER: Final = (Tag.IMMEDIATE, Tag.DELAYED, Tag.EXPECTANT)
"""Who is treated and taken to hospital, and in which order."""


def start(vitals: Vitals) -> Tag:
    """Return the category of START."""
    if vitals.walks:
        return Tag.MINOR
    if vitals.breaths_min == 0:
        return Tag.DEAD
    if vitals.breaths_min > START_BREATHS_MIN or not vitals.has_radial_pulse or vitals.motor < OBEYS:
        return Tag.IMMEDIATE
    return Tag.DELAYED


def salt(vitals: Vitals) -> Tag:
    """Return the category of SALT."""
    if vitals.breaths_min == 0:
        return Tag.DEAD
    low, high = DISTRESS_BREATHS_MIN
    is_calm = low <= vitals.breaths_min <= high
    if vitals.motor == OBEYS and vitals.has_radial_pulse and is_calm:
        return Tag.MINOR if vitals.walks else Tag.DELAYED
    return Tag.IMMEDIATE if survival_at(rpm_score(vitals), 0.0) >= LIKELY else Tag.EXPECTANT


RULES: Final = MappingProxyType[str, Callable[[Vitals], Tag]]({"START": start, "SALT": salt})
"""Name to rule, as scenarios name them."""


def misjudge(tag: Tag, uniform: float, *, under: float, over: float) -> Tag:
    """Return the tag that a crew gives: one category too low or too high in a share of cases.

    Somebody who cannot walk is never taken for minor, and who is dead or expectant is always found to be.

    Parameters
    ----------
    uniform
        Draw in (0, 1).
    under, over
        Shares that are triaged too low and too high.
    """
    if tag is Tag.IMMEDIATE and uniform < under:
        return Tag.DELAYED
    if tag in (Tag.MINOR, Tag.DELAYED) and uniform > 1.0 - over:
        return Tag(tag + 1)
    return tag
