"""Trips that set out in stages: where each stage's trips begin, and when they may."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, model_validator

from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import Seconds
from impetus_sim.scenario.spec import Spec, refuse


class DepartureStage(Spec):
    """Trips that set out together.

    Parameters
    ----------
    at
        The area in which they begin; all that are in no stage before when left out.
    start
        So long after the order, or after its driver wished to if that is later, each sets out, s; or
    hold
        nobody sets out until another order says when, or this one ends.
    """

    at: Place | None = None
    start: Seconds | None = None
    hold: bool = False

    @model_validator(mode="after")
    def _check_start(self) -> DepartureStage:
        if (self.start is None) != self.hold:
            refuse(
                "no start" if self.start is None else "a start, and held",
                allowed="start: a time after the order, or hold: true",
            )
        return self


class DepartureStages(Spec):
    """Trips that set out in stages (the scenario needs the section `traffic`).

    Parameters
    ----------
    of
        Entries of `traffic.demand`; all when left out.
    stages
        A trip belongs to the first stage in whose area it begins; trips of none set out as their drivers wish.
    """

    of: Annotated[tuple[str, ...], BeforeValidator(lambda raw: (raw,) if isinstance(raw, str) else raw)] = ()
    stages: Annotated[
        tuple[DepartureStage, ...], BeforeValidator(lambda raw: (raw,) if isinstance(raw, dict) else raw)
    ]

    @model_validator(mode="after")
    def _check_stages(self) -> DepartureStages:
        if not self.stages:
            refuse("no stage is given", key="stages", allowed="{at: AREA, start: 10 min}, ...")
        rest = [k for k, stage in enumerate(self.stages[:-1]) if stage.at is None]
        if rest:
            refuse(
                f"stage {rest[0] + 1} has all trips that are left: those after it have none",
                key="stages",
                allowed="a stage without `at` as the last",
            )
        return self
