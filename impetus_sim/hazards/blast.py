"""A blast: overpressure hurts people, breaks glass and assets, and is heard; laws in `hazards.blast_law`.

Open field: walls neither shield nor reflect. Between buildings the pressure along a street is higher than this
(channelled and reflected), behind a block lower: a lower bound along canyons, an upper bound behind blocks.
Fragments, falls and collapsing buildings are left out, and with them many of those whom a blast would hurt.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final, Literal

import numpy as np

from impetus_sim.hazards import blast_law
from impetus_sim.hazards.fragility.breaking import Breaking
from impetus_sim.hazards.heard import HeardHazard, HeardSpec
from impetus_sim.registry import register
from impetus_sim.scenario.quantities import Metres, Number, Seconds, Share, limits
from impetus_sim.world.context import PartContext

LEAST_KPA: Final = 1.0
"""Assets are looked at where the pressure is at least this: the weakest curve has its half at 20 kPa."""


class BlastSpec(HeardSpec):
    """One charge on the ground.

    Parameters
    ----------
    charge
        Equivalent mass of TNT, kg.
    panes
        Of the houses: ``old`` (before 1975) or ``new``.
    glass_share
        Chance that somebody beside a wall is cut when its panes break (chosen: no data for people outdoors).
    heard_within
        Distance within which it is heard, m.
    danger_distance, avoid_distance
        Within the first people are exposed, within the second they turn away, m.
    feared_for
        The place stays feared this long, s.
    """

    charge: Annotated[Number, limits(above=0.0, high=1e6)] = 10.0
    panes: Literal["old", "new"] = "new"
    glass_share: Share = 0.1
    heard_within: Annotated[Metres, limits(high=5000.0)] = 1000.0
    danger_distance: Annotated[Metres, limits(high=1000.0)] = 30.0
    avoid_distance: Annotated[Metres, limits(high=2000.0)] = 60.0
    feared_for: Seconds = 300.0


@register("hazards", "blast")
class Blast(HeardHazard):
    """Goes off; the second act is the end of fear."""

    Spec = BlastSpec
    reported_as = "explosion"

    def __init__(self, name: str, spec: BlastSpec, context: PartContext) -> None:
        super().__init__(name, spec, context)
        world = context.world
        world.need_injuries()
        self._blasts = world.need_blasts()
        self.key = context.stream_key(f"hazards.{name}")
        """Of the draws of whom it hurts."""
        self._breaking: Breaking | None = None
        if world.assets is not None:
            reach_m = blast_law.reach_m(LEAST_KPA, float(spec.charge))
            self._apart = np.hypot(world.assets.x - self.place.x, world.assets.y - self.place.y)
            rows = np.flatnonzero(self._apart <= reach_m).astype(np.int64)
            self._breaking = Breaking(self, context, rows, "blast_overpressure")

    def times_s(self) -> Sequence[float]:
        """Return the moment, and the end of fear."""
        return [self.spec.start, self.spec.start + self.spec.feared_for]

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Go off, or be over."""
        s = self.spec
        if n == 1:
            return self.end_fear(causes)
        charge = float(s.charge)
        event = self.log(
            "blast", causes, charge_kg=charge, kpa_35_within_m=round(blast_law.reach_m(35.0, charge), 1)
        )
        self._blasts.append(
            {
                "tick": self.world.tick,
                "key": self.name.encode(),
                "x": self.place.x,
                "y": self.place.y,
                "charge_kg": charge,
                "event": event,
                "is_served": 0,
            }
        )
        self.be_feared(event)
        self.be_heard(n, event)
        if self._breaking is not None and len(self._breaking.rows):
            z = blast_law.scaled_distance(self._apart[self._breaking.rows], charge)
            pressure = blast_law.overpressure_kpa(z)
            self._breaking.strike("assets_exposed", [event], pressure, float(pressure.max()))
        return event
