"""Warning people by loudspeaker: they become aware and, after their pre-movement time, leave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, model_validator

from impetus_sim.registry import register
from impetus_sim.response.base import Intervention, InterventionSpec
from impetus_sim.response.terms import Terms
from impetus_sim.scenario.messages import Message
from impetus_sim.scenario.places import Place, circle_around, listed
from impetus_sim.scenario.quantities import Count, FixedMetres, Metres, Seconds, Share, limits
from impetus_sim.scenario.spec import refuse
from impetus_sim.world.context import PartContext


class WarningSpec(InterventionSpec):
    """A spoken announcement, repeated.

    Parameters
    ----------
    at, radius
        Where it is heard; everywhere when left out.
    heard_share
        Share of people there who hear and follow each announcement.
    repeats, every
        Announcements after the first, and s between them.
    delay_factor
        Multiplies pre-movement times; a clear spoken message works faster than a bell (1.0 for a bell).
    loudspeakers, audible_within
        Places of loudspeakers and how far each is understood, m; instead of `at`.
    exit, exit_worth
        Exit to which the message sends people, and the seconds of longer way or wait for which they follow it.
    """

    at: Place | None = None
    radius: Annotated[Metres, limits(above=0.0, high=5000.0)] | None = None
    heard_share: Share = 0.85
    repeats: Annotated[Count, limits(high=1000)] = 4
    every: Annotated[Seconds, limits(above=0.0)] = 20.0
    delay_factor: Annotated[Share, limits(high=1.0)] = 0.6
    loudspeakers: Annotated[tuple[Place, ...], BeforeValidator(listed)] = ()
    audible_within: Annotated[FixedMetres, limits(above=0.0, high=1000.0)] = 40.0
    exit: str | None = None
    exit_worth: Seconds = 60.0

    @model_validator(mode="after")
    def _check_radius(self) -> WarningSpec:
        if self.loudspeakers and self.at is not None:
            refuse("a place and loudspeakers", key="at", allowed="one of at, loudspeakers")
        if self.radius is not None and self.at is None:
            refuse("a radius without a place", key="radius", allowed="together with at")
        return self

    def order_areas(self) -> Sequence[Place]:
        """Return the surroundings of the loudspeakers."""
        return [circle_around(place, self.audible_within) for place in self.loudspeakers]

    def message(self) -> Message:
        """Return what an announcement is to people."""
        return Message(source="loudspeaker", exit=self.exit, worth=self.exit_worth)

    def references(self) -> list[tuple[str, str, str]]:
        """Return the hazard it waits for, and the exit it names."""
        return [*super().references(), *([] if self.exit is None else [("exit", "exits", self.exit)])]


@register("interventions", "warning")
class Warning(Intervention):
    """Announcements over loudspeakers."""

    Spec = WarningSpec
    terms = Terms(
        cost_eur=0,
        lead_time_s=60,
        staff=1,
        legal="None needed for the organiser; authority for public warning elsewhere.",
    )

    def __init__(self, name: str, spec: Any, context: PartContext) -> None:
        super().__init__(name, spec, context)
        self._x, self._y, self._radius = 0.0, 0.0, float("inf")
        if spec.loudspeakers:
            self._radius = float("nan")
        if spec.at is not None:
            place = context.locate(spec.at)
            self._x, self._y = place.centroid.x, place.centroid.y
            reach = place.hausdorff_distance(place.centroid) if place.geom_type != "Point" else 50.0
            self._radius = float(spec.radius if spec.radius is not None else reach)

    def offsets_s(self) -> Sequence[float]:
        """Return the moments of the announcements."""
        return [k * self.spec.every for k in range(int(self.spec.repeats) + 1)]

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Announce."""
        event = self.world.log("warning", self.name, causes=causes, announcement=n + 1)
        self.announce(
            str(n),
            event,
            x=self._x,
            y=self._y,
            radius_m=self._radius,
            share=self.spec.heard_share,
            delay_factor=self.spec.delay_factor,
        )
        return event
