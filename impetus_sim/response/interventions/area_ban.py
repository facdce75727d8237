"""An area that vehicles may not enter, but for some, for good or for a while."""

from __future__ import annotations

from impetus_sim.registry import register
from impetus_sim.response.road_rule import RoadRule, RoadRuleSpec
from impetus_sim.response.terms import Terms
from impetus_sim.scenario.roads import IntoArea
from impetus_sim.world.tables import ROAD_BAN


class AreaBanSpec(RoadRuleSpec, IntoArea):
    """Keep vehicles out of an area; who is inside drives on and may leave."""


@register("interventions", "area_ban")
class AreaBan(RoadRule):
    """Streets into an area that only some vehicles may enter; all others drive around it."""

    Spec = AreaBanSpec
    terms = Terms(
        cost_eur=1000,
        lead_time_s=1800,
        staff=6,
        legal="Traffic order of the road authority; police powers until it is made.",
    )
    ORDER, BEGUN, ENDED = ROAD_BAN, "area_banned", "area_allowed"
