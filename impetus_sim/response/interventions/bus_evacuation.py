"""Evacuation by bus: buses on call are sent to a stop behind an exit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from impetus_sim.registry import register
from impetus_sim.response.base import Intervention, InterventionSpec
from impetus_sim.response.terms import Terms
from impetus_sim.world.tables import BUSES


class BusEvacuationSpec(InterventionSpec):
    """Send buses. People get to the stop through its exit: `zone_evacuation` or `guidance` can send them there.

    Parameters
    ----------
    bus_stop
        Entry of `traffic.pickups` of kind ``bus_stop`` with ``on_call: true``; its times count from now.
    """

    bus_stop: str

    needs: ClassVar[tuple[str, ...]] = ("traffic",)

    def references(self) -> list[tuple[str, str, str]]:
        """Return the stop, and the hazard it waits for."""
        return [*super().references(), ("bus_stop", "pickups", self.bus_stop)]


@register("interventions", "bus_evacuation")
class BusEvacuation(Intervention):
    """Called once."""

    Spec = BusEvacuationSpec
    terms = Terms(
        cost_eur=5000,
        lead_time_s=3600,
        staff=4,
        legal="Contract with the transport operator; requisition by law in a state of emergency.",
    )

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Call the buses."""
        del n
        event = self.world.log("buses_called", self.name, causes=causes, bus_stop=self.spec.bus_stop)
        self.world.order_roads(self.spec.bus_stop, BUSES, 1.0, cause=event)
        return event
