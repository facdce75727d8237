"""A message to phones in an area (cell broadcast, app): each phone owner reads it after a delay, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from impetus_sim.registry import register
from impetus_sim.response.base import Intervention, InterventionSpec
from impetus_sim.response.terms import Terms
from impetus_sim.scenario.distributions import LognormalTime, TimeDistribution
from impetus_sim.scenario.messages import Message
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import Seconds, Share, limits


class PhoneMessageSpec(InterventionSpec):
    """A message to phones.

    Caution: the shares and the delay depend on the system, the country and the hour; they are assumptions, to
    be set from the operator's own tests.

    Parameters
    ----------
    at
        Area of the cells that send it; everywhere when left out. Who is in it when they would read gets it.
    coverage
        Share of people there whose phone receives it.
    read_share
        Share of those who read and follow it.
    read_after
        Time from sending to reading, per person.
    delay_factor
        Multiplies pre-movement times.
    exit, exit_worth
        Exit to which it sends people, and the seconds of longer way or wait for which they follow it.
    """

    at: Place | None = None
    coverage: Share = 0.9
    read_share: Share = 0.6
    read_after: TimeDistribution = Field(default_factory=lambda: LognormalTime(median=45.0, sigma=1.0))
    delay_factor: Annotated[Share, limits(high=1.0)] = 0.8
    exit: str | None = None
    exit_worth: Seconds = 60.0

    def order_area(self) -> Place | None:
        """Return the area of the cells that send it."""
        return self.at

    def message(self) -> Message:
        """Return what the message is to people."""
        return Message(source="phone", exit=self.exit, worth=self.exit_worth, delay=self.read_after)

    def references(self) -> list[tuple[str, str, str]]:
        """Return the hazard it waits for, and the exit it names."""
        return [*super().references(), *([] if self.exit is None else [("exit", "exits", self.exit)])]


@register("interventions", "phone_message")
class PhoneMessage(Intervention):
    """One message, sent once."""

    Spec = PhoneMessageSpec
    terms = Terms(
        cost_eur=0,
        lead_time_s=300,
        staff=1,
        legal=(
            "Authority named by law for public warning (in the EU article 110 of Directive "
            "2018/1972). Cell broadcast learns nothing of who gets it."
        ),
    )

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Send."""
        s = self.spec
        event = self.world.log("phone_message", self.name, causes=causes)
        radius = float("inf") if s.at is None else float("nan")
        share = s.coverage * s.read_share
        self.announce(str(n), event, x=0.0, y=0.0, radius_m=radius, share=share, delay_factor=s.delay_factor)
        return event
