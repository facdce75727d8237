"""Sheltering: people in an area are told to go into the nearest hiding place and stay there until the all-clear."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar

from impetus_sim.registry import register
from impetus_sim.response.base import Intervention, InterventionSpec
from impetus_sim.response.terms import Terms
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import Seconds, Share, limits
from impetus_sim.world.tables import END_SHELTER, SHELTER


class ShelterInPlaceSpec(InterventionSpec):
    """Tell people to go in and stay in (the scenario needs `crowd.hiding_places` and `crowd.threat_perception`).

    Parameters
    ----------
    at
        Who is here when it is told.
    lasts
        Until the all-clear, after which they leave, s.
    compliance
        Share of people who follow. A chosen value.
    """

    at: Place
    lasts: Annotated[Seconds, limits(above=0.0)] = 3600.0
    compliance: Share = 0.7

    needs: ClassVar[tuple[str, ...]] = ("crowd.hiding_places", "crowd.threat_perception")

    def order_area(self) -> Place | None:
        """Return the area that is told."""
        return self.at


@register("interventions", "shelter_in_place")
class ShelterInPlace(Intervention):
    """In, and out again at the all-clear."""

    Spec = ShelterInPlaceSpec
    terms = Terms(
        cost_eur=500,
        lead_time_s=300,
        staff=2,
        legal="Advice; an order to stay rests on police or civil protection law.",
    )

    def offsets_s(self) -> Sequence[float]:
        """Return the moments of the word and of the all-clear."""
        return [0.0, self.spec.lasts]

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Tell, then give the all-clear."""
        event = self.world.log("all_clear" if n else "shelter_ordered", self.name, causes=causes)
        self.world.orders.append(
            {
                "tick": self.world.tick,
                "kind": END_SHELTER if n else SHELTER,
                "share": self.spec.compliance,
                "cause": event,
                "key": self.name.encode(),
            }
        )
        return event
