"""The `detection` section: what is made of the readings of sensors."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from impetus_sim.scenario.draw import highest, lowest
from impetus_sim.scenario.kinds import OneOf
from impetus_sim.scenario.quantities import Metres, Number, Seconds, Share, limits
from impetus_sim.scenario.spec import Entries, Named, Spec, refuse
from impetus_sim.scenario.stream_history import HistoryText


class Fusion(Spec):
    """Alerts of all detectors joined in space and time.

    Parameters
    ----------
    hit_rate, false_rate
        Chances that a detector alarms at a reading where something goes on, and where nothing does: an alert counts
        as evidence of the logarithm of their ratio.
    half_life
        Time in which evidence halves.
    radius
        Distance at which it is down to 61 % (one standard deviation).
    evidence
        A fused alert is raised at this sum, nats.
    quiet
        Time until another is raised.
    """

    hit_rate: Annotated[Share, limits(above=0.0)] = 0.8
    false_rate: Annotated[Share, limits(above=0.0)] = 0.01
    half_life: Annotated[Seconds, limits(above=0.0)] = 120.0
    radius: Annotated[Metres, limits(above=0.0)] = 50.0
    evidence: Annotated[Number, limits(above=0.0)] = 7.0
    quiet: Seconds = 300.0

    @model_validator(mode="after")
    def _check_rates(self) -> Fusion:
        if lowest(self.hit_rate) <= highest(self.false_rate):
            refuse("an alert would be no evidence", key="hit_rate", allowed="above false_rate")
        return self


class Detection(Spec):
    """Detectors that raise alerts.

    Parameters
    ----------
    detectors
        By name.
    history
        Record without incidents from which detectors learn before the run.
    fusion
        How alerts are joined; not at all when left out.
    """

    detectors: Entries[Annotated[Spec, OneOf("detectors")]] = Field(default_factory=Named)
    history: HistoryText | None = None
    fusion: Fusion | None = None
