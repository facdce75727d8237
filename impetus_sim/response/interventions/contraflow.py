"""Contraflow: lanes of the opposite direction given to one direction of a street, and taken back."""

from __future__ import annotations

from typing import Annotated

from pydantic import model_validator

from impetus_sim.registry import register
from impetus_sim.response.road_rule import RoadRule, RoadRuleSpec
from impetus_sim.response.terms import Terms
from impetus_sim.scenario.quantities import Count, Seconds, limits
from impetus_sim.scenario.roads import OnRoads
from impetus_sim.scenario.spec import refuse
from impetus_sim.world.tables import CONTRAFLOW


class ContraflowSpec(RoadRuleSpec, OnRoads):
    """Give lanes of the opposite direction to the one that leads `towards` a place.

    Parameters
    ----------
    lanes
        Lanes given, at most those that there are; all when left out: nobody drives the other way then.
    clearance
        Least time between the last entry into a lane in one direction and the first in the other, s; the lane must
        be empty besides.
    """

    lanes: Annotated[Count, limits(low=1, high=16)] | None = None
    clearance: Annotated[Seconds, limits(above=0.0)] = 60.0

    @model_validator(mode="after")
    def _check_direction(self) -> ContraflowSpec:
        if self.towards is None:
            refuse("no direction gets the lanes", allowed="towards: a place that it leads to")
        return self


@register("interventions", "contraflow")
class ContraflowOrder(RoadRule):
    """Lanes change their direction when they are clear, and change back at the end likewise."""

    Spec = ContraflowSpec
    terms = Terms(
        cost_eur=5000,
        lead_time_s=3600,
        staff=12,
        legal="Traffic order of the road authority; police direct traffic.",
    )
    ORDER, BEGUN, ENDED = CONTRAFLOW, "contraflow_ordered", "contraflow_ended"
