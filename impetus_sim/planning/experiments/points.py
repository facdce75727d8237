"""From the points of a design to scenarios: each factor's value put at its key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Protocol

import numpy as np

from impetus_sim.errors import InvalidInputError
from impetus_sim.planning.experiments.designs import Design, Points
from impetus_sim.planning.experiments.spec import Factor
from impetus_sim.planning.ranges import find_unit, require_range, try_change

BASE = "base"
"""Name of the scenario without a variant, where variants are a factor."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """One combination.

    Parameters
    ----------
    name
        ``p0``, ``p1`` and so on, with leading zeros.
    values
        Factor name to what it takes there: a number in SI, a text, or whatever the file gave.
    scenario
        The scenario with those values.
    """

    name: str
    values: Mapping[str, Any]
    scenario: Any


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All points of an experiment, and where they lie in the unit cube (points, factors)."""

    factors: tuple[str, ...]
    cube: Points
    points: tuple[Point, ...]


class Varied(Protocol):
    """What is varied, and by which design: an experiment, or the states of an uncertain world."""

    @property
    def factors(self) -> Mapping[str, Factor]:
        """By name."""

    @property
    def design(self) -> Design:
        """How they are combined."""


def build_plan(spec: Varied, variants: Mapping[str, Any], *, seed: int) -> Plan:
    """Return the points of an experiment.

    Parameters
    ----------
    spec
        What is varied.
    variants
        The scenario as `BASE`, and its variants by name.
    seed
        Of random designs.

    Raises
    ------
    InvalidInputError
        When a key does not exist, a value is not allowed there, or a variant is unknown; names the factor.
    """
    takers = make_takers(spec.factors, variants)
    crossed = find_variants(spec.factors) if spec.design.crosses_variants else None
    cube = spec.design.points(
        [taker.n_values for name, taker in takers.items() if name != crossed], seed=seed
    )
    if crossed is not None:
        cube = _cross(cube, column=list(takers).index(crossed), n=takers[crossed].n_values)
    return place_points(cube, spec.factors, variants)


def find_variants(factors: Mapping[str, Factor]) -> str | None:
    """Return the one factor whose values are variants, where others vary too; None for none or several."""
    found = [name for name, factor in factors.items() if factor.variants]
    return found[0] if len(found) == 1 and len(factors) > 1 else None


def _cross(cube: Points, *, column: int, n: int) -> Points:
    # each row n times, once in the middle of each value of the factor in the new column
    repeated = np.repeat(cube, n, axis=0)
    return np.insert(repeated, column, np.tile((np.arange(n) + 0.5) / n, len(cube)), axis=1)


def place_points(cube: Points, factors: Mapping[str, Factor], variants: Mapping[str, Any]) -> Plan:
    """Return the points at given quantiles of the factors, float64 (points, factors) in [0, 1].

    Raises
    ------
    InvalidInputError
        As `build_plan`.
    """
    takers = make_takers(factors, variants)
    width = len(str(len(cube) - 1))
    points = []
    made: dict[tuple[Any, ...], Any] = {}
    for k, row in enumerate(cube):
        values = {name: taker.at(float(u)) for (name, taker), u in zip(takers.items(), row, strict=True)}
        identity = tuple(repr(value) for value in values.values())
        if identity not in made:
            made[identity] = _change(factors, values, variants)
        points.append(Point(name=f"p{k:0{width}}", values=values, scenario=made[identity]))
    return Plan(factors=tuple(factors), cube=cube, points=tuple(points))


def describe_factor(scenario: Any, name: str, factor: Factor) -> dict[str, Any]:
    """Return what tables and pictures say of a factor: ``key``, ``label``, ``unit``, and ``titles`` of variants."""
    return {
        "key": factor.key,
        "label": factor.label or name.replace("_", " "),
        "unit": find_unit(scenario, factor.key) if factor.key else "",
        "titles": {variant: _title(scenario, variant) for variant in factor.variants},
    }


def _title(scenario: Any, variant: str) -> str:
    if variant == BASE:
        return "as it is"
    entry = getattr(scenario, "variants", {}).get(variant)
    return str(getattr(entry, "title", "")) or variant.replace("_", " ")


def make_takers(factors: Mapping[str, Factor], variants: Mapping[str, Any]) -> dict[str, Taker]:
    """Return by factor what it takes at a quantile, checked against the scenario."""
    return {name: Taker(name, factor, variants) for name, factor in factors.items()}


class Taker:
    """What one factor takes at a quantile."""

    def __init__(self, name: str, factor: Factor, variants: Mapping[str, Any]) -> None:
        self._values: Sequence[Any] = factor.variants or factor.values
        self._draw = None
        for variant in factor.variants:
            if variant not in variants:
                near = get_close_matches(variant, variants, n=1)
                raise InvalidInputError(
                    f"factors.{name}: the scenario has no variant '{variant}'",
                    hint=f"did you mean '{near[0]}'?" if near else f"it has {', '.join(variants)}",
                )
        if factor.range is not None:
            self._draw = require_range(variants[BASE], factor.key, factor.range, what=f"factors.{name}")
        for value in factor.values:
            try_change(variants[BASE], {factor.key: value}, what=f"factors.{name}")

    @property
    def n_values(self) -> int:
        """How many values there are; 0 for a range."""
        return len(self._values)

    def at(self, u: float) -> Any:
        """Return the value at a quantile in [0, 1]: in SI, or whatever the file gave."""
        if self._draw is None:
            return self._values[min(int(u * len(self._values)), len(self._values) - 1)]
        value = self._draw.quantile(min(max(u, 1e-12), 1.0 - 1e-12))
        return round(value) if self._draw.integer else float(value)


def _change(factors: Mapping[str, Factor], values: Mapping[str, Any], variants: Mapping[str, Any]) -> Any:
    scenario = variants[BASE]
    changes = {}
    for name, value in values.items():
        if factors[name].variants:
            scenario = variants[value]
        else:
            changes[factors[name].key] = value
    return scenario.with_(**changes) if changes else scenario
