"""Departures in stages: who sets out when, by the area in which a trip begins; or who is held back."""

from __future__ import annotations

import shapely
from shapely.geometry import Point

from impetus_sim.registry import register
from impetus_sim.response.road_rule import RoadRule, RoadRuleSpec
from impetus_sim.response.terms import Terms
from impetus_sim.scenario.departure_stages import DepartureStages
from impetus_sim.world.context import PartContext
from impetus_sim.world.tables import DEPARTURES


class StagedDepartureSpec(RoadRuleSpec, DepartureStages):
    """Let trips that have not begun set out in stages."""

    def references(self) -> list[tuple[str, str, str]]:
        """Return the hazard it waits for, and the entries of the demand."""
        return [*super().references(), *(("of", "demand", name) for name in self.of)]


@register("interventions", "staged_departure")
class StagedDeparture(RoadRule):
    """Trips begin later, or when they are released; of several orders about one trip the latest holds."""

    Spec = StagedDepartureSpec
    terms = Terms(
        cost_eur=0,
        lead_time_s=1800,
        staff=4,
        legal="Advice; an order to stay or leave needs a state of emergency in most countries.",
    )
    ORDER, BEGUN, ENDED = DEPARTURES, "departures_staged", "departures_released"

    def middle(self, context: PartContext) -> Point:
        """Return the middle of its areas; nowhere for trips from everywhere."""
        areas = [context.locate(stage.at) for stage in self.spec.stages if stage.at is not None]
        return shapely.union_all(areas).centroid if areas else Point(float("nan"), float("nan"))
