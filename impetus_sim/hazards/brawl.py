"""A brawl: people nearby draw back from it; those who see it may leave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from impetus_sim.hazards.base import Hazard, HazardSpec
from impetus_sim.registry import register
from impetus_sim.scenario.quantities import Metres, Seconds, Share, limits

NOTICE_EVERY_S = 5.0


class BrawlSpec(HazardSpec):
    """A fight at one place.

    Parameters
    ----------
    lasts
        How long, s.
    seen_within, seen_share
        Distance in metres, and the share of people there who decide to leave, every five seconds.
    danger_distance, avoid_distance
        Within the first people are exposed, within the second they turn away, m.
    """

    lasts: Annotated[Seconds, limits(above=0.0)] = 60.0
    seen_within: Annotated[Metres, limits(high=200.0)] = 12.0
    seen_share: Share = 0.15
    danger_distance: Annotated[Metres, limits(high=50.0)] = 3.0
    avoid_distance: Annotated[Metres, limits(high=100.0)] = 8.0


@register("hazards", "brawl")
class Brawl(Hazard):
    """A fight; noticed again every `NOTICE_EVERY_S` until it ends."""

    Spec = BrawlSpec
    reported_as = "brawl"

    def times_s(self) -> Sequence[float]:
        """Return the start, the later moments at which it is noticed, and the end."""
        s = self.spec
        n = max(1, int(-(-s.lasts // NOTICE_EVERY_S)))
        return [*(s.start + k * NOTICE_EVERY_S for k in range(n)), s.start + s.lasts]

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Break out, be noticed again, or end."""
        s = self.spec
        if n == len(self.times_s()) - 1:
            self.calm()
            return self.log("threat_over", causes)
        event = causes[-1] if n else self.log("brawl", causes, lasts_s=s.lasts)
        if n == 0:
            self.threaten(event, danger_m=s.danger_distance, avoid_m=s.avoid_distance, strength=1.0)
        self.stimulate(
            n, event, radius_m=s.seen_within, share=s.seen_share, delay_factor=1.0, overrides_hold=False
        )
        return event
