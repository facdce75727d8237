"""States of the world: what a plan does not decide and nobody knows, sampled by a Latin hypercube."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import model_validator

from impetus_sim.errors import InvalidInputError
from impetus_sim.planning.experiments.designs import Design, LatinHypercube
from impetus_sim.planning.experiments.spec import Factor
from impetus_sim.planning.failure import FailWhen
from impetus_sim.planning.search.candidates import Candidate, list_keys, overlap
from impetus_sim.scenario.quantities import FixedCount, limits
from impetus_sim.scenario.spec import Entries, Spec, refuse


class UncertainSpec(Spec):
    """What is uncertain about the world in which a plan is carried out.

    Parameters
    ----------
    factors
        Keys of the scenario and what they may be, as in an experiment.
    states
        Of the world that are sampled.
    replicates
        Runs of each set in each state.
    fail_when
        When a plan is not good enough: for the share of states in which it is, and for when it fails.
    """

    factors: Entries[Factor]
    states: Annotated[FixedCount, limits(low=2, high=100_000)] = 32
    replicates: Annotated[FixedCount, limits(low=1, high=100_000)] = 3
    fail_when: FailWhen | None = None

    @model_validator(mode="after")
    def _check_factors(self) -> UncertainSpec:
        if not self.factors:
            refuse("nothing is uncertain", key="factors", allowed="one factor or more")
        for name, factor in self.factors.items():
            if factor.variants:
                refuse("variants are what a plan decides", key=f"factors.{name}", allowed="key with a range")
        return self

    @property
    def design(self) -> Design:
        """How the states are sampled."""
        return LatinHypercube(samples=self.states)


def require_free_keys(spec: UncertainSpec, candidates: Sequence[Candidate]) -> None:
    """Raise when a factor is something that a candidate decides.

    Raises
    ------
    InvalidInputError
        Naming both.
    """
    for name, factor in spec.factors.items():
        for candidate in candidates:
            clash = next((key for key in sorted(list_keys(candidate)) if overlap(key, factor.key)), None)
            if clash is not None:
                raise InvalidInputError(
                    f"factors.{name}: variant '{candidate.name}' decides {clash}",
                    hint="what is uncertain cannot be decided; leave one of them out",
                )
