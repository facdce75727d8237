"""Text to SI numbers: "15 min", "1.34 m/s", "1 200 m", "30 %", "8 000 people".

A small table of units by dimension, enough for scenario files and command-line options. Groups of three
digits may be parted by spaces (also thin and no-break ones), commas, underscores or apostrophes; the
decimal sign is the point. Infinity and NaN are refused. Angles stay in degrees, everything else is SI.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping
from types import MappingProxyType

from impetus_sim.errors import InvalidInputError

UNITS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "time": {
            "us": 1e-6,
            "µs": 1e-6,
            "ms": 1e-3,
            "s": 1.0,
            "sec": 1.0,
            "second": 1.0,
            "seconds": 1.0,
            "min": 60.0,
            "minute": 60.0,
            "minutes": 60.0,
            "h": 3600.0,
            "hour": 3600.0,
            "hours": 3600.0,
            "d": 86400.0,
            "day": 86400.0,
            "days": 86400.0,
        },
        "length": {
            "mm": 1e-3,
            "cm": 1e-2,
            "m": 1.0,
            "metre": 1.0,
            "metres": 1.0,
            "meter": 1.0,
            "meters": 1.0,
            "km": 1e3,
        },
        "speed": {"m/s": 1.0, "m/min": 1.0 / 60.0, "km/h": 1.0 / 3.6},
        "area": {"m2": 1.0, "m²": 1.0, "m^2": 1.0, "ha": 1e4, "km2": 1e6, "km²": 1e6},
        "share": {"": 1.0, "%": 1e-2, "‰": 1e-3},
        "count": dict.fromkeys(
            ("", "people", "persons", "person", "pedestrians", "visitors", "stewards", "staff", "agents"), 1.0
        ),
        "angle": {"deg": 1.0, "°": 1.0, "degree": 1.0, "degrees": 1.0, "rad": 180.0 / math.pi},
        "per_length": {"1/m": 1.0, "/m": 1.0, "m^-1": 1.0, "1/km": 1e-3},
        "per_time": {
            "1/s": 1.0,
            "/s": 1.0,
            "people/s": 1.0,
            "1/min": 1.0 / 60.0,
            "people/min": 1.0 / 60.0,
            "1/h": 1.0 / 3600.0,
            "people/h": 1.0 / 3600.0,
        },
        "per_area": {"1/m2": 1.0, "1/m²": 1.0, "/m2": 1.0, "/m²": 1.0, "people/m2": 1.0, "people/m²": 1.0},
        "number": {"": 1.0},
    }
)
"""Dimension to its units, each with the factor that makes it SI (degrees for angles)."""

_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_NUMBER = re.compile(
    r"[+-]?(?:\d{1,3}(?:(?P<sep>[ ,_'\u2019])\d{3})(?:(?P=sep)\d{3})*(?!\d)|\d+)?(?:\.\d*)?(?:[eE][+-]?\d+)?"
)
_NOT_FINITE = re.compile(r"[+-]?\.?(?:nan|inf)", re.IGNORECASE)
_MAX_TEXT = 200
_EXAMPLES = {
    "time": "90 s, 15 min, 1 h 30 min",
    "length": "12 m, 0.8 km",
    "speed": "1.34 m/s, 5 km/h",
    "area": "250 m2, 1.5 ha",
    "share": "0.3 or 30 %",
    "count": "3000 or 8 000 people",
    "angle": "45 deg",
    "per_length": "0.2 1/m",
    "per_time": "1.5 people/s, 90 people/min",
    "per_area": "2.5 people/m2",
    "number": "1.5",
}


def example(dimension: str) -> str:
    """Return example texts of a dimension, for messages and schemas."""
    return _EXAMPLES[dimension]


def parse_quantity(text: str | float, dimension: str) -> float:
    """Convert a number, or a text with a unit, to SI.

    Parameters
    ----------
    text
        "15 min", "1 h 30 min", "1,200 m", "30 %"; a bare number is SI already.
    dimension
        A key of `UNITS`, such as ``time``.

    Returns
    -------
    The value in SI units (degrees for angles); always finite.

    Raises
    ------
    InvalidInputError
        When there is no number, an unknown unit, or a number that is not finite.

    Examples
    --------
    >>> parse_quantity("1 h 30 min", "time")
    5400.0
    """
    if isinstance(text, bool):
        raise InvalidInputError(f"{str(text).lower()} is not a quantity", hint=_hint(dimension))
    if isinstance(text, (int, float)):
        return _finite(text, str(text)[:_MAX_TEXT], dimension)
    if len(text) > _MAX_TEXT:
        raise InvalidInputError(f"a text of {len(text)} characters is not a quantity", hint=_hint(dimension))
    rest = _SPACES.sub(" ", text.replace("\u2212", "-")).strip()
    if not rest:
        raise InvalidInputError("an empty text is not a quantity", hint=_hint(dimension))
    number, unit, rest = _split(rest, text, dimension)
    total = number * _factor(unit, text, dimension)
    while rest:  # "1 h 30 min": only time is written in parts
        part, unit, rest = _split(rest, text, dimension)
        if dimension != "time" or not unit or part < 0 or number < 0:
            raise InvalidInputError(f"'{text}' holds more than one quantity", hint=_hint(dimension))
        total += part * _factor(unit, text, dimension)
    return _finite(total, text, dimension)


def _split(rest: str, text: str, dimension: str) -> tuple[float, str, str]:
    match = _NUMBER.match(rest)
    digits = match.group() if match else ""
    plain = re.sub(r"[ ,_'\u2019]", "", digits)
    try:
        number = float(plain)
    except ValueError:
        fault = "is not a finite number" if _NOT_FINITE.match(rest) else "does not begin with a number"
        raise InvalidInputError(f"'{text}' {fault}", hint=_hint(dimension)) from None
    rest = rest[len(digits) :]
    if re.match(r"[ ]?[\d,]", rest) and not re.match(r"[ ]1/", rest):
        raise InvalidInputError(
            f"the number in '{text}' is unclear",
            hint=f"part thousands in groups of three digits, use a decimal point; {_hint(dimension)}",
        )
    # A unit goes on until the next number that follows a space ("1 h 30 min").
    stop = re.search(r" (?=[+-]?\d+(?!\d*/))", rest)
    unit, rest = (rest[: stop.start()], rest[stop.start() + 1 :]) if stop else (rest, "")
    return number, unit.strip(), rest


def _factor(unit: str, text: str, dimension: str) -> float:
    units = UNITS[dimension]
    compact = re.sub(r"^per ", "1/", unit).replace(" ", "").replace("\u03bc", "µ")
    if not compact:
        return 1.0
    if compact in units:
        return units[compact]
    near = difflib.get_close_matches(compact, units, n=1, cutoff=0.6)
    tip = f"did you mean '{near[0]}'? " if near else ""
    raise InvalidInputError(f"unknown unit '{unit}' in '{text}'", hint=f"{tip}{_hint(dimension)}")


def _finite(number: float, text: str, dimension: str) -> float:
    try:
        value = float(number)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise InvalidInputError(f"'{text}' is not a finite number", hint=_hint(dimension))
    return value


def unit_names(dimension: str) -> list[str]:
    """Return one spelling of each unit of a dimension, for messages."""
    first_of: dict[float, str] = {}  # one spelling of each unit is enough for a message
    for unit, factor in UNITS[dimension].items():
        first_of.setdefault(factor, unit)
    return [unit for unit in first_of.values() if unit]


def _hint(dimension: str) -> str:
    units = unit_names(dimension)
    return f"{dimension.replace('_', ' ')}: {_EXAMPLES[dimension]}" + (
        f"; units {', '.join(units)}" if units else ""
    )
