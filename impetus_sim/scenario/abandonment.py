"""Drivers who give up: when cars are left standing on the road, and what becomes of cars and people."""

from __future__ import annotations

from typing import Annotated

from impetus_sim.scenario.quantities import Count, Seconds, Share, limits
from impetus_sim.scenario.spec import Spec


class Abandonment(Spec):
    """Cars that are left by their people when they are stuck.

    Parameters
    ----------
    after
        Delay on one street after which drivers give up, s.
    near_threat_after
        The same within the danger distance of a threat, s.
    share
        Share of drivers who would; the others stay in their cars.
    towed_after
        A car that has become the first in its lane is taken away so long after it was left, s; never when left out.
    people
        Population whose members are the people in cars (one with ``in_vehicles``): they step out where a car stands
        on the simulated ground. When left out, or when all have stepped out, people are counted only.
    people_per_car
        How many sit in a car.
    """

    after: Annotated[Seconds, limits(above=0.0)] = 1800.0
    near_threat_after: Annotated[Seconds, limits(above=0.0)] = 30.0
    share: Share = 1.0
    towed_after: Annotated[Seconds, limits(above=0.0)] | None = None
    people: str | None = None
    people_per_car: Annotated[Count, limits(low=1, high=9)] = 1

    def references(self) -> list[tuple[str, str, str]]:
        """Return the population of the people in cars."""
        return [] if self.people is None else [("people", "populations", self.people)]
