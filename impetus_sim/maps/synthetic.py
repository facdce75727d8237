"""Maps made from a few measures, for tests and teaching, with the same interface as a real city.

Every kind is one function with keyword-only parameters in metres; `build_synthetic` finds it by name and
checks the parameters. Coordinates are local metres with the lower left corner at (0, 0) unless the kind says
otherwise. Exits are straight lines exactly on the boundary of the walkable ground, in the layer ``places``
with kind ``exit``.
"""

from __future__ import annotations

import difflib
import inspect
import math
from collections.abc import Callable, Mapping
from typing import Any

from impetus_sim.errors import InvalidInputError
from impetus_sim.maps.city import City
from impetus_sim.maps.synthetic_city import build_grid_city
from impetus_sim.maps.synthetic_rooms import (
    build_bottleneck,
    build_corridor,
    build_l_corridor,
    build_room,
    build_t_junction,
    build_two_rooms,
)

BUILDERS: Mapping[str, Callable[..., City]] = {
    "corridor": build_corridor,
    "l_corridor": build_l_corridor,
    "t_junction": build_t_junction,
    "room": build_room,
    "bottleneck": build_bottleneck,
    "two_rooms": build_two_rooms,
    "grid_city": build_grid_city,
}


def build_synthetic(kind: str, **parameters: Any) -> City:
    """Build a synthetic map.

    Parameters
    ----------
    kind
        One of ``BUILDERS``.
    parameters
        The keyword parameters of that kind; lengths in metres.

    Raises
    ------
    InvalidInputError
        Unknown kind or parameter, or a length that makes no map.

    Examples
    --------
    >>> build_synthetic("room", width=30, depth=20).layers["walkable"].area.sum()
    600.0
    """
    builder = BUILDERS.get(kind)
    if builder is None:
        raise InvalidInputError(
            f"synthetic map kind '{kind}' is not known (allowed: {', '.join(BUILDERS)})",
            hint=_nearest(kind, list(BUILDERS)),
        )
    allowed = parameter_names(kind)
    for name, value in parameters.items():
        if name not in allowed:
            raise InvalidInputError(
                f"synthetic map '{kind}' has no parameter '{name}' (allowed: {', '.join(allowed)})",
                hint=_nearest(name, allowed),
            )
        _require_number(kind, name, value, default=inspect.signature(builder).parameters[name].default)
    return builder(**parameters)


def parameter_names(kind: str) -> list[str]:
    """Return the parameters of a kind, in order."""
    return list(inspect.signature(BUILDERS[kind]).parameters)


def _require_number(kind: str, name: str, value: Any, *, default: Any) -> None:
    """Refuse a measure that is not a finite number, and a count that is not whole."""
    if not isinstance(default, (int, float)):
        return
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    if not is_number:
        raise InvalidInputError(
            f"synthetic map '{kind}': {name} is {value!r}, but must be a number of metres"
        )
    if isinstance(default, int) and value != int(value):
        raise InvalidInputError(f"synthetic map '{kind}': {name} is {value!r}, but must be a whole number")


def _nearest(name: str, allowed: list[str]) -> str:
    """Return "did you mean ..." or nothing."""
    found = difflib.get_close_matches(name, allowed, n=1)
    return f"did you mean '{found[0]}'?" if found else ""
