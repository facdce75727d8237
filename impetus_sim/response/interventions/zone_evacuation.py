"""Evacuation of people by zones: one zone after the other is told to leave, those in most danger first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from impetus_sim.registry import register
from impetus_sim.response.base import Intervention, InterventionSpec
from impetus_sim.response.terms import Terms
from impetus_sim.scenario.messages import Message
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import Count, Seconds, Share, limits
from impetus_sim.scenario.spec import Spec
from impetus_sim.world.context import PartContext


class EvacuationZone(Spec):
    """A zone, and when it is told.

    Parameters
    ----------
    at
        The area.
    after
        s after the evacuation begins.
    """

    at: Place
    after: Seconds = 0.0


class ZoneEvacuationSpec(InterventionSpec):
    """Tell zones to leave, each at its time (trips by car: `staged_departure`).

    Parameters
    ----------
    stages
        Zones and their times.
    heard_share
        Share of people in a zone who hear and follow each announcement.
    repeats, every
        Announcements to each zone after the first, and s between them.
    delay_factor
        Multiplies pre-movement times.
    exit, exit_worth
        Exit to which they are sent, and the seconds of longer way or wait for which they follow that.
    """

    stages: Annotated[tuple[EvacuationZone, ...], Field(min_length=1)]
    heard_share: Share = 0.85
    repeats: Annotated[Count, limits(high=1000)] = 2
    every: Annotated[Seconds, limits(above=0.0)] = 60.0
    delay_factor: Annotated[Share, limits(high=1.0)] = 0.6
    exit: str | None = None
    exit_worth: Seconds = 60.0

    def zones(self) -> Mapping[str, Sequence[Place]]:
        """Return the area of each stage, by its number."""
        return {f"/{k + 1}": [stage.at] for k, stage in enumerate(self.stages)}

    def message(self) -> Message:
        """Return what an announcement is to people."""
        return Message(source="loudspeaker", exit=self.exit, worth=self.exit_worth)

    def references(self) -> list[tuple[str, str, str]]:
        """Return the hazard it waits for, and the exit it names."""
        return [*super().references(), *([] if self.exit is None else [("exit", "exits", self.exit)])]


@register("interventions", "zone_evacuation")
class ZoneEvacuation(Intervention):
    """Announcements to one zone after the other."""

    Spec = ZoneEvacuationSpec
    terms = Terms(
        cost_eur=2000,
        lead_time_s=1800,
        staff=10,
        legal="Advice; an order to leave rests on police or civil protection law.",
    )

    def __init__(self, name: str, spec: Any, context: PartContext) -> None:
        super().__init__(name, spec, context)
        calls = range(int(spec.repeats) + 1)
        stages = enumerate(spec.stages)
        self._calls = sorted((stage.after + n * spec.every, k, n) for k, stage in stages for n in calls)

    def offsets_s(self) -> Sequence[float]:
        """Return the moments of all announcements."""
        return [time for time, _, _ in self._calls]

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Tell the zone whose turn it is."""
        _, zone, repeat = self._calls[n]
        event = self.world.log("zone_told", self.name, causes=causes, zone=zone + 1, announcement=repeat + 1)
        self.announce(
            str(repeat),
            event,
            x=0.0,
            y=0.0,
            radius_m=float("nan"),
            share=self.spec.heard_share,
            delay_factor=self.spec.delay_factor,
            zone=f"/{zone + 1}",
        )
        return event
