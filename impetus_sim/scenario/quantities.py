"""Field types with units: `start: Seconds`, `width: Metres`.

Each accepts a number in SI, a text with a unit, or a distribution (`impetus_sim.scenario.draw`). To a type
checker they are `float` (or `int` for counts): that is what they are once the scenario has been drawn. The
Fixed ones refuse distributions: what the clock and the recording rest on must not vary by replicate.
Limits: the types refuse negative values; ``Annotated[Seconds, limits(above=0)]`` narrows them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.draw import FORMS, Draw, highest, lowest, parse_draw
from impetus_sim.scenario.spec import refuse
from impetus_sim.units import UNITS, example, parse_quantity, unit_names

_NEAREST = re.compile(r"did you mean '([^']+)'")
MAX_COUNT = 1_000_000
"""People of one entry, and of a scenario: what the tables are sized for."""
MAX_DURATION_S = 7 * 86400.0
"""A week: the longest time that any field may name."""
MAX_LENGTH_M = 1e6
MAX_SPEED_M_S = 100.0


@dataclass(frozen=True)
class Limits:
    """Narrower limits for one field; see `limits`."""

    low: float | None = None
    high: float | None = None
    above: float | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(_quantity_of(handler(source)).narrow(self).parse)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return _quantity_of(schema).json_schema()


def _quantity_of(schema: Any) -> Quantity:
    quantity: Quantity = schema["function"]["function"].__self__
    return quantity


def limits(*, low: float | None = None, high: float | None = None, above: float | None = None) -> Limits:
    """Return limits, in SI units, to put beside a quantity: ``Annotated[Metres, limits(above=0)]``.

    Parameters
    ----------
    low, high
        Smallest and largest value allowed.
    above
        A value that must be exceeded.
    """
    return Limits(low, high, above)


@dataclass(frozen=True)
class Quantity:
    """Validator of a number of one dimension (pydantic annotation)."""

    dimension: str
    low: float = 0.0
    high: float = 1e12
    above: float | None = None
    integer: bool = False
    fixed: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return self.json_schema()

    def narrow(self, limits: Limits) -> Quantity:
        """Return a copy with narrower limits."""
        given = {k: v for k in ("low", "high", "above") if (v := getattr(limits, k)) is not None}
        return replace(self, **given)

    def parse(self, raw: Any) -> float | int | Draw:
        """Convert a raw value to SI, or to a distribution in SI."""
        if isinstance(raw, Draw):
            value: float | Draw = raw
        elif isinstance(raw, bool) or raw is None or not isinstance(raw, (int, float, str, dict)):
            refuse(f"{_show(raw)} is not a quantity", allowed=self.allowed())
        else:
            try:
                drawn = parse_draw(raw, self.dimension)
                value = drawn if drawn is not None else parse_quantity(raw, self.dimension)  # type: ignore[arg-type]
            except InvalidInputError as error:
                near = _NEAREST.search(error.hint)
                units = f"; units {', '.join(unit_names(self.dimension))}" if "unit" in error.message else ""
                refuse(error.message, allowed=self.allowed() + units, nearest=near.group(1) if near else "")
        if self.fixed and isinstance(value, Draw):
            refuse("a distribution cannot stand here", allowed=self.allowed())
        self._check(raw, value)
        if isinstance(value, Draw):
            return replace(value, integer=self.integer)
        if self.integer:
            if value != int(value):
                refuse(f"{_show(raw)} is not a whole number", allowed=self.allowed())
            return int(value)
        return value

    def _check(self, raw: Any, value: float | Draw) -> None:
        least, most = lowest(value), highest(value)
        if least < self.low or (self.above is not None and least <= self.above):
            seen = f" can be as low as {least:g}" if isinstance(value, Draw) else " is too low"
            refuse(f"{_show(raw)}{seen}", allowed=self.allowed())
        if most > self.high:
            seen = f" can be as high as {most:g}" if isinstance(value, Draw) else " is too high"
            refuse(f"{_show(raw)}{seen}", allowed=self.allowed())

    def allowed(self) -> str:
        """Return what is allowed, for messages."""
        unit = f" {self.unit}" if self.unit else ""
        bottom = f"above {self.above:g}" if self.above is not None else f"{self.low:g}"
        whole = "whole number, " if self.integer else ""
        return f"{whole}{bottom} to {self.high:g}{unit}, such as {example(self.dimension)}"

    @property
    def unit(self) -> str:
        """The SI unit of plain numbers; empty for counts, shares and numbers without one."""
        if self.dimension in ("count", "share"):
            return ""
        return next((u for u, factor in UNITS[self.dimension].items() if factor == 1.0 and u), "")

    def json_schema(self) -> dict[str, Any]:
        """Return the JSON Schema of every accepted form; ``x-unit`` is the unit of plain numbers, 1 for none."""
        number: dict[str, Any] = {"type": "integer" if self.integer else "number", "maximum": self.high}
        if self.above is None:
            number["minimum"] = self.low
        else:
            number["exclusiveMinimum"] = self.above
        text = {"type": "string", "description": f"with a unit: {example(self.dimension)}"}
        if self.fixed:
            return {"anyOf": [number, text], "description": self.allowed(), "x-unit": self.unit or "1"}
        drawn = {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": False,
            "properties": {form: {} for form in FORMS},
        }
        return {"anyOf": [number, text, drawn], "description": self.allowed(), "x-unit": self.unit or "1"}


def _show(raw: Any) -> str:
    if raw is None:
        return "nothing"
    if isinstance(raw, bool):
        return str(raw).lower()
    text = f"'{raw}'" if isinstance(raw, str) else str(raw)
    return text if len(text) <= 80 else text[:77] + "..."


Seconds = Annotated[float, Quantity("time", high=MAX_DURATION_S)]
"""Duration or moment, seconds; moments count from the start of the run."""
FixedSeconds = Annotated[float, Quantity("time", high=MAX_DURATION_S, fixed=True)]
"""Seconds that must not be a distribution."""
Metres = Annotated[float, Quantity("length", high=MAX_LENGTH_M)]
FixedMetres = Annotated[float, Quantity("length", high=MAX_LENGTH_M, fixed=True)]
MetresPerSecond = Annotated[float, Quantity("speed", high=MAX_SPEED_M_S)]
SquareMetres = Annotated[float, Quantity("area")]
Share = Annotated[float, Quantity("share", high=1.0)]
"""0 to 1, or "30 %"."""
Count = Annotated[int, Quantity("count", high=MAX_COUNT, integer=True)]
Degrees = Annotated[float, Quantity("angle", low=-360.0, high=360.0)]
"""Angle in degrees; compass bearings count from north, clockwise."""
PerMetre = Annotated[float, Quantity("per_length", high=1e6)]
PerSecond = Annotated[float, Quantity("per_time", high=1e6)]
PerSquareMetre = Annotated[float, Quantity("per_area", high=1e3)]
Number = Annotated[float, Quantity("number", low=-1e12)]
"""A plain number without unit; may be negative."""
FixedNumber = Annotated[float, Quantity("number", low=-1e12, fixed=True)]
FixedCount = Annotated[int, Quantity("count", high=MAX_COUNT, integer=True, fixed=True)]
FixedShare = Annotated[float, Quantity("share", high=1.0, fixed=True)]
FixedMetresPerSecond = Annotated[float, Quantity("speed", high=MAX_SPEED_M_S, fixed=True)]
