"""Ranges and units at a key of a scenario: what an experiment samples and what a plan may choose from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

from impetus_sim.errors import InvalidFilesError, InvalidInputError
from impetus_sim.scenario.draw import Draw
from impetus_sim.scenario.quantities import Quantity
from impetus_sim.units import UNITS, parse_quantity


def require_range(scenario: Any, key: str, given: Any, *, what: str) -> Draw:
    """Return the range that a scenario reads at a key.

    Parameters
    ----------
    scenario
        The scenario that has the key.
    key
        Dotted.
    given
        A distribution as the scenario may have there, such as ``30 s to 2 min``.
    what
        Names the place in messages.

    Raises
    ------
    InvalidInputError
        When the key does not exist, the value is not allowed there, or it is one value.
    """
    draw = try_change(scenario, {key: given}, what=what).draws().get(key)
    if draw is None:
        raise InvalidInputError(
            f"{what}: '{given}' is one value, not a range",
            hint="write '30 s to 2 min', or {uniform: [30 s, 2 min]}, or a list of values",
        )
    return draw


def try_change(scenario: Any, changes: Mapping[str, Any], *, what: str) -> Any:
    """Return a scenario with other values at dotted keys.

    Raises
    ------
    InvalidInputError
        When it cannot have them; names the place, the key and the nearest that would do.
    """
    try:
        return scenario.with_(**changes)
    except InvalidFilesError as error:
        first = error.problems[0]
        allowed = f" (allowed: {first.allowed})" if first.allowed else ""
        raise InvalidInputError(
            f"{what}: {first.key}: {first.message}{allowed}",
            hint=f"did you mean '{first.nearest}'?" if first.nearest else "see `impetus schema` for the keys",
        ) from error


def to_number(value: Any) -> Any:
    """Return a text with a unit as a number in SI; anything else as it is."""
    if not isinstance(value, str):
        return value
    for dimension in UNITS:
        try:
            return parse_quantity(value, dimension)
        except InvalidInputError:
            continue
    return value


def find_unit(scenario: Any, key: str) -> str:
    """Return the SI unit of the number at a dotted key; empty for counts, shares and whatever has none."""
    *path, last = key.split(".")
    spec = scenario
    for part in path:
        spec = spec.get(part) if isinstance(spec, Mapping) else getattr(spec, part, None)
    field = getattr(type(spec), "model_fields", {}).get(last)
    if field is None:
        return ""
    quantity = next(_quantities([*field.metadata, field.annotation]), None)
    units = {} if quantity is None else UNITS[quantity.dimension]
    return next((unit for unit, factor in units.items() if factor == 1.0), "")


def _quantities(parts: Iterable[Any]) -> Iterator[Quantity]:
    for part in parts:
        if isinstance(part, Quantity):
            yield part
        else:
            yield from _quantities([*get_args(part), *getattr(part, "__metadata__", ())])
