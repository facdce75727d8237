"""The calibration file: which parameters are fitted to which observations, and what is kept back to test them."""

from __future__ import annotations

from typing import Annotated

from pydantic import model_validator

from impetus_sim.planning.experiments.spec import Factor, Seed, Title
from impetus_sim.scenario.names import Texts
from impetus_sim.scenario.quantities import FixedCount, FixedShare, limits
from impetus_sim.scenario.spec import Entries, Spec, refuse


class HoldBack(Spec):
    """What is not fitted, so that it can tell how well the fit holds elsewhere: one of both.

    Parameters
    ----------
    last
        Share of the observed time at its end.
    series
        Names of series.
    """

    last: Annotated[FixedShare, limits(low=0.0, high=0.9)] = 0.0
    series: Texts = ()

    @model_validator(mode="after")
    def _check_form(self) -> HoldBack:
        if bool(self.last) == bool(self.series):
            refuse(
                "both at once" if self.last else "nothing is held back",
                allowed="last: a share above 0, or series: names",
            )
        return self


class CalibrationSpec(Spec):
    """A calibration.

    Parameters
    ----------
    title, question
        What it is about and what is asked, in words.
    scenario
        ``FILE.yaml`` or ``FILE.yaml:variant``; a relative name starts from the folder of the calibration's file.
    factors
        What is fitted: keys with ranges; a range is also what is thought of the key beforehand.
    observed
        CSV of what was observed (`calibration.observed`), beside the file.
    hold_back
        What is kept back.
    budget
        Points that are tried.
    batch
        Points that are asked for at a time: the result depends on it, and not on the number of workers.
    replicates
        Runs of each point, on common random numbers.
    confirm
        Further runs, on other random numbers, of the best point and of the scenario as it stands, whose errors are
        told.
    seed
        Root of all randomness, of the search too; the scenario's when left out.
    """

    title: Title
    question: str = ""
    scenario: str
    factors: Entries[Factor]
    observed: str
    hold_back: HoldBack = HoldBack(last=0.3)
    budget: Annotated[FixedCount, limits(low=2, high=100_000)] = 64
    batch: Annotated[FixedCount, limits(low=1, high=1000)] = 8
    replicates: Annotated[FixedCount, limits(low=2, high=1000)] = 3
    confirm: Annotated[FixedCount, limits(low=2, high=1000)] = 10
    seed: Seed | None = None

    @model_validator(mode="after")
    def _check_factors(self) -> CalibrationSpec:
        if not self.factors:
            refuse("nothing is fitted", key="factors", allowed="one factor or more")
        for name, factor in self.factors.items():
            if factor.range is None:
                refuse(
                    "what is fitted has a range",
                    key=f"factors.{name}",
                    allowed="key and range: 0.8 m/s to 1.6 m/s",
                )
        return self
