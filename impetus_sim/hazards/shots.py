"""Shots heard in the open: people who hear them flee, after a shortened pre-movement time.

What is modelled is the reaction, not the weapon: blank and live rounds sound alike. Nobody is hurt here; who
stood within the danger distance counts as exposed. Audibility: a gunshot's peak level is about 150 to 165 dB
at the muzzle (NIOSH 2003-era surveys), far above city noise at 100 m and more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from impetus_sim.hazards.heard import HeardHazard, HeardSpec
from impetus_sim.registry import register
from impetus_sim.scenario.quantities import Count, Metres, Seconds, limits


class ShotsSpec(HeardSpec):
    """Shots at one place.

    Parameters
    ----------
    count, interval
        Number of shots and seconds between them.
    heard_within
        Distance within which each shot is heard, m.
    danger_distance, avoid_distance
        Within the first people are exposed, within the second they turn away, m.
    lasts
        The place stays feared this long after the last shot, s.
    """

    count: Annotated[Count, limits(low=1, high=1000)] = 5
    interval: Annotated[Seconds, limits(above=0.0)] = 1.5
    heard_within: Annotated[Metres, limits(above=0.0, high=2000.0)] = 150.0
    danger_distance: Annotated[Metres, limits(high=500.0)] = 25.0
    avoid_distance: Annotated[Metres, limits(high=1000.0)] = 50.0
    lasts: Seconds = 300.0


@register("hazards", "shots")
class Shots(HeardHazard):
    """Shots at one place; the last act is the end of the threat."""

    Spec = ShotsSpec
    reported_as = "gunshot"

    def times_s(self) -> Sequence[float]:
        """Return the time of each shot, then the end."""
        s = self.spec
        shots = [s.start + k * s.interval for k in range(int(s.count))]
        return [*shots, shots[-1] + s.lasts]

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Fire, or end."""
        s = self.spec
        if n == int(s.count):
            return self.end_fear(causes)
        event = self.log("shot", causes, heard_within_m=s.heard_within)
        if n == 0:
            self.be_feared(event)
        self.be_heard(n, event)
        return event
