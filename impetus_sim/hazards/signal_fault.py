"""Signals that fail: without power, flashing amber, red for all, or held in one phase."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from impetus_sim.hazards.base import Hazard, HazardSpec
from impetus_sim.registry import register
from impetus_sim.scenario.quantities import Seconds, limits
from impetus_sim.scenario.roads import AtSignals
from impetus_sim.world.tables import SIGNAL_FAULT, SIGNAL_FAULTS


class SignalFaultSpec(HazardSpec, AtSignals):
    """Signals in a faulty state for a while.

    Parameters
    ----------
    fault
        ``dark``: everybody stops, then goes in turn; ``flashing``: the same with more capacity; ``all_red``;
        ``stuck`` in the present phase.
    lasts
        Until they work again, s.
    """

    fault: Literal["dark", "flashing", "all_red", "stuck"] = "dark"
    lasts: Annotated[Seconds, limits(above=0.0)] = 1800.0


@register("hazards", "signal_fault")
class SignalFault(Hazard):
    """Fails, and is repaired."""

    Spec = SignalFaultSpec
    reported_as = "traffic"

    def times_s(self) -> Sequence[float]:
        """Return the start and the end."""
        return [self.spec.start, self.spec.start + self.spec.lasts]

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Fail, or work again."""
        event = self.log("signals_repaired" if n else "signals_failed", causes, fault=self.spec.fault)
        value = 0 if n else SIGNAL_FAULTS.index(self.spec.fault)
        self.world.order_roads(self.name, SIGNAL_FAULT, value, cause=event)
        return event
