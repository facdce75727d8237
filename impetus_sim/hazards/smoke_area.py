"""Smoke of one thickness over an area, for as long as it lasts: for verification, or known from a fire model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from impetus_sim.hazards.base import HazardSpec
from impetus_sim.hazards.lasting import LastingArea
from impetus_sim.registry import register
from impetus_sim.scenario.quantities import Metres, PerMetre, Seconds, Share, limits


class SmokeAreaSpec(HazardSpec):
    """Smoke over an area.

    Parameters
    ----------
    lasts
        How long, s.
    extinction
        Extinction coefficient of the smoke, 1/m.
    seen_within, seen_share
        Distance in metres from the middle of the area, and the share of people there who decide to leave when it
        comes.
    """

    lasts: Annotated[Seconds, limits(above=0.0)] = 600.0
    extinction: Annotated[PerMetre, limits(above=0.0, high=100.0)] = 1.0
    seen_within: Annotated[Metres, limits(high=500.0)] = 0.0
    seen_share: Share = 0.3


@register("hazards", "smoke_area")
class SmokeArea(LastingArea):
    """Comes at once, stays, and goes at once."""

    Spec = SmokeAreaSpec
    reported_as = "smoke"

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Come, or go."""
        s = self.spec
        if n == 1:
            self.air.hold(self.area, extinction=0.0)
            return self.log("smoke_gone", causes)
        event = self.log("smoke_area", causes, extinction_per_m=s.extinction)
        self.air.hold(self.area, extinction=s.extinction)
        if s.seen_within > 0.0:
            self.be_seen(n, event)
        return event
