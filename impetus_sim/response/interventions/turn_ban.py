"""Turns that are banned, for good or for a while."""

from __future__ import annotations

from impetus_sim.registry import register
from impetus_sim.response.road_rule import RoadRule, RoadRuleSpec
from impetus_sim.response.terms import Terms
from impetus_sim.scenario.roads import AtTurns
from impetus_sim.world.tables import ROAD_BAN


class TurnBanSpec(RoadRuleSpec, AtTurns):
    """Ban turns at junctions."""


@register("interventions", "turn_ban")
class TurnBan(RoadRule):
    """Turns that no vehicle may take; drivers learn of it at once and find other ways."""

    Spec = TurnBanSpec
    terms = Terms(
        cost_eur=500,
        lead_time_s=900,
        staff=2,
        legal="Traffic order of the road authority; police direct traffic.",
    )
    ORDER, BEGUN, ENDED = ROAD_BAN, "turns_banned", "turns_allowed"
