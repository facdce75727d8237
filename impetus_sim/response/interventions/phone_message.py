"""A message to phones in an area (cell broadcast, app): each phone owner reads it after a delay, or not at all."""

from __future__ import annotations

from collections.abc import Sequence

from impetus_sim.registry import register
from impetus_sim.response.base import Intervention
from impetus_sim.response.to_phones import PHONE_TERMS, ToPhonesSpec
from impetus_sim.scenario.quantities import Share


class PhoneMessageSpec(ToPhonesSpec):
    """A message to phones.

    Caution: the shares and the delay depend on the system, the country and the hour; they are assumptions, to
    be set from the operator's own tests.

    Parameters
    ----------
    coverage
        Share of people there whose phone receives it.
    """

    coverage: Share = 0.9


@register("interventions", "phone_message")
class PhoneMessage(Intervention):
    """One message, sent once."""

    Spec = PhoneMessageSpec
    terms = PHONE_TERMS

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Send."""
        s = self.spec
        event = self.world.log("phone_message", self.name, causes=causes)
        radius = float("inf") if s.at is None else float("nan")
        share = s.coverage * s.read_share
        self.announce(str(n), event, x=0.0, y=0.0, radius_m=radius, share=share, delay_factor=s.delay_factor)
        return event
