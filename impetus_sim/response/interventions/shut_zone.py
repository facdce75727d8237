"""Shutting off power or water in an area, and giving it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Final, Literal

from impetus_sim.registry import register
from impetus_sim.response.base import Intervention, InterventionSpec
from impetus_sim.response.terms import Terms
from impetus_sim.scenario.on_assets import find_assets_in
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import Seconds, limits
from impetus_sim.world.assets import Order
from impetus_sim.world.context import PartContext

SHUT_AT: Final = {"power": "transformer", "water": "water_zone"}
"""Kind of the assets at which each service is shut off."""


class ShutZoneSpec(InterventionSpec):
    """Shut off a service in an area (the scenario needs the section `infrastructure`).

    Parameters
    ----------
    service
        ``power`` (at the transformers in the area) or ``water`` (at its water zones).
    at
        The area.
    restore_after
        It is given back after this time, s; not at all when left out.
    by_hand
        Staff switch on the spot; otherwise commands go over the control network, and wait where that is cut.
    """

    service: Literal["power", "water"]
    at: Place
    restore_after: Annotated[Seconds, limits(above=0.0)] | None = None
    by_hand: bool = True

    needs: ClassVar[tuple[str, ...]] = ("infrastructure",)


@register("interventions", "shut_zone")
class ShutZone(Intervention):
    """Off, and where asked on again."""

    Spec = ShutZoneSpec
    terms = Terms(
        cost_eur=1000,
        lead_time_s=1800,
        staff=2,
        legal="Operator's command in danger; supply contracts and the regulator's rules otherwise.",
    )

    def __init__(self, name: str, spec: Any, context: PartContext) -> None:
        super().__init__(name, spec, context)
        kinds, area = (SHUT_AT[spec.service],), context.locate(spec.at)
        self._rows = find_assets_in(kinds, context.world.assets, area, at=spec.at)
        self._middle = area.centroid

    def offsets_s(self) -> Sequence[float]:
        """Return now and, where asked, the time at which it is given back."""
        return [0.0] if self.spec.restore_after is None else [0.0, self.spec.restore_after]

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Shut off, then give back."""
        kind, middle = "zone_restored" if n else "zone_shut", self._middle
        said = {"service": self.spec.service, "assets": len(self._rows)}
        event = self.world.log(kind, self.name, x=middle.x, y=middle.y, causes=causes, **said)
        order = Order.BY_HAND if self.spec.by_hand else Order.LEVEL
        for row in self._rows.tolist():
            self.world.order_asset(row, order, float(n), cause=event)
        return event
