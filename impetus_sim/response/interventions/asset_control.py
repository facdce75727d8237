"""Operators switch what the city runs on, over its control network or by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from impetus_sim.registry import register
from impetus_sim.response.base import Intervention, InterventionSpec
from impetus_sim.response.terms import Terms
from impetus_sim.scenario.on_assets import OnAssets, find_assets
from impetus_sim.scenario.quantities import Share
from impetus_sim.world.assets import Order
from impetus_sim.world.context import PartContext


class AssetControlSpec(InterventionSpec, OnAssets):
    """A command to assets.

    Parameters
    ----------
    level
        What they shall give: 0 off (breaker open, pump stopped), 1 on.
    by_hand
        Staff switch on the spot; otherwise a command goes over the control network, and waits where that is cut.
    """

    level: Share
    by_hand: bool = False


@register("interventions", "asset_control")
class AssetControl(Intervention):
    """One command, given once."""

    Spec = AssetControlSpec
    terms = Terms(
        cost_eur=0,
        lead_time_s=120,
        staff=1,
        legal="The operator's own command; supply contracts where customers are cut off.",
    )

    def __init__(self, name: str, spec: Any, context: PartContext) -> None:
        super().__init__(name, spec, context)
        self._rows = find_assets(spec, context.world.assets, context.locate)

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Switch."""
        del n
        event = self.world.log("asset_control", self.name, causes=causes, level=float(self.spec.level))
        kind = Order.BY_HAND if self.spec.by_hand else Order.LEVEL
        for row in self._rows.tolist():
            self.world.order_asset(row, kind, float(self.spec.level), cause=event)
        return event
