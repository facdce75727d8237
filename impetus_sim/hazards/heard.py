"""Hazards that are heard as a threat, and feared where they happened for a while: shots, blasts, attackers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from impetus_sim.hazards.base import Hazard, HazardSpec
from impetus_sim.scenario.messages import Message
from impetus_sim.scenario.quantities import Share

FEAR: Final = 1.5
"""Strength with which people turn away, relative to the pull of their goal."""


class HeardSpec(HazardSpec):
    """What is heard; the kinds add ``heard_within``, ``danger_distance`` and ``avoid_distance``, m.

    Parameters
    ----------
    heard_share
        Share of the people within hearing who take it for a threat.
    delay_factor
        Multiplies pre-movement times: people who hear it hesitate less than after an announcement.
    """

    heard_share: Share = 0.9
    delay_factor: Share = 0.3

    def message(self) -> Message:
        """Return what it is to people: something heard."""
        return Message(source="threat_heard", is_threat=True)


class HeardHazard(Hazard):
    """Lets people hear it, and fear the place."""

    def be_heard(self, n: int, event: int) -> None:
        """Let people within hearing notice it; `n` as of `stimulate`."""
        s = self.spec
        self.stimulate(
            n,
            event,
            radius_m=s.heard_within,
            share=s.heard_share,
            delay_factor=s.delay_factor,
            overrides_hold=True,
        )

    def be_feared(self, event: int) -> None:
        """Become something that people turn away from."""
        s = self.spec
        self.threaten(event, danger_m=s.danger_distance, avoid_m=s.avoid_distance, strength=FEAR)

    def end_fear(self, causes: Sequence[int]) -> int:
        """Stop being feared, and return the event."""
        self.calm()
        return self.log("threat_over", causes)
