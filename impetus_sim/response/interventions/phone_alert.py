"""An alert to phones over the cells of the city: whoever has no cell that works gets none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

from impetus_sim.errors import InvalidInputError
from impetus_sim.registry import register
from impetus_sim.response.base import Intervention
from impetus_sim.response.to_phones import PHONE_TERMS, ToPhonesSpec
from impetus_sim.world.context import PartContext
from impetus_sim.world.phone_alerts import BROADCAST, MESSAGES

BY: Final = {"broadcast": BROADCAST, "messages": MESSAGES}


class PhoneAlertSpec(ToPhonesSpec):
    """An alert to every phone of an area, over the phone network of the section `infrastructure`.

    A broadcast is repeated on a channel of its own; messages go out one by one and wait where many call. Which
    share of phones takes it, and how fast, are rules of the phone network; a phone without a cell gets nothing.

    Parameters
    ----------
    by
        ``broadcast`` or ``messages``.
    """

    by: Literal["broadcast", "messages"] = "broadcast"


@register("interventions", "phone_alert")
class PhoneAlert(Intervention):
    """One alert, sent once."""

    Spec = PhoneAlertSpec
    terms = PHONE_TERMS

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
