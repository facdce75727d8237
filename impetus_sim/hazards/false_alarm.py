"""A false alarm: a bang, a shout or a rumour makes people leave although nothing threatens them.

Turin, 3 June 2017, is the case behind the IMPETUS trials in Padova: a false alarm in a full square.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from impetus_sim.hazards.base import Hazard, HazardSpec
from impetus_sim.registry import register
from impetus_sim.scenario.messages import Message
from impetus_sim.scenario.quantities import Metres, Share, limits


class FalseAlarmSpec(HazardSpec):
    """An alarm without a cause.

    Parameters
    ----------
    noticed_within, believed_share
        Distance in metres, and the share of people there who believe it.
    delay_factor
        Multiplies pre-movement times.
    """

    noticed_within: Annotated[Metres, limits(above=0.0, high=2000.0)] = 60.0
    believed_share: Share = 0.7
    delay_factor: Annotated[Share, limits(high=1.0)] = 0.5

    def message(self) -> Message:
        """Return what it is to people: a rumour of a threat, which they cannot tell from a true one."""
        return Message(source="rumour", is_threat=True)


@register("hazards", "false_alarm")
class FalseAlarm(Hazard):
    """One moment of alarm."""

    Spec = FalseAlarmSpec
    reported_as = "gunshot"
    is_real = False

    def times_s(self) -> Sequence[float]:
        """Return the one moment."""
        return [self.spec.start]

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Alarm people; no threat remains."""
        s = self.spec
        event = self.log("false_alarm", causes, noticed_within_m=s.noticed_within)
        self.stimulate(
            n,
            event,
            radius_m=s.noticed_within,
            share=s.believed_share,
            delay_factor=s.delay_factor,
            overrides_hold=False,
        )
        return event
