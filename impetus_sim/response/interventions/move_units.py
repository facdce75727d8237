"""Moving free units ahead, to wait where they may be needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from impetus_sim.registry import register
from impetus_sim.response.base import Intervention, InterventionSpec
from impetus_sim.response.terms import Terms
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import Count, limits
from impetus_sim.scenario.units import UnitKind
from impetus_sim.world.context import PartContext
from impetus_sim.world.units import UnitOrder, require_units


class MoveUnitsSpec(InterventionSpec):
    """Move units ahead.

    Parameters
    ----------
    at
        Where they wait from then on.
    unit
        ``police``, ``fire``, ``ambulance``, ``road_crew`` or ``grid_crew``.
    count
        How many of those that are free, the nearest first.
    """

    at: Place
    unit: UnitKind
    count: Annotated[Count, limits(low=1, high=1000)] = 1


@register("interventions", "move_units")
class MoveUnits(Intervention):
    """Free units drive to a place and wait in their vehicles: from there they set out at once."""

    Spec = MoveUnitsSpec
    terms = Terms(cost_eur=200, lead_time_s=600, staff=0, legal="The organisation's own command.")

    def __init__(self, name: str, spec: Any, context: PartContext) -> None:
        super().__init__(name, spec, context)
        self._units = require_units(context.world)
        self._middle = context.locate(spec.at).centroid

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Order the move."""
        del n
        event = self.world.log(
            "units_moved_ahead",
            self.name,
            x=self._middle.x,
            y=self._middle.y,
            causes=causes,
            unit=self.spec.unit,
            count=int(self.spec.count),
        )
        self._units.order(self.world.tick, self.name, UnitOrder.MOVE, cause=event)
        return event
