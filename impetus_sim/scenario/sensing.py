"""The `sensing` section: what the city can see of itself."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from impetus_sim.scenario.kinds import OneOf
from impetus_sim.scenario.spec import Entries, Named, Spec


class Sensing(Spec):
    """Sensors, whose readings detectors and operators see.

    Parameters
    ----------
    sensors
        By name; see the family ``sensors``.
    """

    sensors: Entries[Annotated[Spec, OneOf("sensors")]] = Field(default_factory=Named)
