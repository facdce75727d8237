"""Asphyxiant gases of steady concentration over an area: for verification, or known from a fire model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from impetus_sim.hazards.base import Hazard, HazardSpec
from impetus_sim.registry import register
from impetus_sim.scenario.quantities import Metres, Number, Seconds, Share, limits
from impetus_sim.world.air import FRESH_O2_PERCENT
from impetus_sim.world.context import PartContext


class GasAreaSpec(HazardSpec):
    """Gases over an area.

    Parameters
    ----------
    lasts
        How long, s.
    co
        Carbon monoxide, ppm.
    co2, o2
        Carbon dioxide and oxygen, percent by volume; fresh air has 20.9 % oxygen.
    seen_within, seen_share
        Distance in metres from the middle of the area, and the share of people there who decide to leave when it
        comes; gases are not seen, so nobody unless said.
    """

    lasts: Annotated[Seconds, limits(above=0.0)] = 600.0
    co: Annotated[Number, limits(low=0.0, high=200_000.0)] = 1000.0
    co2: Annotated[Number, limits(low=0.0, high=30.0)] = 0.0
    o2: Annotated[Number, limits(low=0.0, high=FRESH_O2_PERCENT)] = FRESH_O2_PERCENT
    seen_within: Annotated[Metres, limits(high=500.0)] = 0.0
    seen_share: Share = 0.3


@register("hazards", "gas_area")
class GasArea(Hazard):
    """Comes at once, stays, and goes at once."""

    Spec = GasAreaSpec
    harms_by_gas = True

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
            self._air.hold(self.area, co_ppm=0.0, co2_percent=0.0, o2_deficit=0.0)
            return self.log("gas_gone", causes)
        event = self.log("gas_area", causes, co_ppm=s.co, co2_percent=s.co2, o2_percent=s.o2)
        self._air.hold(self.area, co_ppm=s.co, co2_percent=s.co2, o2_deficit=FRESH_O2_PERCENT - s.o2)
        self._air.add_source(self.name, self.place.x, self.place.y, event)
        if s.seen_within > 0.0:
            self.stimulate(
                n, event, radius_m=s.seen_within, share=s.seen_share, delay_factor=0.7, overrides_hold=False
            )
        return event
