"""The `crowd.harm` section: what density, crowd pressure, smoke and gases do to people."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from impetus_sim.scenario.kinds import OneOf
from impetus_sim.scenario.quantities import FixedSeconds, Number, limits
from impetus_sim.scenario.spec import Entries, Spec


class Toxicity(Spec):
    """Asphyxiant gases by Purser's fractional effective dose.

    Parameters
    ----------
    spread
        Standard deviation of ln of the dose at which a person is incapacitated, about a median of 1. 0: everybody
        at 1; 1: as in ISO 13571 (11.4 % at a dose of 0.3).
    hyperventilation
        How carbon dioxide quickens breathing: factor exp(hyperventilation x percent + 2.0004) / 7.1. 0.193 in the
        verification cases of NIST and ISO; FDS has 0.1903.
    incapacitated
        Whoever is incapacitated stays as an obstacle (``stay``) or is taken off the ground (``remove``).
    """

    spread: Annotated[Number, limits(low=0.0, high=3.0)] = 0.0
    hyperventilation: Annotated[Number, limits(low=0.0, high=1.0)] = 0.193
    incapacitated: Literal["stay", "remove"] = "stay"


def _default_law() -> Any:
    return {"kind": "frantzich_nilsson"}


def _default_laws() -> Any:
    return {kind: {"kind": kind} for kind in ("density_time", "toxic_dose")}


def harm_section(raw: Any) -> Any:
    """Let ``harm: true`` stand for the section with all defaults, false for none."""
    if raw is True:
        return {}
    return None if raw is False else raw


class Harm(Spec):
    """Doses per person, and laws that turn them into ranges of casualties.

    Parameters
    ----------
    every
        Time between two looks at density and pressure, s; a whole number of crowd steps.
    smoke_speed
        How smoke slows people; see the family ``smoke_speed_laws``.
    toxicity
        What gases do.
    laws
        By name; see the family ``harm_laws``. Without the key `density_time` and `toxic_dose`, each named by
        its kind. Laws of gases are left out of a run without gases.
    """

    every: Annotated[FixedSeconds, limits(above=0.0, high=60.0)] = 1.0
    smoke_speed: Annotated[Spec, OneOf("smoke_speed_laws")] = Field(default_factory=_default_law)
    toxicity: Toxicity = Field(default_factory=Toxicity)
    laws: Entries[Annotated[Spec, OneOf("harm_laws")]] = Field(default_factory=_default_laws)
