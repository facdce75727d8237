"""Parts by family and name: walking models, laws of harm, hazards, interventions, sensors.

A part is one file in its family's folder with a frozen spec and a class decorated by `register`. The
catalogue imports the family's sibling files by itself, then outside packages through entry points of
the group ``impetus_sim.<family>``; the scenario schema, the command line's lists and the contract tests
read it, so adding a part edits nothing else.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from importlib.metadata import entry_points
from typing import Any, TypeVar

from impetus_sim.errors import InvalidInputError

FAMILIES: dict[str, str] = {
    "walking_models": "impetus_sim.crowd.models",
    "smoke_speed_laws": "impetus_sim.crowd.harm.smoke_speed",
    "harm_laws": "impetus_sim.crowd.harm.laws",
    "hazards": "impetus_sim.hazards",
    "interventions": "impetus_sim.response.interventions",
    "detectors": "impetus_sim.detection.detectors",
    "sensors": "impetus_sim.sensing.sensors",
}
"""Family name to the package whose sibling modules hold its parts."""

_parts: dict[str, dict[str, type]] = {family: {} for family in FAMILIES}

PartClass = TypeVar("PartClass", bound=type)


def register(family: str, kind: str) -> Callable[[PartClass], PartClass]:
    """Register a part class under a family and a kind (class decorator).

    The class must have a class attribute `Spec`: the frozen pydantic model of its scenario section.

    Raises
    ------
    InvalidInputError
        When the family is unknown or another class holds the same kind.
    """

    def add(part: PartClass) -> PartClass:
        if family not in _parts:
            raise InvalidInputError(f"unknown family of parts '{family}'", hint=f"one of {sorted(_parts)}")
        held = _parts[family].get(kind)
        if held is not None and held.__qualname__ != part.__qualname__:
            raise InvalidInputError(f"{family} '{kind}' is registered twice: {held} and {part}")
        part.kind = kind  # type: ignore[attr-defined]
        part.Spec.kind = kind  # type: ignore[attr-defined]
        _parts[family][kind] = part
        return part

    return add


@cache
def _discover(family: str) -> None:
    package = importlib.import_module(FAMILIES[family])
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    for entry in entry_points(group=f"impetus_sim.{family}"):
        entry.load()


def catalogue(family: str) -> dict[str, Any]:
    """Return every part of a family: kind to class, sorted by kind."""
    if family not in _parts:
        raise InvalidInputError(f"unknown family of parts '{family}'", hint=f"one of {sorted(_parts)}")
    _discover(family)
    return dict(sorted(_parts[family].items()))
