"""A source of asphyxiant gases at the ground (a fire, a leak): they spread like smoke, within the walls.

The gases are mixed over a stated height; what is given off in a second raises the concentration of the cell
it is given off into. Spreading and thinning follow `impetus_sim.world.smoke`: a simple stated law for the
open, not a fire model. The rates of a burning car are of the order of 1 l/s of CO and 100 l/s of CO2 (from
heat releases of a few MW).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from impetus_sim.hazards.base import HazardSpec
from impetus_sim.hazards.lasting import EMIT_EVERY_S, NOTICE_EVERY, LastingSource
from impetus_sim.registry import register
from impetus_sim.scenario.quantities import Metres, Number, Seconds, Share, limits
from impetus_sim.world.air import FRESH_O2_PERCENT
from impetus_sim.world.context import PartContext

M3_PER_LITRE = 1e-3
PPM = 1e6
PERCENT = 100.0


class GasSpec(HazardSpec):
    """A source of gases.

    Parameters
    ----------
    lasts
        How long it emits, s.
    co, co2
        Carbon monoxide and dioxide given off, litres per second.
    o2
        Oxygen used up, litres per second, beside what the gases displace.
    mixing_height
        Height over which they are mixed, m.
    seen_within, seen_share
        Distance in metres, and the share of people there who decide to leave, every five seconds; gases are not
        seen, so nobody unless said.
    """

    lasts: Annotated[Seconds, limits(above=0.0, high=7200.0)] = 60.0
    co: Annotated[Number, limits(low=0.0, high=1e5)] = 1.0
    co2: Annotated[Number, limits(low=0.0, high=1e6)] = 20.0
    o2: Annotated[Number, limits(low=0.0, high=1e6)] = 20.0
    mixing_height: Annotated[Metres, limits(low=0.5, high=100.0)] = 2.5
    seen_within: Annotated[Metres, limits(high=500.0)] = 0.0
    seen_share: Share = 0.3


@register("hazards", "gas")
class Gas(LastingSource):
    """A source that emits once a second."""

    Spec = GasSpec
    reported_as = "gas"
    harms_by_gas = True

    def __init__(self, name: str, spec: Any, context: PartContext) -> None:
        super().__init__(name, spec, context)
        self._air = context.world.need_air()

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Emit; be noticed now and then; or end."""
        s = self.spec
        if self.is_end(n):
            return self.log("gas_source_out", causes)
        event = causes[-1] if n else self.log("gas", causes, lasts_s=s.lasts)
        if n == 0:
            self._air.add_source(self.name, self.place.x, self.place.y, event)
        share_m2 = EMIT_EVERY_S * M3_PER_LITRE / s.mixing_height
        displaced = FRESH_O2_PERCENT / PERCENT * (s.co + s.co2)
        self._air.emit(
            self.place.x,
            self.place.y,
            co_ppm=s.co * share_m2 * PPM,
            co2_percent=s.co2 * share_m2 * PERCENT,
            o2_deficit=(s.o2 + displaced) * share_m2 * PERCENT,
        )
        if s.seen_within > 0.0 and n % NOTICE_EVERY == 0:
            self.be_seen(n, event)
        return event
