"""What smoke and gas hazards share: a source that emits once a second, an area that stays for a while, and that
people who see either may decide to leave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from impetus_sim.hazards.base import Hazard
from impetus_sim.world.context import PartContext

EMIT_EVERY_S = 1.0
NOTICE_EVERY = 5
"""Emissions between two moments at which people notice the source."""
SEEN_DELAY_FACTOR = 0.7
"""Multiplies the pre-movement time of those who see smoke or gas: they hesitate less than after an announcement."""


class Lasting(Hazard):
    """A hazard that can be seen for as long as it lasts."""

    def be_seen(self, n: int, event: int) -> None:
        """Let people within `seen_within` notice its n-th act."""
        s = self.spec
        self.stimulate(
            n,
            event,
            radius_m=s.seen_within,
            share=s.seen_share,
            delay_factor=SEEN_DELAY_FACTOR,
            overrides_hold=False,
        )


class LastingSource(Lasting):
    """Emits once a second; its last act is the end."""

    def times_s(self) -> Sequence[float]:
        """Return the moments of emission and the end."""
        s = self.spec
        n = max(1, int(-(-s.lasts // EMIT_EVERY_S)))
        return [*(s.start + k * EMIT_EVERY_S for k in range(n)), s.start + s.lasts]

    def is_end(self, n: int) -> bool:
        """Tell whether the n-th act is the end."""
        return n == len(self.times_s()) - 1


class LastingArea(Lasting):
    """Comes at once over an area, stays, and goes at once."""

    def __init__(self, name: str, spec: Any, context: PartContext) -> None:
        super().__init__(name, spec, context)
        self.area = self.area_of(context.locate(spec.at))
        self.air = context.world.need_air()

    def times_s(self) -> Sequence[float]:
        """Return the start and the end."""
        return [self.spec.start, self.spec.start + self.spec.lasts]
