"""Sending units to a place, and calling them back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from impetus_sim.registry import register
from impetus_sim.response.base import Intervention, InterventionSpec
from impetus_sim.response.terms import Terms
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import Count, Seconds, limits
from impetus_sim.scenario.units import UnitKind
from impetus_sim.world.context import PartContext
from impetus_sim.world.units import UnitOrder, require_units


class SendUnitsSpec(InterventionSpec):
    """Send units.

    Parameters
    ----------
    at
        Where they are wanted.
    unit
        ``police``, ``fire``, ``ambulance``, ``road_crew`` or ``grid_crew``.
    count
        How many.
    priority
        0 for the most urgent; requests of a lower number are served first.
    recall_after
        Call those that are not back yet after this time, s; never when left out.
    """

    at: Place
    unit: UnitKind
    count: Annotated[Count, limits(low=1, high=1000)] = 1
    priority: Annotated[Count, limits(high=9)] = 0
    recall_after: Annotated[Seconds, limits(above=0.0)] | None = None


@register("interventions", "send_units")
class SendUnits(Intervention):
    """A request to dispatch, as a control room would make it."""

    Spec = SendUnitsSpec
    terms = Terms(cost_eur=200, lead_time_s=60, staff=0, legal="The organisation's own command.")

    def __init__(self, name: str, spec: Any, context: PartContext) -> None:
        super().__init__(name, spec, context)
        self._units = require_units(context.world)
        self._middle = context.locate(spec.at).centroid

    def offsets_s(self) -> Sequence[float]:
        """Return now and, where asked, the time of the recall."""
        return [0.0] if self.spec.recall_after is None else [0.0, self.spec.recall_after]

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Ask for the units, then call them back."""
        x, y = self._middle.x, self._middle.y
        kind = "units_asked" if n == 0 else "units_called_back"
        event = self.world.log(
            kind, self.name, x=x, y=y, causes=causes, unit=self.spec.unit, count=int(self.spec.count)
        )
        if n:
            self._units.order(self.world.tick, self.name, UnitOrder.RECALL, cause=event)
            return event
        self.world.need_alarms().ask_units(
            self.name,
            self.spec.unit,
            int(self.spec.count),
            tick=self.world.tick,
            x=x,
            y=y,
            priority=int(self.spec.priority),
            cause=event,
        )
        return event
