"""Quantities, distributions and merging under random input."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.draw import Draw, parse_draw
from impetus_sim.scenario.extend import merge
from impetus_sim.scenario.parse import parse_text
from impetus_sim.scenario.tree import Mark, grow, plain
from impetus_sim.units import UNITS, parse_quantity

MARK = Mark("x", 1, 1)
numbers = st.floats(min_value=0, max_value=1e9, allow_nan=False)
names = st.text("abcd", min_size=1, max_size=3)
trees = st.dictionaries(
    names, st.recursive(st.integers(), lambda inner: st.dictionaries(names, inner, max_size=3), max_leaves=8)
)


@given(st.sampled_from(sorted(UNITS)), numbers)
def test_every_unit_scales(dimension: str, number: float) -> None:
    for unit, factor in UNITS[dimension].items():
        assert parse_quantity(f"{number!r} {unit}", dimension) == number * factor


@given(st.integers(0, 10**12), st.sampled_from([" ", "\u2009", "\u202f", ",", "_"]))
def test_thousands_separators(number: int, separator: str) -> None:
    assert parse_quantity(f"{number:,}".replace(",", separator), "count") == number


@given(st.text(max_size=40), st.sampled_from(sorted(UNITS)))
def test_any_text_is_a_finite_number_or_refused(text: str, dimension: str) -> None:
    try:
        assert math.isfinite(parse_quantity(text, dimension))
        parse_draw(text, dimension)
    except InvalidInputError:
        pass


@given(
    st.one_of(
        st.tuples(numbers, numbers).map(lambda ab: {"uniform": sorted(ab)}),
        st.tuples(numbers, numbers, numbers).map(lambda abc: {"triangular": sorted(abc)}),
        st.tuples(numbers, st.floats(1e-3, 1e3)).map(lambda p: {"normal": {"mean": p[0], "sd": p[1]}}),
        st.tuples(st.floats(1e-3, 1e6), st.floats(1e-3, 3)).map(
            lambda p: {"lognormal": {"median": p[0], "sigma": p[1]}}
        ),
    ),
    st.lists(st.floats(1e-9, 1 - 1e-9), min_size=2, max_size=5).map(sorted),
)
def test_draws_rise_inside_their_support_and_round_trip(raw: dict, uniforms: list[float]) -> None:
    draw = parse_draw(raw, "number")
    assert isinstance(draw, Draw)
    values = [draw.quantile(u) for u in uniforms]
    assert all(draw.low <= value <= draw.high for value in values)
    assert all(b >= a - 1e-9 * (1 + abs(a)) for a, b in pairwise(values))
    assert parse_draw(draw.plain(), "number") == draw


@given(trees, trees)
def test_merging_is_idempotent_and_leaves_its_inputs(base: dict, change: dict) -> None:
    one, two = grow(base, MARK), grow(change, MARK)
    merged = merge(one, two)
    assert plain(merge(merged, two)) == plain(merged)
    assert plain(merge(one, grow({}, MARK))) == base
    assert plain(one) == base
    assert plain(two) == change
    assert set(plain(merged)) == set(base) | set(change)


@given(trees, trees)
def test_null_removes(base: dict, change: dict) -> None:
    nulls = grow(dict.fromkeys(base), MARK)
    assert plain(merge(grow(base, MARK), nulls)) == {}


@given(st.text(max_size=200))
def test_any_text_is_parsed_or_gives_problems(text: str) -> None:
    node, problems = parse_text(text, name="x", folder=Path())
    assert (node is None) == bool(problems)
    assert all(problem.line > 0 for problem in problems)
