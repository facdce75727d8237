"""The experiment file: a question, the factors that are varied, and the design by which."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from impetus_sim.planning.experiments.designs import DesignKind, Morris
from impetus_sim.planning.failure import FailWhen
from impetus_sim.scenario.names import Texts
from impetus_sim.scenario.quantities import FixedCount, limits
from impetus_sim.scenario.spec import Entries, Spec, refuse

Title = Annotated[str, Field(min_length=1, max_length=200)]
"""What a study is about, in words."""

Seed = Annotated[int, Field(ge=0, lt=2**63)]
"""Root of all randomness of a study."""


def _listed(raw: Any) -> Any:
    return tuple(raw) if isinstance(raw, list | tuple) else (raw,)


class Factor(Spec):
    """One thing that is varied: a key of the scenario over values or a range, or its variants.

    Parameters
    ----------
    key
        Dotted key of the scenario.
    values
        What it takes, as in a scenario file.
    range
        A distribution as a scenario may have at that key, such as ``30 s to 2 min``; designs sample its quantiles.
    variants
        Names of variants; ``base`` for none.
    label
        Words for tables and pictures.
    """

    key: str = ""
    values: Annotated[tuple[Any, ...], BeforeValidator(_listed)] = ()
    range: Any = None
    variants: Texts = ()
    label: str = ""

    @model_validator(mode="after")
    def _check_form(self) -> Factor:
        given = [name for name in ("values", "range", "variants") if getattr(self, name)]
        if len(given) != 1:
            refuse(
                f"{' and '.join(given)} at once" if given else "nothing says what it takes",
                allowed="one of values, range or variants",
            )
        if self.variants and self.key:
            refuse("variants have no key", key="key", allowed="key with values or range")
        if not self.variants and not self.key:
            refuse(
                "the key of the scenario is missing", key="key", allowed="a dotted key, such as crowd.step"
            )
        return self


class ExperimentSpec(Spec):
    """An experiment.

    Parameters
    ----------
    title, question, expected
        What it is about, what is asked, and what is expected to be found, in words.
    scenario
        ``FILE.yaml`` or ``FILE.yaml:variant``; a relative name starts from the folder of the experiment.
    factors
        What is varied.
    design
        How.
    replicates
        Runs of each point; replicate r of every point has the same random numbers.
    metrics
        The metrics of interest; all are kept.
    seed
        Root of all randomness, of the design too; the scenario's when left out.
    fail_when
        When a run counts as a failure; `discovery` then says for which factors most do.
    keep
        Recordings that stay: of replicate 0 of each point (``first``), ``none`` or ``all``.
    """

    title: Title
    question: str = ""
    expected: str = ""
    scenario: str
    factors: Entries[Factor]
    design: DesignKind
    replicates: Annotated[FixedCount, limits(low=1, high=100_000)] = 10
    metrics: Texts = ()
    seed: Seed | None = None
    fail_when: FailWhen | None = None
    keep: Literal["first", "none", "all"] = "none"

    @model_validator(mode="after")
    def _check_factors(self) -> ExperimentSpec:
        if not self.factors:
            refuse("nothing is varied", key="factors", allowed="one factor or more")
        if isinstance(self.design, Morris) and len(self.factors) < 2:
            refuse("morris compares factors and has one", key="design", allowed="two factors or more")
        return self
