"""A breakdown or accident on a street: it blocks lanes until it is cleared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from impetus_sim.hazards.base import Hazard, HazardSpec
from impetus_sim.registry import register
from impetus_sim.scenario.quantities import Count, Seconds, Share, limits
from impetus_sim.scenario.roads import OnRoads
from impetus_sim.world.tables import ROAD_CAPACITY, ROAD_LANES

SHOULDER = 0.5
"""Stands for lanes = 0: nothing is blocked but drivers look."""


class RoadIncidentSpec(HazardSpec, OnRoads):
    """Lanes blocked on every street that the place is about.

    Parameters
    ----------
    lasts
        Until it is cleared, s.
    lanes
        Lanes blocked on each; 0 for a shoulder or parking lane. What the others still pass is taken from the
        Highway Capacity Manual (2010, exhibit 10-17): one lane of two blocked leaves 35 % of the capacity.
    capacity_left
        Share of the capacity left, instead of the manual's; 0 blocks the street at its end.
    """

    lasts: Annotated[Seconds, limits(above=0.0)] = 1800.0
    lanes: Annotated[Count, limits(high=8)] = 1
    capacity_left: Share | None = None


@register("hazards", "road_incident")
class RoadIncident(Hazard):
    """Happens, and is cleared."""

    Spec = RoadIncidentSpec
    reported_as = "traffic"

    def times_s(self) -> Sequence[float]:
        """Return the start and the end."""
        return [self.spec.start, self.spec.start + self.spec.lasts]

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Happen, or be cleared."""
        s, is_over = self.spec, n == 1
        event = self.log("road_incident_cleared" if is_over else "road_incident", causes)
        if s.capacity_left is not None:
            self.world.order_roads(
                self.name, ROAD_CAPACITY, 1.0 if is_over else float(s.capacity_left), cause=event
            )
        else:
            value = 0.0 if is_over else float(s.lanes) or SHOULDER
            self.world.order_roads(self.name, ROAD_LANES, value, cause=event)
        return event
