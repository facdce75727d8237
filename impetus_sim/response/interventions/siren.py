"""A siren or alarm bell: loud, but it does not say what is the matter, so that few leave at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from impetus_sim.registry import register
from impetus_sim.response.base import Intervention, InterventionSpec
from impetus_sim.response.terms import Terms
from impetus_sim.scenario.messages import Message
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import Count, Seconds, Share, limits


class SirenSpec(InterventionSpec):
    """An alarm sounded in an area, repeated.

    Parameters
    ----------
    at
        Area in which it is heard, such as ``{at: PLACE, radius: 300 m}``; everywhere when left out.
    heard_share
        Share of the people there who take each sounding for an alarm that means them. Bells and sirens alone
        move few (Proulx and Sime 1991 in an underground station: hardly anybody left on a bell); with
        `crowd.information` it is the share who hear it, and belief is a matter of credibility.
    repeats, every
        Soundings after the first, and s between them.
    delay_factor
        Multiplies pre-movement times.
    """

    at: Place | None = None
    heard_share: Share = 0.3
    repeats: Annotated[Count, limits(high=1000)] = 2
    every: Annotated[Seconds, limits(above=0.0)] = 60.0
    delay_factor: Annotated[Share, limits(high=1.0)] = 1.0

    def order_area(self) -> Place | None:
        """Return where it is heard."""
        return self.at

    def message(self) -> Message:
        """Return what a sounding is to people."""
        return Message(source="siren")


@register("interventions", "siren")
class Siren(Intervention):
    """Soundings of a siren."""

    Spec = SirenSpec
    terms = Terms(cost_eur=0, lead_time_s=60, staff=1, legal="Authority named by law for public warning.")

    def offsets_s(self) -> Sequence[float]:
        """Return the moments of the soundings."""
        return [k * self.spec.every for k in range(int(self.spec.repeats) + 1)]

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Sound."""
        s = self.spec
        event = self.world.log("siren", self.name, causes=causes, sounding=n + 1)
        radius = float("inf") if s.at is None else float("nan")
        self.announce(
            str(n), event, x=0.0, y=0.0, radius_m=radius, share=s.heard_share, delay_factor=s.delay_factor
        )
        return event
