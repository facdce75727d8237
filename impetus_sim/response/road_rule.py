"""What interventions share that set a rule on the roads for good or for a while."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from shapely.geometry import Point

from impetus_sim.response.base import Intervention, InterventionSpec
from impetus_sim.scenario.quantities import Seconds, limits
from impetus_sim.world.context import PartContext


class RoadRuleSpec(InterventionSpec):
    """A rule on the roads.

    Parameters
    ----------
    ends_after
        It holds for this time, s; for good when left out.
    """

    ends_after: Annotated[Seconds, limits(above=0.0)] | None = None


class RoadRule(Intervention):
    """Begins and, where asked, ends.

    ORDER: kind of its orders (`world.tables`), with value 1 and 0. BEGUN, ENDED: kinds of its events.
    """

    ORDER: ClassVar[int]
    BEGUN: ClassVar[str]
    ENDED: ClassVar[str]

    def __init__(self, name: str, spec: Any, context: PartContext) -> None:
        super().__init__(name, spec, context)
        self._middle = self.middle(context)

    def middle(self, context: PartContext) -> Point:
        """Return the point at which its events are shown."""
        return context.locate(self.spec.at).centroid

    def offsets_s(self) -> Sequence[float]:
        """Return now and, where asked, the time of its end."""
        return [0.0] if self.spec.ends_after is None else [0.0, self.spec.ends_after]

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Begin, then end."""
        kind = self.BEGUN if n == 0 else self.ENDED
        event = self.world.log(kind, self.name, x=self._middle.x, y=self._middle.y, causes=causes)
        self.world.order_roads(self.name, self.ORDER, 1.0 - n, cause=event)
        return event
