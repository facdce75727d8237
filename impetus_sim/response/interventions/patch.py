"""Patching: segments of the control network are closed to attackers for good."""

from __future__ import annotations

from collections.abc import Sequence

from impetus_sim.registry import register
from impetus_sim.response.segment_rule import SegmentRule, SegmentRuleSpec
from impetus_sim.response.terms import Terms
from impetus_sim.world.tables import PATCH


class PatchSpec(SegmentRuleSpec):
    """Close segments to attackers for good. What was done to assets stays as it is."""


@register("interventions", "patch")
class Patch(SegmentRule):
    """Patched once."""

    Spec = PatchSpec
    terms = Terms(
        cost_eur=5000,
        lead_time_s=28_800,
        staff=2,
        legal="The operator's own command; the maker's approval where the device is certified.",
    )

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Patch."""
        del n
        event = self.world.log("network_patched", self.name, causes=causes)
        self.order(PATCH, event)
        return event
