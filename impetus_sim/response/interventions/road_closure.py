"""Closing streets to vehicles, for good or for a while."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from impetus_sim.registry import register
from impetus_sim.response.base import Intervention, InterventionSpec
from impetus_sim.response.terms import Terms
from impetus_sim.scenario.quantities import Seconds, limits
from impetus_sim.scenario.roads import OnRoads
from impetus_sim.world.context import PartContext
from impetus_sim.world.tables import ROAD_CLOSED


class RoadClosureSpec(InterventionSpec, OnRoads):
    """Close streets to vehicles, or an area.

    Parameters
    ----------
    into_only
        Close only the streets that lead into the area `at`: nobody drives in, whoever is inside may leave.
    reopen_after
        Open again after this time, s; never when left out.
    """

    into_only: bool = False
    reopen_after: Annotated[Seconds, limits(above=0.0)] | None = None


@register("interventions", "road_closure")
class RoadClosure(Intervention):
    """Streets that no vehicle may enter; who is on them drives on, all others learn of it and find other ways."""

    Spec = RoadClosureSpec
    terms = Terms(
        cost_eur=1000,
        lead_time_s=900,
        staff=4,
        legal="Traffic order of the road authority; police powers until it is made.",
    )

    def __init__(self, name: str, spec: Any, context: PartContext) -> None:
        super().__init__(name, spec, context)
        self._middle = context.locate(spec.at).centroid

    def offsets_s(self) -> Sequence[float]:
        """Return now and, where asked, the time of opening again."""
        return [0.0] if self.spec.reopen_after is None else [0.0, self.spec.reopen_after]

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Close the streets, then open them again."""
        kind = "road_closed" if n == 0 else "road_reopened"
        event = self.world.log(kind, self.name, x=self._middle.x, y=self._middle.y, causes=causes)
        self.world.order_roads(self.name, ROAD_CLOSED, 1.0 - n, cause=event)
        return event
