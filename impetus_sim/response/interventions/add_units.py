"""More units on duty: off-duty crews called in, or help from neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from impetus_sim.registry import register
from impetus_sim.response.base import Intervention, InterventionSpec
from impetus_sim.response.terms import Terms
from impetus_sim.scenario.units import UnitGroup
from impetus_sim.world.context import PartContext
from impetus_sim.world.units import UnitOrder, require_units


class AddUnitsSpec(InterventionSpec, UnitGroup):
    """Bring units that are not there at first; `lead_time` is what they need to get ready."""

    def references(self) -> list[tuple[str, str, str]]:
        """Return the hazard that it waits for, and the stations that it names."""
        return [*InterventionSpec.references(self), *UnitGroup.references(self)]


@register("interventions", "add_units")
class AddUnits(Intervention):
    """From now on its units are at their stations, and are sent like all others."""

    Spec = AddUnitsSpec
    terms = Terms(
        cost_eur=2000,
        lead_time_s=1800,
        staff=0,
        legal="Mutual aid between organisations and municipalities.",
    )

    def __init__(self, name: str, spec: Any, context: PartContext) -> None:
        super().__init__(name, spec, context)
        self._units = require_units(context.world)

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Put them on duty."""
        del n
        event = self.world.log(
            "units_added", self.name, causes=causes, unit=self.spec.unit, count=int(self.spec.count)
        )
        self._units.order(self.world.tick, self.name, UnitOrder.ADD, cause=event)
        return event
