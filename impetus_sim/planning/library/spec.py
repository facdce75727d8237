"""The library file: which situations may arise, what could be done, and what is counted meanwhile."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from impetus_sim.planning.experiments.designs import DesignKind
from impetus_sim.planning.experiments.spec import Factor, Seed, Title
from impetus_sim.scenario.names import Texts
from impetus_sim.scenario.quantities import FixedCount, FixedSeconds, limits
from impetus_sim.scenario.spec import Entries, Spec, refuse


class Observation(Spec):
    """What is known of a situation before anything is decided.

    Parameters
    ----------
    streams
        Streams of sensors that count, such as ``gates_north gate.people_passing``; ``all`` for every one.
    begin, until
        From when to when they are counted, s of the run.
    every
        Length of each count, s.
    """

    streams: Annotated[Texts, Field(min_length=1)] = ("all",)
    begin: FixedSeconds = 0.0
    until: Annotated[FixedSeconds, limits(above=0.0)]
    every: Annotated[FixedSeconds, limits(above=0.0)] = 10.0

    @model_validator(mode="after")
    def _check_times(self) -> Observation:
        n = (self.until - self.begin) / self.every
        if n < 1.0 or abs(n - round(n)) > 1e-9:
            refuse(
                f"{self.begin:g} s to {self.until:g} s are not whole counts of {self.every:g} s",
                key="until",
                allowed="begin plus a multiple of every",
            )
        return self


class LibrarySpec(Spec):
    """A library.

    Parameters
    ----------
    title, question
        What it is about and what it answers, in words.
    scenario
        ``FILE.yaml`` or ``FILE.yaml:variant``, with sensors that count; a relative name starts from the folder of
        the library's file.
    factors
        What differs between situations, as in an experiment.
    design
        Which situations are run, as in an experiment; an even filling (``sobol``, ``lhs``) serves best.
    options
        What could be done: variants of the scenario, ``base`` for nothing. They act after the observation.
    observe
        What is counted.
    metric
        By which options are ranked.
    metrics
        Others that are told of each option.
    replicates
        Runs of each situation and option, on common random numbers.
    held_back
        Further situations, drawn at random, that are run and not used for matching: they measure the library.
    fresh_replicates
        Runs of each option where no situation matches.
    seed
        Root of all randomness, of the design too; the scenario's when left out.
    """

    title: Title
    question: str = ""
    scenario: str
    factors: Entries[Factor]
    design: DesignKind
    options: Annotated[Texts, Field(min_length=2)]
    observe: Observation
    metric: str
    metrics: Texts = ()
    replicates: Annotated[FixedCount, limits(low=2, high=1000)] = 5
    held_back: Annotated[FixedCount, limits(low=0, high=100_000)] = 0
    fresh_replicates: Annotated[FixedCount, limits(low=2, high=1000)] = 10
    seed: Seed | None = None

    @model_validator(mode="after")
    def _check_parts(self) -> LibrarySpec:
        if not self.factors:
            refuse("nothing differs between situations", key="factors", allowed="one factor or more")
        for name, factor in self.factors.items():
            if factor.variants:
                refuse(
                    "variants are what could be done, not what may be met",
                    key=f"factors.{name}.variants",
                    allowed="a key with values or a range; variants under options",
                )
        if len(set(self.options)) < len(self.options):
            refuse("an option is named twice", key="options", allowed="each once")
        return self
