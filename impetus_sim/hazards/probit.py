"""Probits: from a dose to the chance of an effect, and to how badly each person is hurt.

Y = a + b ln(dose); the chance is Phi(Y - 5) (Finney 1971, Probit Analysis). A person bears what the same share of
people bears in every dose: who is hurt at one dose is hurt at a higher one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from impetus_sim.world.injuries import Severity

Floats = npt.NDArray[np.float64]


class Probit(NamedTuple):
    """Y = a + b ln(dose)."""

    a: float
    b: float

    def at(self, dose: npt.ArrayLike) -> Floats:
        """Return Y; -inf at a dose of 0."""
        with np.errstate(divide="ignore"):
            return np.asarray(self.a + self.b * np.log(np.asarray(dose, np.float64)))

    def probability(self, dose: npt.ArrayLike) -> Floats:
        """Return the chance of the effect."""
        return np.asarray(ndtr(self.at(dose) - 5.0))

    def dose_for(self, share: npt.ArrayLike) -> Floats:
        """Return the dose at which a share of people, in (0, 1), shows the effect."""
        return np.asarray(np.exp((ndtri(share) + 5.0 - self.a) / self.b))

    def at_share_of_dose(self, share: float) -> Probit:
        """Return the probit of an effect that comes at a share of the dose of this one."""
        return Probit(self.a - self.b * float(np.log(share)), self.b)


def worst_severity(
    dose: Floats, laws: Sequence[tuple[Severity, Probit]], bears: Floats
) -> npt.NDArray[np.uint8]:
    """Return how badly each person is hurt, uint8 (n,), 0 for not.

    Parameters
    ----------
    dose
        float64 (n,).
    laws
        Severities with their probits.
    bears
        float64 (n,) in (0, 1): the share of people who bear less than this person.
    """
    worst = np.zeros(len(dose), np.uint8)
    for severity, law in laws:
        is_hurt = law.probability(dose) > bears
        worst[is_hurt] = np.maximum(worst[is_hurt], int(severity))
    return worst
