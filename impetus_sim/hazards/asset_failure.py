"""Something the city runs on breaks: a feeder is cut, a pump seizes, a mast falls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from shapely.geometry import Point

from impetus_sim.hazards.base import Hazard
from impetus_sim.registry import register
from impetus_sim.scenario.messages import Message
from impetus_sim.scenario.on_assets import OnAssets, find_assets
from impetus_sim.scenario.quantities import Number, Seconds, limits
from impetus_sim.world.assets import Order
from impetus_sim.world.context import PartContext


class AssetFailureSpec(OnAssets):
    """Assets that break at once.

    Parameters
    ----------
    start
        When, s.
    lasts
        Until they work again by themselves, s; when left out a crew has to repair them.
    repair_hours
        Work of a crew on each, h; the rule of its kind when left out.
    """

    start: Seconds
    lasts: Annotated[Seconds, limits(above=0.0)] | None = None
    repair_hours: Annotated[Number, limits(above=0.0, high=10_000.0)] | None = None

    def message(self) -> Message:
        """Return what it is to people who see it: nothing that they would flee from."""
        return Message(source="rumour")


@register("hazards", "asset_failure")
class AssetFailure(Hazard):
    """Breaks, and works again."""

    Spec = AssetFailureSpec
    reported_as = "outage"

    def __init__(self, name: str, spec: Any, context: PartContext) -> None:
        self._rows = find_assets(spec, context.world.assets, context.locate)
        super().__init__(name, spec, context)

    def find_place(self, context: PartContext) -> Point:
        """Return where the first of them stands."""
        assets = context.world.assets
        assert assets is not None
        return Point(assets.x[self._rows[0]], assets.y[self._rows[0]])

    def times_s(self) -> Sequence[float]:
        """Return the start, and the end where it has one."""
        s = self.spec
        return [s.start] if s.lasts is None else [s.start, s.start + s.lasts]

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Break, or work again."""
        event = self.log("assets_work_again" if n else "assets_failed", causes, n=len(self._rows))
        kind = Order.REPAIRED if n else Order.DAMAGE
        hours = 0.0 if n or self.spec.repair_hours is None else float(self.spec.repair_hours)
        for row in self._rows.tolist():
            self.world.order_asset(row, kind, hours, cause=event)
        return event
