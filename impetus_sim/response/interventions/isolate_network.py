"""Cutting segments of the control network off from everything else, and connecting them again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from impetus_sim.registry import register
from impetus_sim.response.segment_rule import SegmentRule, SegmentRuleSpec
from impetus_sim.response.terms import Terms
from impetus_sim.scenario.quantities import Seconds, limits
from impetus_sim.world.tables import ISOLATE, RECONNECT


class IsolateNetworkSpec(SegmentRuleSpec):
    """Cut segments off: no attacker goes on from or into them. What was done to assets stays as it is.

    Parameters
    ----------
    ends_after
        They are connected again after this time, s; not at all when left out.
    """

    ends_after: Annotated[Seconds, limits(above=0.0)] | None = None


@register("interventions", "isolate_network")
class IsolateNetwork(SegmentRule):
    """Cut off, and where asked connected again."""

    Spec = IsolateNetworkSpec
    terms = Terms(
        cost_eur=2000,
        lead_time_s=900,
        staff=2,
        legal="The operator's own command; duties to report by law on network security (in the EU NIS2).",
    )

    def offsets_s(self) -> Sequence[float]:
        """Return now and, where asked, the time of its end."""
        return [0.0] if self.spec.ends_after is None else [0.0, self.spec.ends_after]

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Cut off, then connect."""
        event = self.world.log("network_reconnected" if n else "network_isolated", self.name, causes=causes)
        self.order(RECONNECT if n else ISOLATE, event)
        return event
