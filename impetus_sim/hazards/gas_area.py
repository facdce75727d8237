"""Asphyxiant gases of steady concentration over an area: for verification, or known from a fire model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from impetus_sim.hazards.base import HazardSpec
from impetus_sim.hazards.lasting import LastingArea
from impetus_sim.registry import register
from impetus_sim.scenario.quantities import Metres, Number, Seconds, Share, limits
from impetus_sim.world.air import FRESH_O2_PERCENT


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
class GasArea(LastingArea):
    """Comes at once, stays, and goes at once."""

    Spec = GasAreaSpec
    reported_as = "gas"
    harms_by_gas = True

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Come, or go."""
        s = self.spec
        if n == 1:
            self.air.hold(self.area, co_ppm=0.0, co2_percent=0.0, o2_deficit=0.0)
            return self.log("gas_gone", causes)
        event = self.log("gas_area", causes, co_ppm=s.co, co2_percent=s.co2, o2_percent=s.o2)
        self.air.hold(self.area, co_ppm=s.co, co2_percent=s.co2, o2_deficit=FRESH_O2_PERCENT - s.o2)
        self.air.add_source(self.name, self.place.x, self.place.y, event)
        if s.seen_within > 0.0:
            self.be_seen(n, event)
        return event
