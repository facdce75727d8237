"""Sending people to an exit: signs or stewards in an area, whom a share of the passers-by follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from impetus_sim.registry import register
from impetus_sim.response.base import Intervention, InterventionSpec
from impetus_sim.response.terms import Terms
from impetus_sim.scenario.messages import Message
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import Seconds, Share, limits
from impetus_sim.world.tables import GUIDE

LOOK_EVERY_S = 2.0
"""How often people in the area are told; somebody crosses a few metres in this time."""


class GuidanceSpec(InterventionSpec):
    """Signs or stewards that name an exit. They steer those who leave; they make nobody leave.

    Parameters
    ----------
    at
        The area in which they are seen or heard.
    exit
        Name of the exit.
    compliance
        Share of people who follow.
    exit_worth
        Seconds of longer way or wait for which those people follow.
    lasts
        How long, s.
    """

    at: Place
    exit: str
    compliance: Share = 0.7
    exit_worth: Seconds = 60.0
    lasts: Annotated[Seconds, limits(above=0.0, high=86400.0)] = 1800.0

    def order_area(self) -> Place | None:
        """Return the area."""
        return self.at

    def message(self) -> Message:
        """Return what it tells."""
        return Message(source="staff", exit=self.exit, worth=self.exit_worth)

    def references(self) -> list[tuple[str, str, str]]:
        """Return the exit, and the hazard it waits for."""
        return [*super().references(), ("exit", "exits", self.exit)]


@register("interventions", "guidance")
class GuidanceIntervention(Intervention):
    """An exit named to whoever is in an area."""

    Spec = GuidanceSpec
    terms = Terms(cost_eur=500, lead_time_s=120, staff=4, legal="None needed: advice.")

    def offsets_s(self) -> Sequence[float]:
        """Return the moments at which people in the area are told."""
        return [k * LOOK_EVERY_S for k in range(max(1, int(-(-self.spec.lasts // LOOK_EVERY_S))))]

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Tell those who are there now."""
        event = causes[-1] if n else self.world.log("guidance", self.name, causes=causes, exit=self.spec.exit)
        self.world.orders.append(
            {
                "tick": self.world.tick,
                "kind": GUIDE,
                "share": self.spec.compliance,
                "cause": event,
                "key": self.name.encode(),
            }
        )
        return event
