"""Depots: where crews and tankers start, when crews work, and which parts lie there."""

from __future__ import annotations

from dataclasses import dataclass

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.repair.times import SKILLS

DAY_H = 24.0


@dataclass(frozen=True, kw_only=True)
class CrewSpec:
    """A repair crew.

    Parameters
    ----------
    depot
        Id of the asset where it starts its shift.
    skills
        Of `times.SKILLS`.
    shift_begins_h, shift_h
        Hour of the day at which it begins, and how long it takes on work; what it has begun it finishes.

    Raises
    ------
    InvalidInputError
        When a skill is unknown or the shift is not within a day.
    """

    depot: str
    skills: frozenset[str]
    shift_begins_h: float = 0.0
    shift_h: float = DAY_H

    def __post_init__(self) -> None:
        unknown = self.skills - set(SKILLS)
        if unknown or not self.skills:
            raise InvalidInputError(
                f"crew of '{self.depot}': skills {sorted(unknown) or 'missing'}",
                hint=f"some of {', '.join(SKILLS)}",
            )
        if not (0.0 <= self.shift_begins_h < DAY_H and 0.0 < self.shift_h <= DAY_H):
            raise InvalidInputError(
                f"crew of '{self.depot}': a shift begins within a day and lasts one at most"
            )


@dataclass(frozen=True, kw_only=True)
class Stock:
    """Spare parts at a depot, and how long one that is reordered on use takes to arrive, h."""

    depot: str
    parts: int
    reorder_h: float = 48.0

    def __post_init__(self) -> None:
        if self.parts < 0 or self.reorder_h < 0.0:
            raise InvalidInputError(f"stock of '{self.depot}': parts and hours not below 0")
