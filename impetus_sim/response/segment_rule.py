"""What interventions on the control network share: the segments that they are about."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from impetus_sim.response.base import Intervention, InterventionSpec
from impetus_sim.scenario.names import Texts
from impetus_sim.world.context import PartContext
from impetus_sim.world.network_orders import announce_segments


class SegmentRuleSpec(InterventionSpec):
    """Something done to segments of the control network (the scenario needs the section `cyber`).

    Parameters
    ----------
    segments
        Zones such as ``control_centre_power.field``, or nodes, with ``*`` and ``?``; `impetus cyber surface` lists
        the nodes.
    """

    segments: Annotated[Texts, Field(min_length=1)]

    needs: ClassVar[tuple[str, ...]] = ("cyber",)


class SegmentRule(Intervention):
    """Orders about segments."""

    def __init__(self, name: str, spec: Any, context: PartContext) -> None:
        super().__init__(name, spec, context)
        self._orders = announce_segments(self.world, name, spec.segments)

    def order(self, kind: int, cause: int) -> None:
        """Order something about each segment."""
        for segment in self.spec.segments:
            self._orders.order(self.world, segment, kind, cause=cause)
