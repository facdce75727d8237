"""One-way walking: in through some exits, out through others, so that no two streams meet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field, model_validator

from impetus_sim.errors import InvalidInputError
from impetus_sim.registry import register
from impetus_sim.response.base import Intervention, InterventionSpec
from impetus_sim.response.terms import Terms
from impetus_sim.scenario.names import Texts
from impetus_sim.scenario.quantities import Seconds, limits
from impetus_sim.scenario.spec import refuse
from impetus_sim.world.context import PartContext


class OneWayWalkingSpec(InterventionSpec):
    """Make exits one-way.

    Parameters
    ----------
    ways_in
        Exits through which people only come in: they are closed to those who leave.
    ways_out
        Exits through which people only leave: who would come in there waits outside.
    lasts
        How long, s; for good when left out.
    """

    ways_in: Annotated[Texts, Field(min_length=1)]
    ways_out: Annotated[Texts, Field(min_length=1)]
    lasts: Annotated[Seconds, limits(above=0.0)] | None = None

    @model_validator(mode="after")
    def _check_ways(self) -> OneWayWalkingSpec:
        for name in self.ways_in:
            if name in self.ways_out:
                refuse(f"'{name}' is a way in and a way out", key="ways_in", allowed="one of the two")
        return self

    def references(self) -> list[tuple[str, str, str]]:
        """Return the exits, and the hazard it waits for."""
        ways = [(key, name) for key in ("ways_in", "ways_out") for name in getattr(self, key)]
        return [*super().references(), *((key, "exits", name) for key, name in ways)]


@register("interventions", "one_way_walking")
class OneWayWalking(Intervention):
    """Stewards and barriers at exits; arrivals ask whether the rule stands."""

    Spec = OneWayWalkingSpec
    terms = Terms(
        cost_eur=500,
        lead_time_s=600,
        staff=6,
        legal="The organiser's own command by the rules of the place; ways out that the permit demands stay open.",
    )

    def __init__(self, name: str, spec: Any, context: PartContext) -> None:
        super().__init__(name, spec, context)
        known = context.world.ground.exit_names
        for way in (*spec.ways_in, *spec.ways_out):
            if way not in known:
                raise InvalidInputError(f"there is no exit '{way}'", hint=f"one of {', '.join(known)}")

    def offsets_s(self) -> Sequence[float]:
        """Return now and, where asked, the time of its end."""
        return [0.0] if self.spec.lasts is None else [0.0, self.spec.lasts]

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Begin, then end."""
        event = self.world.log("one_way_ended" if n else "one_way_begun", self.name, causes=causes)
        for way in self.spec.ways_in:
            self.world.set_exit(way, is_open=n > 0, causes=(event,))
        return event
