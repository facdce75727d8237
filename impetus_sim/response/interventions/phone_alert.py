"""An alert to phones over the cells of the city: whoever has no cell that works gets none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from impetus_sim.errors import InvalidInputError
from impetus_sim.registry import register
from impetus_sim.response.base import Intervention, InterventionSpec
from impetus_sim.scenario.distributions import LognormalTime, TimeDistribution
from impetus_sim.scenario.messages import Message
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import Seconds, Share, limits
from impetus_sim.world.context import PartContext
from impetus_sim.world.phone_alerts import BROADCAST, MESSAGES

BY: Final = {"broadcast": BROADCAST, "messages": MESSAGES}


class PhoneAlertSpec(InterventionSpec):
    """An alert to every phone of an area, over the phone network of the section `infrastructure`.

    A broadcast is repeated on a channel of its own; messages go out one by one and wait where many call. Which
    share of phones takes it, and how fast, are rules of the phone network; a phone without a cell gets nothing.

    Parameters
    ----------
    at
        Area in which phones show it; everywhere when left out. Cells that reach it send it.
    by
        ``broadcast`` or ``messages``.
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
    by: Literal["broadcast", "messages"] = "broadcast"
    read_share: Share = 0.6
    read_after: TimeDistribution = Field(default_factory=lambda: LognormalTime(median=45.0, sigma=1.0))
    delay_factor: Annotated[Share, limits(high=1.0)] = 0.8
    exit: str | None = None
    exit_worth: Seconds = 60.0

    def order_area(self) -> Place | None:
        """Return the area in which phones show it."""
        return self.at

    def message(self) -> Message:
        """Return what the alert is to people."""
        return Message(source="phone", exit=self.exit, worth=self.exit_worth, delay=self.read_after)

    def references(self) -> list[tuple[str, str, str]]:
        """Return the hazard it waits for, and the exit it names."""
        return [*super().references(), *([] if self.exit is None else [("exit", "exits", self.exit)])]


@register("interventions", "phone_alert")
class PhoneAlert(Intervention):
    """One alert, sent once."""

    Spec = PhoneAlertSpec

    def __init__(self, name: str, spec: Any, context: PartContext) -> None:
        super().__init__(name, spec, context)
        coverage = self.world.coverage
        if coverage is None:
            raise InvalidInputError(
                "an alert goes over the city's cells, and the run has none",
                hint="add the section infrastructure: {}, or send a phone_message, which knows of no cells",
            )
        self._alerts = coverage.need_alerts()
        area = None if spec.at is None else context.locate(spec.at)
        self._alerts.cells_of[name] = coverage.cells_reaching(area)

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Hand it to the network."""
        del n
        event = self.world.log("phone_alert", self.name, causes=causes, by=self.spec.by)
        self._alerts.table.append(
            {
                "key": self.name.encode(),
                "at_us": self.world.tick * self.world.resolution_us,
                "by": BY[self.spec.by],
                "cause": event,
                "read_share": float(self.spec.read_share),
                "delay_factor": float(self.spec.delay_factor),
                "is_over": 0,
            }
        )
        return event
