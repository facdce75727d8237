"""Holding people back: those in an area are asked to stay until released, so that others get away first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from impetus_sim.registry import register
from impetus_sim.response.base import Intervention, InterventionSpec
from impetus_sim.response.terms import Terms
from impetus_sim.scenario.names import Texts
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import Seconds, Share, limits
from impetus_sim.world.tables import HOLD, RELEASE


class CordonSpec(InterventionSpec):
    """Hold people back in an area.

    Parameters
    ----------
    at
        The area; whoever is in it when the cordon stands is asked to stay.
    hold_for
        Until release, s.
    compliance
        Share of people who stay; nobody stays once a threat is heard or seen.
    gates
        Gates that are closed while it stands: then nobody passes them, whether they comply or not.
    """

    at: Place
    hold_for: Annotated[Seconds, limits(above=0.0)] = 60.0
    compliance: Share = 0.9
    gates: Texts = ()

    def order_area(self) -> Place | None:
        """Return the area held."""
        return self.at

    def references(self) -> list[tuple[str, str, str]]:
        """Return the gates, and the hazard it waits for."""
        return [*super().references(), *((f"gates.{i}", "gates", name) for i, name in enumerate(self.gates))]


@register("interventions", "cordon")
class Cordon(Intervention):
    """A line of stewards around an area, and its end."""

    Spec = CordonSpec
    terms = Terms(
        cost_eur=0,
        lead_time_s=300,
        staff=6,
        legal="Police powers to order people to stay away; stewards ask only.",
    )

    def offsets_s(self) -> Sequence[float]:
        """Return the moments of holding and of release."""
        return [0.0, self.spec.hold_for]

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Hold, then release."""
        event = self.world.log("cordon_set" if n == 0 else "cordon_lifted", self.name, causes=causes)
        self.world.orders.append(
            {
                "tick": self.world.tick,
                "kind": HOLD if n == 0 else RELEASE,
                "share": self.spec.compliance,
                "cause": event,
                "key": self.name.encode(),
            }
        )
        for gate in self.spec.gates:
            self.world.set_gate(gate, is_open=n > 0, causes=(event,))
        return event
