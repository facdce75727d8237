"""The interface of interventions.

Write: a frozen `Spec` and a class with `terms` (what it costs and on what power it rests), `offsets_s` (when it
acts, counted from the moment staff are ready) and `act`. What comes for free: triggers, staff, lead time, state
that survives checkpoints, causes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import model_validator

from impetus_sim.response.terms import Terms
from impetus_sim.scenario.draw import highest
from impetus_sim.scenario.messages import Message
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import Count, Number, Seconds, limits
from impetus_sim.scenario.spec import Spec, refuse
from impetus_sim.world.context import PartContext
from impetus_sim.world.stimuli import stimulate
from impetus_sim.world.world import World


class InterventionSpec(Spec):
    """What every intervention has: a trigger, staff and a lead time.

    Parameters
    ----------
    at_time
        Ordered at this time, s; or
    after
        ordered once this hazard has begun; or
    by_playbook
        ordered by a step of one of the scenario's playbooks.
    delay
        s from the trigger until it is noticed and decided.
    staff
        Stewards needed; they are free again when it is in place.
    lead_time
        Time they need, s.
    cost
        What one use costs, EUR; that of its `terms` when left out.
    """

    at_time: Seconds | None = None
    after: str | None = None
    by_playbook: Literal[True] | None = None
    delay: Seconds = 0.0
    staff: Annotated[Count, limits(high=10_000)] = 0
    lead_time: Seconds = 0.0
    cost: Annotated[Number, limits(low=0.0, high=1e12)] | None = None

    needs: ClassVar[tuple[str, ...]] = ()
    """Dotted keys of the scenario without which it cannot act."""

    @model_validator(mode="after")
    def _check_trigger(self) -> InterventionSpec:
        n_triggers = sum(trigger is not None for trigger in (self.at_time, self.after, self.by_playbook))
        if n_triggers != 1:
            refuse(
                "several triggers" if n_triggers else "a trigger is missing",
                allowed="one of at_time, after, by_playbook",
            )
        if self.by_playbook is not None and highest(self.delay) > 0.0:
            refuse("a delay beside by_playbook", key="delay", allowed="after, in the step of the playbook")
        return self

    def order_area(self) -> Place | None:
        """Return the area that its orders are about, for interventions that give any."""
        return None

    def order_areas(self) -> Sequence[Place]:
        """Return the areas that its orders or messages are about; several make one."""
        area = self.order_area()
        return [] if area is None else [area]

    def zones(self) -> Mapping[str, Sequence[Place]]:
        """Return the areas that are told apart, by a suffix of its name; one without a suffix by default."""
        areas = self.order_areas()
        return {"": areas} if areas else {}

    def message(self) -> Message | None:
        """Return what its stimuli are to people who notice them; None where it tells nobody anything."""
        return None

    def references(self) -> list[tuple[str, str, str]]:
        """Return the hazard it waits for."""
        return [] if self.after is None else [("after", "hazards", self.after)]


class Intervention(ABC):
    """An intervention of one run.

    Parameters
    ----------
    name
        Its key in the scenario.
    spec
        Its section, drawn.
    context
        World and places.
    """

    Spec: ClassVar[type[InterventionSpec]]
    kind: ClassVar[str]
    terms: ClassVar[Terms]
    """Typical cost, lead time and staff of one use, legal note, privacy class."""

    def __init__(self, name: str, spec: Any, context: PartContext) -> None:
        self.name = name
        self.spec = spec
        self.world: World = context.world

    def offsets_s(self) -> Sequence[float]:
        """Return when it acts, s after staff are ready, ascending."""
        return [0.0]

    def announce(
        self,
        key: str,
        cause: int,
        *,
        x: float,
        y: float,
        radius_m: float,
        share: float,
        delay_factor: float,
        zone: str = "",
    ) -> None:
        """Let people notice something; a radius of nan stands for its own areas, or for a zone of them."""
        stimulate(
            self.world,
            f"{self.name}{zone}:{key}",
            x=x,
            y=y,
            radius_m=radius_m,
            share=share,
            delay_factor=delay_factor,
            cause=cause,
        )

    @abstractmethod
    def act(self, n: int, causes: Sequence[int]) -> int:
        """Act for the n-th time (from 0) at the world's present tick.

        Returns
        -------
        The event that stands for this act.
        """
