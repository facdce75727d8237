"""The interface of laws of harm: from what a person went through to the chance of being a casualty.

No casualty curve for crowds has been validated: events are few, doses were not measured, and what makes a person
fall or faint is only partly known. A law here is a stated assumption that gives three numbers: a low, a central and
a high estimate. What comes of it is reported as a range under the law's name, never as a forecast.

Write: a frozen `Spec`, `add` (grow the dose) and `chances` (of each person). Register in the family ``harm_laws``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from impetus_sim.scenario.spec import Spec

Floats = npt.NDArray[np.float64]


class Conditions(NamedTuple):
    """What people are in for a short time, shape (n,).

    density: people/m2, about each. pressure: density times velocity variance, 1/s2. gas_dose: fractional effective
    dose so far. seconds: how long.
    """

    density: Floats
    pressure: Floats
    gas_dose: Floats
    seconds: float


class HarmLaw(ABC):
    """A law of harm.

    Parameters
    ----------
    spec
        Its section, drawn.
    """

    Spec: ClassVar[type[Spec]]
    kind: ClassVar[str]
    dose_unit: ClassVar[str]
    is_of_gases: ClassVar[bool] = False
    """Whether the dose comes from gases: the cause of harm is then their source, else what made people set out."""
    caution: ClassVar[str]
    """What the law rests on, in a sentence for a planner."""

    def __init__(self, spec: Any) -> None:
        self.spec = spec

    @abstractmethod
    def add(self, dose: Floats, conditions: Conditions) -> Floats:
        """Return the dose after these conditions, shape (n,); never less than `dose`."""

    @abstractmethod
    def chances(self, dose: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the chance of being a casualty, low, central and high, each of shape (n,), in 0..1, ascending."""
