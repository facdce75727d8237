"""Smoke of one thickness over an area, for as long as it lasts: for verification, or known from a fire model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from impetus_sim.hazards.base import Hazard, HazardSpec
from impetus_sim.registry import register
from impetus_sim.scenario.quantities import Metres, PerMetre, Seconds, Share, limits
from impetus_sim.world.context import PartContext


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
class SmokeArea(Hazard):
    """Comes at once, stays, and goes at once."""

    Spec = SmokeAreaSpec

    def __init__(self, name: str, spec: Any, context: PartContext) -> None:
        super().__init__(name, spec, context)
        self.area = self.area_of(context.locate(spec.at))
        self._air = context.world.need_air()

    def times_s(self) -> Sequence[float]:
        """Return the start and the end."""
        return [self.spec.start, self.spec.start + self.spec.lasts]

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Come, or go."""
        s = self.spec
        if n == 1:
            self._air.hold(self.area, extinction=0.0)
            return self.log("smoke_gone", causes)
        event = self.log("smoke_area", causes, extinction_per_m=s.extinction)
        self._air.hold(self.area, extinction=s.extinction)
        if s.seen_within > 0.0:
            self.stimulate(
                n, event, radius_m=s.seen_within, share=s.seen_share, delay_factor=0.7, overrides_hold=False
            )
        return event
