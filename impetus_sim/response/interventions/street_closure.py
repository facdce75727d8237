"""Closing streets of the walk network, for good or for a while."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from impetus_sim.errors import InvalidInputError
from impetus_sim.registry import register
from impetus_sim.response.base import Intervention, InterventionSpec
from impetus_sim.response.terms import Terms
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import Seconds, limits
from impetus_sim.world.context import PartContext


class StreetClosureSpec(InterventionSpec):
    """Close every street of the walk network that a place touches (with `crowd.links`).

    Parameters
    ----------
    at
        An area, a line across streets, or a point.
    reopen_after
        Open again after this time, s; never when left out.
    """

    at: Place
    reopen_after: Annotated[Seconds, limits(above=0.0)] | None = None


@register("interventions", "street_closure")
class StreetClosure(Intervention):
    """Streets that nobody may enter; who is in them walks out, and all others find other ways."""

    Spec = StreetClosureSpec
    terms = Terms(
        cost_eur=1000,
        lead_time_s=900,
        staff=4,
        legal="Traffic order of the road authority; police powers until it is made.",
    )

    def __init__(self, name: str, spec: Any, context: PartContext) -> None:
        super().__init__(name, spec, context)
        self._middle = context.locate(spec.at).centroid
        if self.world.streets is None:
            raise InvalidInputError(
                "there are no streets to close: people walk on the simulated ground only",
                hint="add crowd.links: {}, or close exits with exit_control",
            )

    def offsets_s(self) -> Sequence[float]:
        """Return now and, where asked, the time of opening again."""
        return [0.0] if self.spec.reopen_after is None else [0.0, self.spec.reopen_after]

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Close the streets, then open them again."""
        kind = "street_closed" if n == 0 else "street_reopened"
        event = self.world.log(kind, self.name, x=self._middle.x, y=self._middle.y, causes=causes)
        assert self.world.streets is not None
        self.world.streets.append(
            {"tick": self.world.tick, "is_closed": 1 - n, "cause": event, "key": self.name.encode()}
        )
        return event
