"""Texts to SI numbers."""

from __future__ import annotations

import math

import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.units import UNITS, example, parse_quantity


@pytest.mark.parametrize(
    ("text", "dimension", "value"),
    [
        ("15 min", "time", 900.0),
        ("1 h 30 min", "time", 5400.0),
        ("10 ms", "time", 0.01),
        ("1 200 m", "length", 1200.0),
        ("1\u2009200\u00a0m", "length", 1200.0),
        ("1,200,000 m", "length", 1.2e6),
        ("0.8km", "length", 800.0),
        ("1.34 m/s", "speed", 1.34),
        ("36 km/h", "speed", 10.0),
        ("30 %", "share", 0.3),
        ("8 000 people", "count", 8000.0),
        ("2 1/m", "per_length", 2.0),
        ("2 per m", "per_length", 2.0),
        ("90 people/min", "per_time", 1.5),
        ("\u221245 deg", "angle", -45.0),
        ("1e3", "number", 1000.0),
        (3, "time", 3.0),
    ],
)
def test_reads(text: str | float, dimension: str, value: float) -> None:
    assert parse_quantity(text, dimension) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "dimension", "part"),
    [
        ("12 mins", "time", "did you mean 'min'"),
        ("5 kg", "length", "unknown unit 'kg'"),
        ("1,5 m", "length", "unclear"),
        ("8 000 0000", "count", "unclear"),
        ("nan", "time", "finite"),
        ("-.inf s", "time", "finite"),
        ("1e999 s", "time", "finite"),
        (math.inf, "time", "finite"),
        (10**400, "count", "finite"),
        ("", "time", "empty"),
        ("m", "length", "begin with a number"),
        ("5 m 3 m", "length", "more than one"),
        ("1 h 30", "time", "more than one"),
        (True, "count", "true"),
        ("9" * 500, "count", "characters"),
    ],
)
def test_refuses(text: str | float, dimension: str, part: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_quantity(text, dimension)
    assert part in str(caught.value)


@pytest.mark.parametrize("dimension", sorted(UNITS))
def test_the_examples_are_read(dimension: str) -> None:
    for text in example(dimension).replace(" or ", ", ").split(", "):
        parse_quantity(text, dimension)
