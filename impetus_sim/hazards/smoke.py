"""A smoke source (coloured smoke, a burning bin): smoke spreads over the ground, slows people and alarms them.

The extinction coefficient K follows `impetus_sim.world.smoke`; walking speed under smoke is a coupling
(Frantzich and Nilsson 2003), visibility of light-reflecting signs is about 3 / K (Jin 1978).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from impetus_sim.hazards.base import HazardSpec
from impetus_sim.hazards.lasting import EMIT_EVERY_S, NOTICE_EVERY, LastingSource
from impetus_sim.registry import register
from impetus_sim.scenario.quantities import FixedNumber, Metres, Seconds, Share, limits


class SmokeSpec(HazardSpec):
    """A source of smoke.

    Parameters
    ----------
    lasts
        How long it emits, s.
    rate
        Emission, m2 of extinction per second: 2.0 raises 100 m2 of ground by 1 /m in 50 s.
    seen_within, seen_share
        Distance in metres, and the share of people there who decide to leave, every five seconds.
    avoid_distance
        Within it people turn away from the source, m.
    """

    lasts: Annotated[Seconds, limits(above=0.0, high=7200.0)] = 60.0
    rate: Annotated[FixedNumber, limits(above=0.0, high=1000.0)] = 2.0
    seen_within: Annotated[Metres, limits(high=500.0)] = 40.0
    seen_share: Share = 0.3
    avoid_distance: Annotated[Metres, limits(high=200.0)] = 12.0


@register("hazards", "smoke")
class Smoke(LastingSource):
    """A source that emits once a second."""

    Spec = SmokeSpec
    reported_as = "smoke"

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Emit; be noticed now and then; or end."""
        s = self.spec
        if self.is_end(n):
            self.calm()
            return self.log("smoke_source_out", causes)
        event = causes[-1] if n else self.log("smoke", causes, lasts_s=s.lasts)
        if n == 0:
            self.threaten(event, danger_m=0.0, avoid_m=s.avoid_distance, strength=1.0)
        self.world.smoke.emit(self.place.x, self.place.y, s.rate * EMIT_EVERY_S)
        if n % NOTICE_EVERY == 0:
            self.be_seen(n, event)
        return event
