"""The `detection` section: what is made of the readings of sensors."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from impetus_sim.scenario.kinds import OneOf
from impetus_sim.scenario.spec import Entries, Named, Spec


class Detection(Spec):
    """Detectors that raise alerts.

    Parameters
    ----------
    detectors
        By name.
    """

    detectors: Entries[Annotated[Spec, OneOf("detectors")]] = Field(default_factory=Named)
