"""Bringing generators to assets that lack power, and taking them away again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Final

from impetus_sim.registry import register
from impetus_sim.response.base import Intervention, InterventionSpec
from impetus_sim.response.terms import Terms
from impetus_sim.scenario.on_assets import OnAssets, find_assets
from impetus_sim.scenario.quantities import Seconds, limits
from impetus_sim.world.assets import Order
from impetus_sim.world.context import PartContext

MOBILE: Final = "~generator_"
"""Before the id of the asset to which it is brought: after all other ids in their order."""


class MobileGeneratorSpec(InterventionSpec, OnAssets):
    """Bring a generator to each of some assets. Who brings it keeps it fuelled.

    Parameters
    ----------
    lasts
        It is taken away after this time, s; not at all when left out.
    """

    lasts: Annotated[Seconds, limits(above=0.0)] | None = None

    needs: ClassVar[tuple[str, ...]] = ("infrastructure",)


@register("interventions", "mobile_generator")
class MobileGenerator(Intervention):
    """Brought, and where asked taken away."""

    Spec = MobileGeneratorSpec
    terms = Terms(
        cost_eur=2000,
        lead_time_s=7200,
        staff=2,
        legal="Contract, or mutual aid between operators; requisition by law in a state of emergency.",
    )

    def __init__(self, name: str, spec: Any, context: PartContext) -> None:
        super().__init__(name, spec, context)
        assets = context.world.assets
        rows = find_assets(spec, assets, context.locate)
        assert assets is not None
        self._generators = [assets.row(f"{MOBILE}{assets.ids[row]}") for row in rows.tolist()]

    def offsets_s(self) -> Sequence[float]:
        """Return now and, where asked, the time at which they are taken away."""
        return [0.0] if self.spec.lasts is None else [0.0, self.spec.lasts]

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Bring, then take away."""
        kind = "generators_taken" if n else "generators_brought"
        event = self.world.log(kind, self.name, causes=causes, n=len(self._generators))
        for row in self._generators:
            self.world.order_asset(row, Order.BY_HAND, 1.0 - n, cause=event)
        return event
