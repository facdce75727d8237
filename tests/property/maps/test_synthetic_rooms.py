"""Synthetic rooms have the area of their measures, exits on the boundary, a digest that files keep."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impetus_sim.maps.bundle import load_city, save_city
from impetus_sim.maps.synthetic import build_synthetic

LENGTHS = st.floats(min_value=0.5, max_value=500, allow_nan=False)


@given(
    width=LENGTHS,
    depth=LENGTHS,
    wall=st.sampled_from(["north", "south", "east", "west"]),
    share=st.floats(0.05, 1.0),
)
@settings(deadline=None, max_examples=40)
def test_room(width: float, depth: float, wall: str, share: float) -> None:
    side = width if wall in ("north", "south") else depth
    exits = [{"name": "way out", "wall": wall, "width": share * side}]
    city = build_synthetic("room", width=width, depth=depth, exits=exits)
    ground = city.layers["walkable"].union_all()
    line = city.layers["places"].query("kind == 'exit'").geometry.iloc[0]
    assert ground.area == pytest.approx(width * depth)
    assert line.length == pytest.approx(share * side, abs=1e-6)
    assert line.difference(ground.boundary).length < 1e-9


@given(width=LENGTHS, neck=st.floats(0.05, 1.0), length=LENGTHS)
@settings(deadline=None, max_examples=20)
def test_bottleneck(width: float, neck: float, length: float) -> None:
    city = build_synthetic(
        "bottleneck", width=width, depth=width, neck_width=neck * width, neck_length=length
    )
    assert city.layers["walkable"].area.sum() == pytest.approx(width * width + neck * width * length)


@given(columns=st.integers(1, 4), rows=st.integers(1, 4), block=st.floats(5, 100), street=st.floats(2, 20))
@settings(deadline=None, max_examples=5)
def test_grid_city_keeps_its_digest_in_a_file(columns: int, rows: int, block: float, street: float) -> None:
    city = build_synthetic("grid_city", columns=columns, rows=rows, block=block, street_width=street)
    with tempfile.TemporaryDirectory() as folder:
        assert load_city(save_city(city, Path(folder) / "city.gpkg")).digest == city.digest
