"""What messages to phones have in common: an area, who reads them and when, and where they send people."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from impetus_sim.response.base import InterventionSpec
from impetus_sim.response.terms import Terms
from impetus_sim.scenario.distributions import LognormalTime, TimeDistribution
from impetus_sim.scenario.messages import Message
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import Seconds, Share, limits

PHONE_TERMS: Final = Terms(
    cost_eur=0,
    lead_time_s=300,
    staff=1,
    legal=(
        "Authority named by law for public warning (in the EU article 110 of Directive "
        "2018/1972). Cell broadcast learns nothing of who gets it."
    ),
)


class ToPhonesSpec(InterventionSpec):
    """Something sent to phones.

    Parameters
    ----------
    at
        Area in which phones get it; everywhere when left out.
    read_share
        Share of those whose phone has it who read and follow it.
    read_after
        Time from its arrival to reading, per person.
    delay_factor
        Multiplies pre-movement times.
    exit, exit_worth
        Exit to which it sends people, and the seconds of longer way or wait for which they follow it.
    """

    at: Place | None = None
    read_share: Share = 0.6
    read_after: TimeDistribution = Field(default_factory=lambda: LognormalTime(median=45.0, sigma=1.0))
    delay_factor: Annotated[Share, limits(high=1.0)] = 0.8
    exit: str | None = None
    exit_worth: Seconds = 60.0

    def order_area(self) -> Place | None:
        """Return the area in which phones get it."""
        return self.at

    def message(self) -> Message:
        """Return what it is to people."""
        return Message(source="phone", exit=self.exit, worth=self.exit_worth, delay=self.read_after)

    def references(self) -> list[tuple[str, str, str]]:
        """Return the hazard it waits for, and the exit it names."""
        return [*super().references(), *([] if self.exit is None else [("exit", "exits", self.exit)])]
