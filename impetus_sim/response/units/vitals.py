"""Vital signs of the injured, such that START finds the category that the hazard gave them.

A hazard says how badly somebody is hurt; what a medic sees is drawn from few typical pictures of each category, all
equally likely (chosen). The score is RPM: codes of respiration, pulse and motor response, 0 to 4 each (Sacco et al.
2005, Academic Emergency Medicine 12: 759-770).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from impetus_sim.world.injuries import Severity

OBEYS: Final = 4
"""Motor response of somebody who follows commands; 3 localises pain, 2 withdraws, 1 flexes or extends, 0 none."""


@dataclass(frozen=True, kw_only=True)
class Vitals:
    """Signs of one person.

    walks: on request. breaths_min: per minute, 0 for none even with an open airway. pulse_min: per minute.
    has_radial_pulse: felt at the wrist. motor: best response, 0 to 4.
    """

    walks: bool
    breaths_min: int
    pulse_min: int
    has_radial_pulse: bool
    motor: int


def _lying(breaths_min: int, pulse_min: int, motor: int, *, has_radial_pulse: bool = True) -> Vitals:
    return Vitals(
        walks=False,
        breaths_min=breaths_min,
        pulse_min=pulse_min,
        has_radial_pulse=has_radial_pulse,
        motor=motor,
    )


PICTURES: Final = MappingProxyType(
    {
        Severity.MINOR: (
            Vitals(walks=True, breaths_min=18, pulse_min=90, has_radial_pulse=True, motor=OBEYS),
        ),
        Severity.DELAYED: (_lying(20, 110, OBEYS), _lying(28, 110, OBEYS), _lying(28, 130, OBEYS)),
        Severity.IMMEDIATE: (
            _lying(32, 125, 3),
            _lying(38, 130, 3),
            _lying(38, 130, 2),
            _lying(8, 130, 2, has_radial_pulse=False),
            _lying(38, 50, 1, has_radial_pulse=False),
            _lying(6, 50, 1, has_radial_pulse=False),
        ),
        Severity.DEAD: (_lying(0, 0, 0, has_radial_pulse=False),),
    }
)
"""Severity to the pictures that are drawn from; those of IMMEDIATE have RPM 9, 8, 7, 6, 5 and 4."""


def picture_of(severity: Severity, uniform: float) -> int:
    """Return which picture of a severity a draw in (0, 1) stands for."""
    n = len(PICTURES[severity])
    return min(int(uniform * n), n - 1)


def rpm_score(vitals: Vitals) -> int:
    """Return the RPM score, 0 to 12: respiration, pulse and motor response as coded by Sacco et al. (2005)."""
    breaths = (0, 1, 4, 3, 2)[bisect_right((1, 10, 25, 36), vitals.breaths_min)]
    pulse = (0, 1, 2, 4, 3)[bisect_right((1, 41, 61, 121), vitals.pulse_min)]
    return breaths + pulse + vitals.motor
